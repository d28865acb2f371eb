#include "xtables/edit.h"

#include <errno.h>

#include <random>

#include "check.h"
#include "samples.h"

using namespace samples;

static const Family* const kFamilies[] = {&kIpv4, &kIpv6};

TEST(everyPosition, "a rule put at and taken from every position leaves the rest as it was") {
  for (const Family* family : kFamilies) {
    const Table original = busyTable(*family);
    const std::vector<std::string> before = outline(original);
    const DetachedEntry rules[] = {built(commented("new"), *family),
                                   built(jumping("new", "three"), *family)};
    const char* reason = nullptr;
    size_t line = 0;
    for (const Chain& chain : original.chains) {
      for (uint32_t position = 0; position <= chain.ruleCount(); ++position) {
        for (const DetachedEntry& rule : rules) {
          Table table = original;
          CHECK_EQUAL(insertRule(&table, chain.name, position, rule, &reason), 0);
          CHECK_EQUAL(inconsistency(table), "");
          std::vector<std::string> after = outline(table);
          CHECK(after[line + position].find("new") != std::string::npos);
          after.erase(after.begin() + static_cast<ptrdiff_t>(line + position));
          CHECK(after == before);
          CHECK_EQUAL(deleteRule(&table, chain.name, position), 0);
          CHECK_EQUAL(inconsistency(table), "");
          CHECK(table.bytes == original.bytes);
          CHECK(table.info.hookEntry == original.info.hookEntry);
          CHECK(table.info.underflow == original.info.underflow);
        }
      }
      line += chain.ruleCount();
    }
  }
}

TEST(replaces, "a rule replaced by a longer and a shorter one keeps its place") {
  for (const Family* family : kFamilies) {
    Table table = busyTable(*family);
    const char* reason = nullptr;
    Rule drop;
    drop.target = Verdict::kDrop;
    CHECK_EQUAL(replaceRule(&table, "two", 0, built(drop, *family), &reason), 0);
    CHECK_EQUAL(inconsistency(table), "");
    CHECK_EQUAL(findChain(table, "three")->references, 1);
    CHECK_EQUAL(replaceRule(&table, "two", 0, built(jumping("x", "three"), *family), &reason), 0);
    CHECK_EQUAL(inconsistency(table), "");
    CHECK_EQUAL(findChain(table, "three")->references, 2);
    CHECK_EQUAL(outline(table)[6], "two: x > three");
  }
}

TEST(chains, "chains are made, renamed and deleted, and refused where iptables refuses") {
  Table table = busyTable(kIpv4);
  CHECK_EQUAL(newChain(&table, "two"), -EEXIST);
  CHECK_EQUAL(newChain(&table, "INPUT"), -EEXIST);
  for (const char* name : {"", "-x", "!x", "a b", "ACCEPT", "a\nb"}) {
    CHECK_EQUAL(newChain(&table, name), -EINVAL);
  }
  CHECK_EQUAL(newChain(&table, std::string(29, 'x')), -ENAMETOOLONG);
  CHECK_EQUAL(newChain(&table, std::string(28, 'x')), 0);
  CHECK_EQUAL(inconsistency(table), "");
  CHECK_EQUAL(deleteChain(&table, std::string(28, 'x')), 0);
  CHECK_EQUAL(deleteChain(&table, "two"), -ENOTEMPTY);
  CHECK_EQUAL(flushChain(&table, "two"), 0);
  CHECK_EQUAL(deleteChain(&table, "two"), -EBUSY);
  CHECK_EQUAL(deleteChain(&table, "INPUT"), -EINVAL);
  CHECK_EQUAL(deleteChain(&table, "none"), -ENOENT);
  CHECK_EQUAL(renameChain(&table, "two", "second"), 0);
  CHECK_EQUAL(renameChain(&table, "second", "three"), -EEXIST);
  CHECK_EQUAL(renameChain(&table, "OUTPUT", "other"), -EINVAL);
  CHECK_EQUAL(inconsistency(table), "");
  CHECK_EQUAL(flushChain(&table, "one"), 0);
  CHECK_EQUAL(deleteChain(&table, "second"), 0);
  CHECK_EQUAL(inconsistency(table), "");
  CHECK(findChain(table, "second") == nullptr);
}

