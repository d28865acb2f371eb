// The world-readable files of IPVS under /proc/net, for what netlink doesn't tell or may not tell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lvs::ipvs {

// Reads a whole file of the calling thread's network namespace: `readProcFile("ip_vs_stats", …)`.
// 0 or a negative errno.
int readProcFile(const char* name, std::vector<uint8_t>* content);

}  // namespace lvs::ipvs
