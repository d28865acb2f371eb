#include "ipvs/proc_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

namespace lvs::ipvs {
namespace {

constexpr size_t kStep = 64 << 10;

}  // namespace

int readProcFile(const char* name, std::vector<uint8_t>* content) {
  // /proc/net belongs to the process; a thread may be in another namespace.
  char path[64];
  snprintf(path, sizeof path, "/proc/thread-self/net/%s", name);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -errno;
  size_t size = 0;
  int error = 0;
  while (true) {
    content->resize(size + kStep);
    const ssize_t count = read(file, content->data() + size, kStep);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) error = -errno;
    if (count <= 0) break;
    size += static_cast<size_t>(count);
  }
  content->resize(size);
  close(file);
  return error;
}

}  // namespace lvs::ipvs
