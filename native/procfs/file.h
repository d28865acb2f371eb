// Files under /proc, as the calling thread's network namespace sees them: /proc/sys by itself,
// /proc/net only through /proc/thread-self, since /proc/net belongs to the process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lvs::procfs {

// Reads a whole file. 0 or a negative errno.
int readFile(const char* path, std::vector<uint8_t>* content);

// Writes a value in one piece, as /proc/sys wants it. 0 or a negative errno.
int writeFile(const char* path, const void* data, size_t size);

}  // namespace lvs::procfs
