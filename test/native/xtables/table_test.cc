#include "xtables/table.h"

#include <errno.h>

#include <algorithm>
#include <cstring>

#include "check.h"
#include "samples.h"

using namespace samples;

TEST(parsesBlank, "the kernel's first table: builtin chains and policies") {
  for (const Family* family : {&kIpv4, &kIpv6}) {
    const Table table = blankTable(*family, kFilterHooks);
    CHECK_EQUAL(table.chains.size(), 3U);
    CHECK_EQUAL(table.chains[0].name, "INPUT");
    CHECK_EQUAL(table.chains[2].name, "OUTPUT");
    CHECK_EQUAL(table.chains[1].hook, 2);
    CHECK_EQUAL(table.chains[1].ruleCount(), 0U);
    CHECK_EQUAL(verdictOf(table.at(table.chains[1].policy), *family), -2);
    CHECK(table.entries.back().kind == EntryKind::kEnd);
  }
}

static int parsed(const Raw& raw, const char** reason) {
  Table table;
  return parse(raw.bytes.data(), raw.bytes.size(), kIpv4, raw.info, &table, reason);
}

TEST(refusesBroken, "bytes that are no table of iptables are refused with the reason") {
  const auto reasonOf = [](const std::function<void(Raw&)>& damage) -> std::string {
    const Table busy = busyTable(kIpv4);
    Raw raw = {busy.info, busy.bytes};
    damage(raw);
    const char* reason = "none";
    return parsed(raw, &reason) == -EBADMSG ? reason : "accepted";
  };
  CHECK_EQUAL(reasonOf([](Raw&) {}), "accepted");
  CHECK_EQUAL(reasonOf([](Raw& raw) { raw.bytes.clear(); }),
              "the table has more or fewer entries than announced");
  CHECK_EQUAL(reasonOf([](Raw& raw) { ++raw.info.entryCount; }),
              "the table has more or fewer entries than announced");
  CHECK_EQUAL(reasonOf([](Raw& raw) { raw.bytes.resize(raw.bytes.size() - 1); }),
              "an entry has impossible offsets");
  CHECK_EQUAL(reasonOf([](Raw& raw) { raw.bytes.resize(100); }), "an entry is cut off");
  CHECK_EQUAL(reasonOf([](Raw& raw) { raw.info.underflow[0] += 8; }),
              "a builtin chain doesn't end in its policy");
  CHECK_EQUAL(reasonOf([](Raw& raw) { raw.info.hookEntry[3] += 8; }), "a rule is in no chain");
  CHECK_EQUAL(reasonOf([](Raw& raw) { raw.info.validHooks |= 4; }), "a hook has no chain");
  CHECK_EQUAL(reasonOf([](Raw& raw) { raw.info.validHooks |= 0x100; }), "a hook has no chain");
  CHECK_EQUAL(reasonOf([](Raw& raw) { raw.info.underflow[0] = 0; }),
              "the policy of a builtin chain is not one");
  const auto patch = [&](const char* find, const char* replacement) {
    return reasonOf([&](Raw& raw) {
      const auto found = std::search(raw.bytes.begin(), raw.bytes.end(), find, find + strlen(find));
      memcpy(&*found, replacement, strlen(replacement));
    });
  };
  CHECK_EQUAL(patch("comment", "comment-and-a-name-with-no-end"),
              "the name of a match or target has no end");
  CHECK_EQUAL(patch("three", "the-name-of-a-chain-that-has-thirty-bytes"),
              "the name of a chain has no end");
}

TEST(refusesLinks, "a verdict that leads to no chain's start, and twins, are refused") {
  Table table = busyTable(kIpv4);
  const char* reason = nullptr;
  const Chain three = *findChain(table, "three");
  setVerdict(table.at(0), kIpv4, static_cast<int32_t>(table.entries[three.policy].offset));
  CHECK_EQUAL(parsed({table.info, table.bytes}, &reason), -EBADMSG);
  CHECK_EQUAL(reason, "a rule jumps to where no chain starts");
  table = busyTable(kIpv4);
  setErrorName(table.at(three.start()), kIpv4, "one");
  CHECK_EQUAL(parsed({table.info, table.bytes}, &reason), -EBADMSG);
  CHECK_EQUAL(reason, "two chains have the same name");
  table = busyTable(kIpv4);
  setVerdict(table.at(findChain(table, "two")->policy), kIpv4, -2);
  CHECK_EQUAL(parsed({table.info, table.bytes}, &reason), -EBADMSG);
  CHECK_EQUAL(reason, "a user chain doesn't end in RETURN");
}

TEST(detaches, "a detached entry put back elsewhere means the same") {
  const Table original = busyTable(kIpv6);
  Table table = original;
  const char* reason = nullptr;
  const Chain& from = *findChain(original, "PREROUTING");
  for (uint32_t i = from.first; i < from.policy; ++i) {
    CHECK_EQUAL(insertRule(&table, "one", kAppend, detach(original, i), &reason), 0);
    CHECK_EQUAL(inconsistency(table), "");
  }
  const std::vector<std::string> lines = outline(table);
  CHECK_EQUAL(lines[6], "one: a > one");
  CHECK_EQUAL(lines[7], "one: b next");
  CHECK_EQUAL(lines[8], "one: c > three");
}
