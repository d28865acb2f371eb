// Tables made here, not by a kernel, and what must hold for every table.
#pragma once

#include <string>
#include <vector>

#include "xtables/edit.h"
#include "xtables/rule.h"
#include "xtables/table.h"

namespace samples {

using namespace lvs::xtables;

constexpr uint32_t kNatHooks = 0x1b;
constexpr uint32_t kFilterHooks = 0x0e;

// A table as the kernel makes it: every builtin chain accepts, and nothing else.
struct Raw {
  TableInfo info;
  std::vector<uint8_t> bytes;
};
Raw blank(const Family& family, uint32_t hooks);
Table blankTable(const Family& family, uint32_t hooks);

// A few chains and rules of every kind, jumps forwards and backwards among them.
Table busyTable(const Family& family);

// Empty when the table's index is what parsing its bytes gives; else what differs.
std::string inconsistency(const Table& table);

// One line a rule, in the order of the table: `chain: what it does`.
std::vector<std::string> outline(const Table& table);

Rule commented(const std::string& text);
Rule jumping(const std::string& text, const std::string& chain);
DetachedEntry built(const Rule& rule, const Family& family);

}  // namespace samples
