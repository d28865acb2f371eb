#include <cstring>
#include <random>

#include "check.h"
#include "samples.h"

using namespace samples;

namespace {

constexpr uint32_t kInteresting[] = {
    0, 1, 7, 8, 31, 32, 40, 112, 152, 168, 0xfff8, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff};

void mutate(Raw* raw, std::mt19937* random) {
  const auto pick = [&](size_t count) { return static_cast<size_t>((*random)() % count); };
  for (size_t i = pick(3) + 1; i > 0 && raw->bytes.size() > 4; --i) {
    const size_t place = pick(raw->bytes.size() - 4);
    const uint32_t value = kInteresting[pick(std::size(kInteresting))];
    switch (pick(7)) {
      case 0:
        raw->bytes[place] = static_cast<uint8_t>((*random)());
        break;
      case 1:
        memcpy(raw->bytes.data() + place, &value, 2);
        break;
      case 2:
        memcpy(raw->bytes.data() + place, &value, 4);
        break;
      case 3:
        raw->bytes.resize(place);
        break;
      case 4:
        raw->info.hookEntry[pick(kHookCount)] = pick(2) == 0 ? value : static_cast<uint32_t>(place);
        break;
      case 5:
        raw->info.underflow[pick(kHookCount)] = pick(2) == 0 ? value : static_cast<uint32_t>(place);
        break;
      default:
        raw->info.validHooks = static_cast<uint32_t>((*random)());
    }
  }
}

// Reads and edits whatever was accepted, which must stay a table all along.
std::string exercise(Table* table) {
  const char* reason = nullptr;
  for (uint32_t i = 0; i < table->entries.size(); ++i) {
    if (table->entries[i].kind != EntryKind::kRule) continue;
    DetachedEntry entry = detach(*table, i);
    const Rule rule = readRule(*table, i);
    if (rule.complete) buildRule(rule, *table->family, &entry, &reason);
    uint32_t position = 0;
    findRule(*table, table->chains.front().name, rule, 0, &position);
  }
  const DetachedEntry rule = built(commented("x"), *table->family);
  for (size_t i = 0; i < table->chains.size(); ++i) {
    const std::string name = table->chains[i].name;
    insertRule(table, name, table->chains[i].ruleCount() / 2, rule, &reason);
    deleteRule(table, name, 0);
    setPolicy(table, name, -1);
  }
  const std::string found = inconsistency(*table);
  if (!found.empty()) return found;
  flushTable(table);
  return inconsistency(*table);
}

}  // namespace

TEST(mutations, "200 000 mutated tables are refused or stay tables through every edit") {
  std::mt19937 random(7);
  int accepted = 0;
  for (const Family* family : {&kIpv4, &kIpv6}) {
    const Table busy = busyTable(*family);
    for (int i = 0; i < 100000; ++i) {
      Raw raw = {busy.info, busy.bytes};
      mutate(&raw, &random);
      // Exactly as large as it says, so that a sanitizer sees the first byte read beyond.
      raw.bytes.shrink_to_fit();
      Table table;
      const char* reason = nullptr;
      const int result =
          parse(raw.bytes.data(), raw.bytes.size(), *family, raw.info, &table, &reason);
      CHECK((result == 0) == (reason == nullptr));
      if (result != 0) continue;
      ++accepted;
      CHECK_EQUAL(exercise(&table), "");
    }
  }
  printf("  %d accepted\n", accepted);
  CHECK(accepted > 1000);
}

TEST(truncations, "a table cut at any byte is refused") {
  for (const Family* family : {&kIpv4, &kIpv6}) {
    const Table busy = busyTable(*family);
    for (size_t size = 0; size < busy.bytes.size(); ++size) {
      const std::vector<uint8_t> cut(busy.bytes.begin(),
                                     busy.bytes.begin() + static_cast<ptrdiff_t>(size));
      Table table;
      const char* reason = nullptr;
      CHECK(parse(cut.data(), cut.size(), *family, busy.info, &table, &reason) != 0);
    }
  }
}
