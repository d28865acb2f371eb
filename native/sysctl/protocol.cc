#include "sysctl/protocol.h"

#include <errno.h>

#include <string>

#include "procfs/file.h"

namespace lvs::sysctl {
namespace {

constexpr OperationName kOperations[] = {{"read", true}, {"write", false}};
constexpr uint16_t kRead = 0, kWrite = 1;
constexpr char kFolder[] = "/proc/sys/net/";
constexpr size_t kLongest = 128;

// The request's first text is the path below the folder. It may not lead out of it.
bool pathOf(const Block& block, std::string* path) {
  const std::string name(reinterpret_cast<const char*>(block.body), block.header.size);
  if (name.empty() || name.size() > kLongest || name.front() == '/') return false;
  if (name.find('\0') != std::string::npos || ("/" + name + "/").find("/../") != std::string::npos)
    return false;
  *path = kFolder + name;
  return true;
}

class SysctlBackend : public Backend {
 public:
  int open(const char**) override { return 0; }

  void run(RequestReader requests, Host& host) override {
    Request request;
    while (requests.next(&request)) {
      const uint32_t id = request.header.id;
      if (host.cancelled(id)) {
        host.results().failure(id, -ECANCELED, kCancelled);
      } else {
        answer(request, host.results());
      }
      host.postIfDue();
    }
  }

 private:
  void answer(const Request& request, ResultWriter& results) {
    const uint32_t id = request.header.id;
    BlockReader blocks = request.blocks();
    Block name, value;
    std::string path;
    if (!blocks.next(&name) || !pathOf(name, &path)) {
      results.failure(id, -EINVAL);
    } else if (request.header.operation == kRead) {
      read(path, id, results);
    } else if (request.header.operation == kWrite && blocks.next(&value)) {
      const int error = procfs::writeFile(path.c_str(), value.body, value.header.size);
      error == 0 ? results.success(id) : results.failure(id, error);
    } else {
      results.failure(id, -EOPNOTSUPP);
    }
  }

  void read(const std::string& path, uint32_t id, ResultWriter& results) {
    std::vector<uint8_t> content;
    const int error = procfs::readFile(path.c_str(), &content);
    results.begin(id);
    if (error == 0) results.bytes(0, content.data(), content.size());
    results.end(error);
  }
};

bool operationAt(uint16_t index, OperationName* operation) {
  if (index > kWrite) return false;
  *operation = kOperations[index];
  return true;
}

Backend* make() { return new SysctlBackend(); }

}  // namespace

const Protocol kProtocol = {"sysctl", nullptr, 0, operationAt, make};

}  // namespace lvs::sysctl
