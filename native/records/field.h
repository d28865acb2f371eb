// The vocabulary of the field tables: one table describes one kernel object, once, for the wire
// (netlink attributes) and for the fixed-layout record that TypeScript reads and writes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lvs {

// How a field lies on the wire. The record always holds it in host byte order.
enum class Kind : uint8_t {
  kU8,
  kU16,
  kU32,
  kS32,
  kU64,
  kBe16,     // network byte order on the wire
  kBe32,     // network byte order on the wire
  kFlags,    // struct { u32 flags, mask }: IPVS's way of changing only some bits
  kText,     // NUL-terminated, at most size - 1 bytes
  kAddress,  // 4 or 16 bytes on the wire; one length byte, three of padding, 16 in the record
  kBytes,    // one length byte, then up to size - 1 bytes, as they come
  kDevice,   // u32 interface index on the wire, its name in the record
  kNetns,    // u32 file descriptor on the wire, the path of a namespace file in the record
  kNest,     // holds other fields; no place of its own in the record
};

// A number that has a name in the field: `{6, "tcp"}`.
struct Choice {
  uint32_t value;
  const char* name;
};

struct Field {
  const char* name = nullptr;
  Kind kind = Kind::kU8;
  bool inHeader = false;     // lies in the fixed header that precedes the attributes of its level
  uint16_t attribute = 0;    // attribute type, or the offset in the fixed header
  uint16_t size = 0;         // bytes in the record
  uint16_t offset = 0;       // in the record; set by layOut
  int16_t nest = -1;         // index of the nest that holds this field; set by layOut
  uint16_t nestHeader = 0;   // a fixed header that precedes the attributes of a nest
  bool isStructure = false;  // a nest that is nothing but its fixed header: no attributes follow
  const char* in = nullptr;  // name of the nest that holds this field
  const Choice* choices = nullptr;
  uint16_t choiceCount = 0;
  uint64_t below = 0;  // presence bits of all fields inside this nest; set by layOut

  // Places the field inside the nest of that name.
  constexpr Field inside(const char* nestName) const {
    Field copy = *this;
    copy.in = nestName;
    return copy;
  }

  template <size_t N>
  constexpr Field named(const Choice (&list)[N]) const {
    Field copy = *this;
    copy.choices = list;
    copy.choiceCount = N;
    return copy;
  }
};

struct Table {
  const char* name;
  const Field* fields;
  uint16_t fieldCount;
  uint16_t size;        // bytes of one record, a multiple of 8
  uint16_t headerSize;  // bytes of the fixed header on the wire (ifaddrmsg, rtmsg, …)
};

constexpr uint16_t kAddressSize = 20;
constexpr uint16_t kDeviceSize = 16;  // IFNAMSIZ
constexpr uint16_t kPathSize = 256;
constexpr size_t kMaxFields = 64;  // one presence bit each

