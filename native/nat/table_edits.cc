#include "nat/table_edits.h"

#include <errno.h>

#include "nat/rule_record.h"
#include "nat/tables.h"
#include "records/record.h"
#include "xtables/edit.h"

namespace lvs::nat {
namespace {

constexpr uint32_t kNoPosition = UINT32_MAX;

struct TableEdit {
  TableEditWord kind = TableEditWord::kFlush;
  std::string chain;
  std::string newName;
  uint32_t position = kNoPosition;
  int32_t policy = 0;
  xtables::Rule rule;
};

// FNV-1a.
class Hash {
 public:
  void add(const uint8_t* bytes, size_t size) {
    for (size_t i = 0; i < size; ++i) value_ = (value_ ^ bytes[i]) * 0x100000001b3;
  }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0xcbf29ce484222325;
};

const Field& fieldOf(const char* name) {
  return kTableEditLayout.fields[fieldIndex(kTableEditLayout, name)];
}

std::string textOf(ConstRecord record, const char* name) {
  const Field& field = fieldOf(name);
  return {reinterpret_cast<const char*>(record.at(field)), record.textLength(field)};
}

// `ahead` stands behind the edit's own record.
int readEdit(const Block& block, BlockReader ahead, TableEdit* edit) {
  if (block.header.size != kTableEditTable.size) return -EINVAL;
  const ConstRecord record(block.body);
  edit->kind = static_cast<TableEditWord>(record.get<uint8_t>(fieldOf("kind")));
  edit->chain = textOf(record, "chain");
  edit->newName = textOf(record, "newName");
  if (record.has(fieldIndex(kTableEditLayout, "position"))) {
    edit->position = record.get<uint32_t>(fieldOf("position"));
  }
  const auto policy = static_cast<TargetWord>(record.get<uint8_t>(fieldOf("policy")));
  edit->policy = static_cast<int32_t>(policy == TargetWord::kAccept ? xtables::Verdict::kAccept
                                                                    : xtables::Verdict::kDrop);
  const bool hasRule =
      edit->kind <= TableEditWord::kReplace || edit->kind == TableEditWord::kDeleteSame;
  return hasRule ? readRule(&ahead, &edit->rule) : 0;
}

int applyRule(const TableEdit& edit, xtables::Table* table, const char** reason) {
  xtables::DetachedEntry entry;
  if (const int error = xtables::buildRule(edit.rule, *table->family, &entry, reason)) return error;
  if (edit.kind == TableEditWord::kReplace) {
    return xtables::replaceRule(table, edit.chain, edit.position, entry, reason);
  }
  const uint32_t position = edit.position == kNoPosition ? xtables::kAppend : edit.position;
  return xtables::insertRule(table, edit.chain, position, entry, reason);
}

int deleteSame(const TableEdit& edit, xtables::Table* table) {
  uint32_t position = 0;
  const int error = xtables::findRule(*table, edit.chain, edit.rule, 0, &position);
  return error != 0 ? error : xtables::deleteRule(table, edit.chain, position);
}

int zero(const TableEdit& edit, xtables::Table* table) {
  if (edit.chain.empty()) {
    xtables::zeroTable(table);
    return 0;
  }
  if (edit.position == kNoPosition) return xtables::zeroChain(table, edit.chain);
  return xtables::zeroRule(table, edit.chain, edit.position);
}

int flush(const TableEdit& edit, xtables::Table* table) {
  if (!edit.chain.empty()) return xtables::flushChain(table, edit.chain);
  xtables::flushTable(table);
  return 0;
}

int apply(const TableEdit& edit, xtables::Table* table, const char** reason) {
  switch (edit.kind) {
    case TableEditWord::kInsert:
    case TableEditWord::kReplace:
      return applyRule(edit, table, reason);
    case TableEditWord::kDelete:
      return xtables::deleteRule(table, edit.chain, edit.position);
    case TableEditWord::kDeleteSame:
      return deleteSame(edit, table);
    case TableEditWord::kFlush:
      return flush(edit, table);
    case TableEditWord::kZero:
      return zero(edit, table);
    case TableEditWord::kPolicy:
      return xtables::setPolicy(table, edit.chain, edit.policy);
    case TableEditWord::kNewChain:
      return xtables::newChain(table, edit.chain);
    case TableEditWord::kRenameChain:
      return xtables::renameChain(table, edit.chain, edit.newName);
    case TableEditWord::kDeleteChain:
      return xtables::deleteChain(table, edit.chain);
  }
  return -EINVAL;
}

}  // namespace

uint64_t fingerprint(const xtables::Table& table) {
  const xtables::Family& family = *table.family;
  const size_t offsets = family.nextOffset + sizeof(uint16_t) - family.targetOffset;
  Hash hash;
  for (uint32_t i = 0; i < table.entries.size(); ++i) {
    const uint8_t* entry = table.at(i);
    hash.add(entry, family.packetMatchSize);
    hash.add(entry + family.targetOffset, offsets);
    hash.add(entry + family.entrySize, size_t{table.entries[i].size} - family.entrySize);
  }
  return hash.value();
}

int applyEdits(BlockReader blocks, xtables::Table* table, uint32_t* failed, Detail* detail) {
  Block block;
  *failed = 0;
  while (blocks.next(&block)) {
    if (block.header.table != kTableEditIndex) continue;
    TableEdit edit;
    int error = readEdit(block, blocks, &edit);
    if (error == 0) error = apply(edit, table, &detail->reason);
    if (error != 0) return error;
    ++*failed;
  }
  return 0;
}

}  // namespace lvs::nat
