// What crosses for named namespaces and for sockets inside a namespace. Nothing here is netlink, so
// the fields have no attribute numbers.
#pragma once

#include <sys/socket.h>

#include "records/field.h"

namespace lvs::namespaces {

inline constexpr Choice kFamilies[] = {{AF_INET, "ipv4"}, {AF_INET6, "ipv6"}};

// A folder, a name of up to 255 bytes and the final zero.
constexpr uint16_t kFileSize = 512;

inline constexpr Field kNamespaceFields[] = {text("file", 0, kFileSize)};
inline constexpr auto kNamespaceLayout = layOut(kNamespaceFields);
inline constexpr Table kNamespace = tableOf("namespace", kNamespaceLayout);

inline constexpr Field kSocketFields[] = {
    u16("family", 0).named(kFamilies),
    address("address", 0),
    u16("port", 0),
    u32("mark", 0),
    device("device", 0),
};
inline constexpr auto kSocketLayout = layOut(kSocketFields);
inline constexpr Table kSocket = tableOf("socket", kSocketLayout);

inline constexpr Field kDescriptorFields[] = {s32("descriptor", 0)};
inline constexpr auto kDescriptorLayout = layOut(kDescriptorFields);
inline constexpr Table kDescriptor = tableOf("descriptor", kDescriptorLayout);

}  // namespace lvs::namespaces
