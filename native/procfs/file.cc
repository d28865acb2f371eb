#include "procfs/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

namespace lvs::procfs {
namespace {

constexpr size_t kStep = 64 << 10;

class Descriptor {
 public:
  Descriptor(const char* path, int flags) : file_(open(path, flags | O_CLOEXEC)) {}
  ~Descriptor() {
    if (file_ >= 0) close(file_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return file_; }

 private:
  int file_;
};

}  // namespace

int readFile(const char* path, std::vector<uint8_t>* content) {
  content->clear();
  const Descriptor file(path, O_RDONLY);
  if (file.get() < 0) return -errno;
  size_t size = 0;
  while (true) {
    content->resize(size + kStep);
    const ssize_t count = read(file.get(), content->data() + size, kStep);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      content->resize(size);
      return count < 0 ? -errno : 0;
    }
    size += static_cast<size_t>(count);
  }
}

int writeFile(const char* path, const void* data, size_t size) {
  const Descriptor file(path, O_WRONLY);
  if (file.get() < 0) return -errno;
  ssize_t count = -1;
  do {
    count = write(file.get(), data, size);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return -errno;
  return static_cast<size_t>(count) == size ? 0 : -EIO;
}

}  // namespace lvs::procfs
