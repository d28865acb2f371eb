// Rules and edits as TypeScript never writes them.
#include <errno.h>

#include <functional>
#include <string_view>

#include "blocks.h"
#include "check.h"
#include "nat/rule_record.h"
#include "nat/rule_tables.h"
#include "nat/table_edits.h"
#include "nat/tables.h"

using namespace lvs;
using namespace lvs::nat;

namespace {

using Write = std::function<void(ResultWriter&)>;

int readBack(const Write& write) {
  const std::vector<uint8_t> bytes = blocks::written(write);
  BlockReader reader = blocks::reader(bytes);
  xtables::Rule rule;
  return readRule(&reader, &rule);
}

void writeTarget(ResultWriter& results, uint8_t word) {
  Record(results.record(kRuleTableIndex, kRuleTable))
      .put(kRuleTable, fieldIndex(kRuleLayout, "target"), word);
}

void writeKind(ResultWriter& results, uint8_t word) {
  Record(results.record(kMatchTableIndex, kMatchTable))
      .put(kMatchTable, fieldIndex(kMatchLayout, "kind"), word);
}

constexpr uint8_t kUnknownWord = 99;
constexpr uint8_t kSomeBytes[8] = {};

}  // namespace

TEST(ruleWords, "records: a rule with an unknown target or match is refused") {
  const auto accept = static_cast<uint8_t>(TargetWord::kAccept);
  const auto tcp = static_cast<uint8_t>(MatchWord::kTcp);
  CHECK_EQUAL(readBack([&](ResultWriter& results) { writeTarget(results, accept); }), 0);
  CHECK_EQUAL(readBack([](ResultWriter& results) { writeTarget(results, kUnknownWord); }), -EINVAL);
  const auto withMatch = [&](uint8_t word) {
    return readBack([&](ResultWriter& results) {
      writeTarget(results, accept);
      writeKind(results, word);
    });
  };
  CHECK_EQUAL(withMatch(tcp), 0);
  CHECK_EQUAL(withMatch(kUnknownWord), -EINVAL);
}

TEST(strayBytes, "records: bytes behind what has none are refused") {
  const auto bytesBehind = [](TargetWord target, int match) {
    return readBack([&](ResultWriter& results) {
      writeTarget(results, static_cast<uint8_t>(target));
      if (match >= 0) writeKind(results, static_cast<uint8_t>(match));
      results.bytes(0, kSomeBytes, sizeof kSomeBytes);
    });
  };
  CHECK_EQUAL(bytesBehind(TargetWord::kOther, -1), 0);
  CHECK_EQUAL(bytesBehind(TargetWord::kAccept, -1), -EINVAL);
  CHECK_EQUAL(bytesBehind(TargetWord::kAccept, static_cast<int>(MatchWord::kOther)), 0);
  CHECK_EQUAL(bytesBehind(TargetWord::kAccept, static_cast<int>(MatchWord::kTcp)), -EINVAL);
}

TEST(editWords, "records: an unknown edit of a table is refused, and numbered") {
  const std::vector<uint8_t> edits = blocks::written([](ResultWriter& results) {
    for (const uint8_t kind : {number(TableEditWord::kFlush), uint32_t{kUnknownWord}}) {
      Record(results.record(kTableEditIndex, kTableEditTable))
          .put(kTableEditTable, fieldIndex(kTableEditLayout, "kind"), kind);
    }
  });
  xtables::Table table;
  table.family = &xtables::kIpv4;
  uint32_t failed = 0;
  Detail detail;
  CHECK_EQUAL(applyEdits(blocks::reader(edits), &table, &failed, &detail), -EINVAL);
  CHECK_EQUAL(failed, 1U);
}
