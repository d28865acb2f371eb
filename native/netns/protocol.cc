#include "netns/protocol.h"

#include <errno.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "netns/namespace_file.h"
#include "netns/socket.h"
#include "netns/tables.h"

namespace lvs::namespaces {
namespace {

enum TableIndex : uint16_t { kNamespaceIndex, kSocketIndex, kDescriptorIndex };
constexpr const Table* kTables[] = {&kNamespace, &kSocket, &kDescriptor};

enum OperationIndex : uint16_t { kCreate, kRemove, kOpenSocket, kOpenListener, kClaim };
constexpr OperationName kOperations[] = {{"createNamespace", false},
                                         {"removeNamespace", false},
                                         {"openSocket", false},
                                         {"openListener", false},
                                         {"claim", false}};

class NamespacesBackend : public Backend {
 public:
  int open(const char**) override { return 0; }

  void run(RequestReader requests, Host& host) override {
    Request request;
    while (requests.next(&request)) {
      if (host.cancelled(request.header.id)) {
        host.results().failure(request.header.id, -ECANCELED, kCancelled);
      } else {
        answer(request, host.results());
      }
    }
  }

 private:
  void answer(const Request& request, ResultWriter& results) {
    switch (request.header.operation) {
      case kCreate:
        return onNamespace(request, createNamespace, results);
      case kRemove:
        return onNamespace(request, removeNamespace, results);
      case kOpenSocket:
        return onSocket(request, openSocket, results);
      case kOpenListener:
        return onSocket(request, openListener, results);
      case kClaim:
        return claim(request, results);
      default:
        return results.failure(request.header.id, -EOPNOTSUPP);
    }
  }

  void onNamespace(const Request& request, int (*act)(const std::string&, const char**),
                   ResultWriter& results) {
    Block block;
    Refusal refusal;
    int error = -EINVAL;
    if (find(request, kNamespaceIndex, &block)) {
      const ConstRecord record(block.body);
      const Field& file = kNamespace.fields[fieldIndex(kNamespaceLayout, "file")];
      const char* text = reinterpret_cast<const char*>(record.at(file));
      error = act(std::string(text, record.textLength(file)), &refusal.call);
    }
    if (error == 0) return results.success(request.header.id);
    refuse(request, error, refusal, results);
  }

  void onSocket(const Request& request, int (*act)(ConstRecord, Descriptor*, Refusal*),
                ResultWriter& results) {
    Block block;
    Refusal refusal;
    Descriptor socket;
    int error = -EINVAL;
    if (find(request, kSocketIndex, &block)) {
      error = act(ConstRecord(block.body), &socket, &refusal);
    }
    if (error != 0) return refuse(request, error, refusal, results);
    results.begin(request.header.id);
    Record record(results.record(kDescriptorIndex, kDescriptor));
    record.put<int32_t>(kDescriptor, fieldIndex(kDescriptorLayout, "descriptor"), socket.number());
    results.end(0);
    unclaimed_.push_back(std::move(socket));
  }

  // From here on the descriptor is the caller's to close.
  void claim(const Request& request, ResultWriter& results) {
    const auto found = std::find_if(
        unclaimed_.begin(), unclaimed_.end(), [&request](const Descriptor& descriptor) {
          return static_cast<uint32_t>(descriptor.number()) == request.header.argument;
        });
    if (found == unclaimed_.end()) return results.failure(request.header.id, -EBADF);
    found->release();
    unclaimed_.erase(found);
    results.success(request.header.id);
  }

  static bool find(const Request& request, uint16_t table, Block* block) {
    return request.blocks().next(block) && block->header.table == table &&
           block->header.size == kTables[table]->size;
  }

  static void refuse(const Request& request, int error, const Refusal& refusal,
                     ResultWriter& results) {
    results.begin(request.header.id);
    results.text(kPlainText, refusal.call, strlen(refusal.call));
    if (refusal.field != nullptr) {
      results.text(kOffendingField, refusal.field, strlen(refusal.field));
    }
    results.end(error);
  }

  // Sockets whose number JavaScript may never have seen: the caller gave up meanwhile. They are
  // closed with the handle.
  std::vector<Descriptor> unclaimed_;
};

bool operationAt(uint16_t index, OperationName* operation) {
  if (index >= std::size(kOperations)) return false;
  *operation = kOperations[index];
  return true;
}

Backend* make() { return new NamespacesBackend(); }

}  // namespace

const Protocol kProtocol = {"netns", kTables, std::size(kTables), operationAt, make};

}  // namespace lvs::namespaces
