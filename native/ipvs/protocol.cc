#include "ipvs/protocol.h"

#include <errno.h>
#include <linux/netlink.h>

#include <iterator>
#include <memory>

#include "ipvs/connection_reader.h"
#include "ipvs/operations.h"
#include "ipvs/snapshot.h"
#include "netlink/session.h"
#include "procfs/file.h"

namespace lvs::ipvs {
namespace {

constexpr const Table* kTables[] = {&kService, &kDest,       &kDaemon, &kTimeouts,
                                    &kInfo,    &kConnection, &kQuery,  &kCount};
constexpr uint16_t kConnectionIndex = 5;
constexpr uint16_t kQueryIndex = 6;
constexpr uint16_t kCountIndex = 7;

constexpr uint16_t kNetlinkOperations = std::size(kOperations);
// Answered otherwise than by one exchange. Of connections each page is a request, so a slow reader
// holds up nothing.
constexpr OperationName kReaderOperations[] = {
    {"readConnections", true}, {"closeConnections", false}, {"readServicesFile", true},
    {"readStatsFile", true},   {"readSysctl", true},        {"writeSysctl", false},
    {"readSnapshot", true}};

class IpvsBackend : public netlink::Session {
 public:
  IpvsBackend()
      : Session({NETLINK_GENERIC, IPVS_GENL_NAME, IPVS_GENL_VERSION, kOperations,
                 kNetlinkOperations, kTables, std::size(kTables)}) {}

 protected:
  bool runOther(const Request& request, Host& host) override {
    const int operation = request.header.operation - kNetlinkOperations;
    switch (operation) {
      case 0:
        readPage(request, host.results());
        return true;
      case 1:
        drop(request.header.argument);
        host.results().success(request.header.id);
        return true;
      case 2:
        readFile("/proc/thread-self/net/ip_vs", request.header.id, host.results());
        return true;
      case 3:
        readFile("/proc/thread-self/net/ip_vs_stats", request.header.id, host.results());
        return true;
      case 4:
      case 5:
        sysctl(request, operation == 5, host.results());
        return true;
      case 6:
        Snapshot(*this, host).take(request);
        return true;
      default:
        return false;
    }
  }

 private:
  // The request's texts are the knob's name and, to write it, its value.
  void sysctl(const Request& request, bool write, ResultWriter& results) {
    BlockReader blocks = request.blocks();
    Block name, value;
    char path[64];
    const uint32_t id = request.header.id;
    if (!blocks.next(&name) || !knobPath(name, path) || (write && !blocks.next(&value))) {
      results.failure(id, -EINVAL);
    } else if (write) {
      const int error = procfs::writeFile(path, value.body, value.header.size);
      error == 0 ? results.success(id) : results.failure(id, error);
    } else {
      readFile(path, id, results);
    }
  }

  // A knob's name has letters, digits and underscores only, so it can't lead out of the folder.
  static bool knobPath(const Block& name, char (&path)[64]) {
    constexpr char kFolder[] = "/proc/sys/net/ipv4/vs/";
    if (name.header.size == 0 || name.header.size > sizeof path - sizeof kFolder) return false;
    for (uint32_t i = 0; i < name.header.size; ++i) {
      const uint8_t c = name.body[i];
      if (!(c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) return false;
    }
    memcpy(path, kFolder, sizeof kFolder - 1);
    memcpy(path + sizeof kFolder - 1, name.body, name.header.size);
    path[sizeof kFolder - 1 + name.header.size] = '\0';
    return true;
  }

  void readFile(const char* path, uint32_t id, ResultWriter& results) {
    std::vector<uint8_t> content;
    const int error = procfs::readFile(path, &content);
    results.begin(id);
    if (error == 0) results.bytes(0, content.data(), content.size());
    results.end(error);
  }

  // The first page comes with the query, later ones name the cursor alone.
  void readPage(const Request& request, ResultWriter& results) {
    Block block;
    int error = 0;
    if (request.blocks().next(&block)) error = begin(block);
    ConnectionReader* reader = error == 0 ? find(request.header.argument) : nullptr;
    if (reader == nullptr) {
      results.failure(request.header.id, error != 0 ? error : -EBADF);
      return;
    }
    results.begin(request.header.id);
    const int state = reader->page(results, kConnectionIndex, kCountIndex);
    if (state != 0) drop(request.header.argument);
    results.end(state < 0 ? state : 0, state == 1 ? uint32_t{kEnd} : 0);
  }

  int begin(const Block& block) {
    if (block.header.table != kQueryIndex || block.header.size != kQuery.size) return -EINVAL;
    auto reader = std::make_unique<ConnectionReader>();
    if (const int error = reader->open(ConstRecord(block.body))) return error;
    readers_.push_back(std::move(reader));
    return 0;
  }

  ConnectionReader* find(uint32_t cursor) {
    for (const auto& reader : readers_) {
      if (reader->cursor() == cursor) return reader.get();
    }
    return nullptr;
  }

  void drop(uint32_t cursor) {
    for (size_t i = 0; i < readers_.size(); ++i) {
      if (readers_[i]->cursor() != cursor) continue;
      readers_.erase(readers_.begin() + static_cast<ptrdiff_t>(i));
      return;
    }
  }

  std::vector<std::unique_ptr<ConnectionReader>> readers_;
};

bool operationAt(uint16_t index, OperationName* operation) {
  if (index < kNetlinkOperations) {
    *operation = {kOperations[index].name, kOperations[index].mode != netlink::Mode::kAct};
    return true;
  }
  const size_t other = static_cast<size_t>(index - kNetlinkOperations);
  if (other >= std::size(kReaderOperations)) return false;
  *operation = kReaderOperations[other];
  return true;
}

Backend* make() { return new IpvsBackend(); }

}  // namespace

const Protocol kProtocol = {"ipvs", kTables, std::size(kTables), operationAt, make};

}  // namespace lvs::ipvs