TEST(refusals, "edits that can't be change nothing") {
  Table table = busyTable(kIpv4);
  const std::vector<uint8_t> before = table.bytes;
  const DetachedEntry rule = built(commented("x"), kIpv4);
  const char* reason = nullptr;
  CHECK_EQUAL(insertRule(&table, "none", 0, rule, &reason), -ENOENT);
  CHECK_EQUAL(insertRule(&table, "two", 3, rule, &reason), -ERANGE);
  CHECK_EQUAL(replaceRule(&table, "two", 2, rule, &reason), -ERANGE);
  CHECK_EQUAL(deleteRule(&table, "two", 2), -ERANGE);
  CHECK_EQUAL(insertRule(&table, "two", 0, built(jumping("x", "none"), kIpv4), &reason), -ENOENT);
  CHECK_EQUAL(reason, "the chain that the rule jumps to does not exist");
  DetachedEntry broken = rule;
  broken.bytes.resize(broken.bytes.size() - 8);
  CHECK_EQUAL(insertRule(&table, "two", 0, broken, &reason), -EINVAL);
  broken = rule;
  broken.link = Link::kNone;
  CHECK_EQUAL(insertRule(&table, "two", 0, broken, &reason), -EINVAL);
  CHECK_EQUAL(insertRule(&table, "two", 0, {makeErrorEntry(kIpv4, "x"), Link::kNone, ""}, &reason),
              -EINVAL);
  DetachedEntry two = rule;
  two.bytes.insert(two.bytes.end(), rule.bytes.begin(), rule.bytes.end());
  CHECK_EQUAL(insertRule(&table, "two", 0, two, &reason), -EINVAL);
  CHECK_EQUAL(reason, "the rule is not one entry");
  Rule redirect;
  redirect.target = Redirect{};
  DetachedEntry leading = built(redirect, kIpv4);
  leading.link = Link::kNext;
  CHECK_EQUAL(insertRule(&table, "two", 0, leading, &reason), -EINVAL);
  CHECK_EQUAL(reason, "only a standard target can jump");
  CHECK_EQUAL(setPolicy(&table, "two", -2), -EINVAL);
  CHECK_EQUAL(setPolicy(&table, "INPUT", -5), -EINVAL);
  CHECK(table.bytes == before);
}

TEST(flushes, "flushing empties the chains, leaves them, and lets go of their references") {
  for (const Family* family : kFamilies) {
    Table table = busyTable(*family);
    flushTable(&table);
    CHECK_EQUAL(inconsistency(table), "");
    CHECK(outline(table).empty());
    CHECK_EQUAL(table.chains.size(), 7U);
    CHECK_EQUAL(deleteChain(&table, "three"), 0);
    CHECK_EQUAL(deleteChain(&table, "one"), 0);
    CHECK_EQUAL(deleteChain(&table, "two"), 0);
    const Raw raw = blank(*family, kNatHooks);
    CHECK(table.bytes == raw.bytes);
    CHECK(table.info.underflow == raw.info.underflow);
  }
}

TEST(mapsCounters, "kept rules know their old number, new ones don't") {
  Table first = busyTable(kIpv4);
  Table table;
  const char* reason = nullptr;
  CHECK_EQUAL(parse(first.bytes.data(), first.bytes.size(), kIpv4, first.info, &table, &reason), 0);
  CHECK_EQUAL(insertRule(&table, "PREROUTING", 1, built(commented("x"), kIpv4), &reason), 0);
  CHECK_EQUAL(deleteRule(&table, "PREROUTING", 2), 0);
  CHECK_EQUAL(zeroRule(&table, "PREROUTING", 2), 0);
  CHECK_EQUAL(table.entries[0].loadedIndex, 0U);
  CHECK(table.entries[0].counterSource == CounterSource::kKept);
  CHECK(table.entries[1].counterSource == CounterSource::kEntry);
  CHECK_EQUAL(table.entries[2].loadedIndex, 2U);
  CHECK(table.entries[2].counterSource == CounterSource::kZeroed);
  CHECK_EQUAL(table.entries.back().loadedIndex, first.entries.size() - 1);
}

// One edit out of all there are, at a place out of all there are.
static int randomEdit(Table* table, std::mt19937* random) {
  const auto pick = [&](size_t count) { return static_cast<uint32_t>((*random)() % count); };
  const auto someChain = [&] { return table->chains[pick(table->chains.size())].name; };
  const std::string chain = someChain();
  const uint32_t position = pick(findChain(*table, chain)->ruleCount() + 1);
  const char* reason = nullptr;
  switch (pick(12)) {
    case 0:
      return newChain(table, "c" + std::to_string(pick(40)));
    case 1:
      return renameChain(table, chain, "c" + std::to_string(pick(40)));
    case 2:
      return deleteChain(table, chain);
    case 3:
      return pick(8) == 0 ? flushChain(table, chain) : 0;
    case 4:
    case 5:
      return deleteRule(table, chain, position);
    case 6:
      return replaceRule(table, chain, position, built(jumping("r", someChain()), *table->family),
                         &reason);
    case 7:
      return setPolicy(table, chain, pick(2) == 0 ? -1 : -2);
    case 8:
      return insertRule(table, chain, position, built(jumping("j", someChain()), *table->family),
                        &reason);
    case 9:
      return zeroChain(table, chain);
    default:
      return insertRule(table, chain, position, built(commented("i"), *table->family), &reason);
  }
}

TEST(randomEdits, "20 000 random edits keep the index what parsing gives") {
  for (const Family* family : kFamilies) {
    std::mt19937 random(1);
    Table table = busyTable(*family);
    int done = 0;
    for (int i = 0; i < 10000; ++i) {
      done += randomEdit(&table, &random) == 0 ? 1 : 0;
      CHECK_EQUAL(inconsistency(table), "");
      if (table.entries.size() > 200) flushTable(&table);
    }
    CHECK(done > 3000);
  }
}
