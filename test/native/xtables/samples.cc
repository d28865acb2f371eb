#include "samples.h"

#include <cstdlib>

namespace samples {

static void append(std::vector<uint8_t>* to, const std::vector<uint8_t>& bytes) {
  to->insert(to->end(), bytes.begin(), bytes.end());
}

Raw blank(const Family& family, uint32_t hooks) {
  Raw raw;
  raw.info.name = "made";
  raw.info.validHooks = hooks;
  for (size_t hook = 0; hook < kHookCount; ++hook) {
    if ((hooks >> hook & 1) == 0) continue;
    raw.info.hookEntry[hook] = raw.info.underflow[hook] = static_cast<uint32_t>(raw.bytes.size());
    append(&raw.bytes, makeStandardEntry(family, -2));
    ++raw.info.entryCount;
  }
  append(&raw.bytes, makeErrorEntry(family, "ERROR"));
  ++raw.info.entryCount;
  return raw;
}

Table blankTable(const Family& family, uint32_t hooks) {
  const Raw raw = blank(family, hooks);
  Table table;
  const char* reason = nullptr;
  if (parse(raw.bytes.data(), raw.bytes.size(), family, raw.info, &table, &reason) != 0) abort();
  return table;
}

Rule commented(const std::string& text) {
  Rule rule;
  rule.matches.push_back(CommentMatch{text});
  return rule;
}

Rule jumping(const std::string& text, const std::string& chain) {
  Rule rule = commented(text);
  rule.target = Jump{chain};
  return rule;
}

DetachedEntry built(const Rule& rule, const Family& family) {
  DetachedEntry entry;
  const char* reason = nullptr;
  if (buildRule(rule, family, &entry, &reason) != 0) abort();
  return entry;
}

Table busyTable(const Family& family) {
  Table table = blankTable(family, kNatHooks);
  const char* reason = nullptr;
  const auto add = [&](const char* chain, const Rule& rule) {
    if (insertRule(&table, chain, kAppend, built(rule, family), &reason) != 0) abort();
  };
  for (const char* name : {"one", "two", "three"}) {
    if (newChain(&table, name) != 0) abort();
  }
  add("PREROUTING", jumping("a", "one"));
  add("PREROUTING", commented("b"));
  add("PREROUTING", jumping("c", "three"));
  Rule redirect;
  redirect.header.protocol = ProtocolMatch{6};
  redirect.matches.push_back(TcpMatch{{}, {{80, 90}, true}});
  redirect.target = Redirect{PortRange{8080, 8090}, true};
  add("OUTPUT", redirect);
  add("POSTROUTING", commented("d"));
  add("one", jumping("e", "two"));
  add("two", jumping("f", "three"));
  add("two", commented("g"));
  Rule accept;
  accept.target = Verdict::kAccept;
  add("three", accept);
  Rule opaque;
  opaque.matches.push_back(OpaqueExtension{"foreign", 3, std::vector<uint8_t>(40, 0xa5)});
  opaque.target = OpaqueExtension{"STRANGE", 1, {1, 2, 3}};
  add("three", opaque);
  return table;
}

std::string inconsistency(const Table& table) {
  Table fresh;
  const char* reason = "?";
  if (parse(table.bytes.data(), table.bytes.size(), *table.family, table.info, &fresh, &reason) !=
      0) {
    return reason;
  }
  for (size_t i = 0; i < fresh.entries.size(); ++i) {
    const Entry& a = table.entries[i];
    const Entry& b = fresh.entries[i];
    if (a.offset != b.offset || a.size != b.size || a.kind != b.kind || a.link != b.link) {
      return "entry " + std::to_string(i);
    }
  }
  if (fresh.entries.size() != table.entries.size()) return "number of entries";
  if (fresh.chains.size() != table.chains.size()) return "number of chains";
  for (size_t i = 0; i < fresh.chains.size(); ++i) {
    const Chain& a = table.chains[i];
    const Chain& b = fresh.chains[i];
    if (a.name != b.name || a.hook != b.hook || a.first != b.first || a.policy != b.policy ||
        a.references != b.references) {
      return "chain " + a.name;
    }
  }
  return "";
}

static std::string targetText(const Target& target) {
  if (const auto* jump = std::get_if<Jump>(&target)) return "> " + jump->chain;
  if (std::holds_alternative<Redirect>(target)) return "redirect";
  if (std::holds_alternative<Verdict>(target)) return "verdict";
  if (const auto* unknown = std::get_if<OpaqueExtension>(&target)) return unknown->name;
  return "next";
}

std::vector<std::string> outline(const Table& table) {
  std::vector<std::string> lines;
  for (const Chain& chain : table.chains) {
    for (uint32_t i = chain.first; i < chain.policy; ++i) {
      const Rule rule = readRule(table, i);
      std::string line = chain.name + ":";
      for (const Match& match : rule.matches) {
        if (const auto* comment = std::get_if<CommentMatch>(&match)) line += " " + comment->text;
      }
      lines.push_back(line + " " + targetText(rule.target));
    }
  }
  return lines;
}

}  // namespace samples