constexpr Field plain(const char* name, Kind kind, uint16_t attribute, uint16_t size) {
  Field field;
  field.name = name;
  field.kind = kind;
  field.attribute = attribute;
  field.size = size;
  return field;
}
constexpr Field u8(const char* name, uint16_t attribute) {
  return plain(name, Kind::kU8, attribute, 1);
}
constexpr Field u16(const char* name, uint16_t attribute) {
  return plain(name, Kind::kU16, attribute, 2);
}
constexpr Field u32(const char* name, uint16_t attribute) {
  return plain(name, Kind::kU32, attribute, 4);
}
constexpr Field s32(const char* name, uint16_t attribute) {
  return plain(name, Kind::kS32, attribute, 4);
}
constexpr Field u64(const char* name, uint16_t attribute) {
  return plain(name, Kind::kU64, attribute, 8);
}
constexpr Field be16(const char* name, uint16_t attribute) {
  return plain(name, Kind::kBe16, attribute, 2);
}
constexpr Field be32(const char* name, uint16_t attribute) {
  return plain(name, Kind::kBe32, attribute, 4);
}
constexpr Field flags(const char* name, uint16_t attribute) {
  return plain(name, Kind::kFlags, attribute, 8);
}
constexpr Field text(const char* name, uint16_t attribute, uint16_t size) {
  return plain(name, Kind::kText, attribute, size);
}
constexpr Field address(const char* name, uint16_t attribute) {
  return plain(name, Kind::kAddress, attribute, kAddressSize);
}
constexpr Field bytes(const char* name, uint16_t attribute, uint16_t longest) {
  return plain(name, Kind::kBytes, attribute, static_cast<uint16_t>(longest + 1));
}
constexpr Field device(const char* name, uint16_t attribute) {
  return plain(name, Kind::kDevice, attribute, kDeviceSize);
}
constexpr Field netns(const char* name, uint16_t attribute) {
  return plain(name, Kind::kNetns, attribute, kPathSize);
}
constexpr Field nest(const char* name, uint16_t attribute, uint16_t header = 0) {
  Field field = plain(name, Kind::kNest, attribute, 0);
  field.nestHeader = header;
  return field;
}
// An attribute that holds a C structure; its fields are `header(…).inside(name)`. A structure that
// newer kernels made longer is named by the size that its fields need.
constexpr Field structure(const char* name, uint16_t attribute, uint16_t size) {
  Field field = nest(name, attribute, size);
  field.isStructure = true;
  return field;
}
// A field of the fixed header: `header(u8("scope", offsetof(ifaddrmsg, ifa_scope)))`.
constexpr Field header(Field field) {
  field.inHeader = true;
  return field;
}

constexpr bool sameText(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) ++a, ++b;
  return *a == *b;
}

constexpr uint16_t alignmentOf(const Field& field) {
  switch (field.kind) {
    case Kind::kU64:
      return 8;
    case Kind::kU32:
    case Kind::kS32:
    case Kind::kBe32:
    case Kind::kFlags:
    case Kind::kAddress:
      return 4;
    case Kind::kU16:
    case Kind::kBe16:
      return 2;
    default:
      return 1;
  }
}

// The fields of one object with their places in the record worked out, at compile time.
template <size_t N>
struct Layout {
  static_assert(N <= kMaxFields, "a record has 64 presence bits");
  Field fields[N] = {};
  uint16_t size = 0;
  uint16_t headerSize = 0;
};

template <size_t N>
constexpr Layout<N> layOut(const Field (&list)[N], uint16_t headerSize = 0) {
  Layout<N> layout;
  layout.headerSize = headerSize;
  uint16_t at = 8;  // the presence bits come first
  for (size_t i = 0; i < N; ++i) {
    Field field = list[i];
    if (field.in != nullptr) {
      for (size_t j = 0; j < i; ++j) {
        if (list[j].kind == Kind::kNest && sameText(list[j].name, field.in)) {
          field.nest = static_cast<int16_t>(j);
        }
      }
    }
    if (field.kind != Kind::kNest) {
      const uint16_t alignment = alignmentOf(field);
      at = static_cast<uint16_t>((at + alignment - 1) / alignment * alignment);
      field.offset = at;
      at = static_cast<uint16_t>(at + field.size);
    }
    layout.fields[i] = field;
    for (int16_t up = field.nest; up >= 0; up = layout.fields[up].nest) {
      layout.fields[up].below |= uint64_t{1} << i;
    }
  }
  layout.size = static_cast<uint16_t>((at + 7) / 8 * 8);
  return layout;
}

template <size_t N>
constexpr Table tableOf(const char* name, const Layout<N>& layout) {
  return Table{name, layout.fields, static_cast<uint16_t>(N), layout.size, layout.headerSize};
}

// Index of a field that there is, for C++ that fills in records itself:
// `fieldIndex(kConnectionLayout, "state")`.
template <size_t N>
constexpr size_t fieldIndex(const Layout<N>& layout, const char* name) {
  size_t index = 0;
  while (!sameText(layout.fields[index].name, name)) ++index;
  return index;
}

}  // namespace lvs
