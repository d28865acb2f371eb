#include "addon/describe.h"

namespace lvs::addon {
namespace {

// What the record holds; byte order and netlink's ways stay on the C++ side.
const char* storageName(Kind kind) {
  switch (kind) {
    case Kind::kU8:
      return "u8";
    case Kind::kU16:
    case Kind::kBe16:
      return "u16";
    case Kind::kU32:
    case Kind::kBe32:
      return "u32";
    case Kind::kS32:
      return "s32";
    case Kind::kU64:
      return "u64";
    case Kind::kFlags:
      return "flags";
    case Kind::kAddress:
      return "address";
    case Kind::kBytes:
      return "bytes";
    default:
      return "text";
  }
}

Napi::Value choicesOf(Napi::Env env, const Field& field) {
  if (field.choiceCount == 0) return env.Undefined();
  Napi::Array list = Napi::Array::New(env, field.choiceCount);
  for (uint16_t i = 0; i < field.choiceCount; ++i) {
    Napi::Object choice = Napi::Object::New(env);
    choice.Set("value", field.choices[i].value);
    choice.Set("name", field.choices[i].name);
    list.Set(i, choice);
  }
  return list;
}

Napi::Object describeField(Napi::Env env, const Field& field, uint16_t bit) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("name", field.name);
  object.Set("storage", storageName(field.kind));
  object.Set("offset", field.offset);
  object.Set("size", field.size);
  object.Set("bit", bit);
  object.Set("choices", choicesOf(env, field));
  return object;
}

Napi::Object describeTable(Napi::Env env, const Table& table) {
  Napi::Object object = Napi::Object::New(env);
  Napi::Array fields = Napi::Array::New(env);
  uint32_t count = 0;
  for (uint16_t i = 0; i < table.fieldCount; ++i) {
    const Field& field = table.fields[i];
    if (field.kind != Kind::kNest) fields.Set(count++, describeField(env, field, i));
  }
  object.Set("name", table.name);
  object.Set("size", table.size);
  object.Set("fields", fields);
  return object;
}

}  // namespace

Napi::Object describe(Napi::Env env, const Protocol& protocol) {
  Napi::Array tables = Napi::Array::New(env, protocol.tableCount);
  for (uint16_t i = 0; i < protocol.tableCount; ++i) {
    tables.Set(i, describeTable(env, *protocol.tables[i]));
  }
  Napi::Array operations = Napi::Array::New(env);
  OperationName name{};
  for (uint16_t i = 0; protocol.operationAt(i, &name); ++i) {
    Napi::Object operation = Napi::Object::New(env);
    operation.Set("name", name.name);
    operation.Set("read", Napi::Boolean::New(env, name.read));
    operations.Set(i, operation);
  }
  Napi::Object object = Napi::Object::New(env);
  object.Set("tables", tables);
  object.Set("operations", operations);
  return object;
}

}  // namespace lvs::addon
