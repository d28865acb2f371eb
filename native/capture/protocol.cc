#include "capture/protocol.h"

#include <errno.h>
#include <poll.h>

#include <cstring>
#include <deque>
#include <iterator>
#include <memory>

#include "capture/lot.h"
#include "capture/socket.h"

namespace lvs::capture {
namespace {

// `next` is answered with as many lots as its argument says, each once it is there: whoever has not
// asked leaves the frames in the ring, and the kernel counts what finds no room. `stop` is answered
// with all that is left.
enum Operation : uint16_t { kStart, kNext, kCount, kStop, kSend };
constexpr OperationName kOperations[] = {
    {"start", false}, {"next", false}, {"count", false}, {"stop", false}, {"send", false}};

// How often to look whether a device that is down is there at all.
constexpr int kLookMilliseconds = 200;
// A block is handed over however few frames it has, so where nobody reads, a ring would soon be
// full of nearly empty ones. Up to so many bytes are taken out of it unasked.
constexpr size_t kMostBacklog = 1 << 20;
// How long the last frames may take from the kernel's hands into a block that is handed over.
constexpr int kDrainMilliseconds = 1000;
constexpr int kDrainStep = 10;

class CaptureBackend final : public Backend, private Watcher {
 public:
  int open(const char**) override { return 0; }

  void run(RequestReader requests, Host& host) override {
    Request request;
    while (requests.next(&request)) {
      answer(request, host);
      host.postIfDue();
    }
  }

  Watcher* watcher() override { return this; }

 private:
  void watched(std::vector<int>* descriptors) const override {
    if (socket_ == nullptr || failed_ != 0) return;
    if (!waiting_.empty() || backlog_.size() < kMostBacklog) {
      descriptors->push_back(socket_->descriptor());
    }
  }

  int patience() const override {
    return socket_ != nullptr && socket_->down() && !waiting_.empty() ? kLookMilliseconds : -1;
  }

  void readable(Host& host) override {
    if (waiting_.empty()) {
      store();
    } else if (serve(host)) {
      return;
    }
    failed_ = socket_->takeError();
    tellFailure(host);
  }

  void answer(const Request& request, Host& host) {
    const uint32_t id = request.header.id;
    if (request.header.operation == kStart) {
      start(request, host.results());
    } else if (socket_ == nullptr) {
      host.results().failure(id, -EBADF);
    } else if (request.header.operation == kNext) {
      waiting_.push_back({id, request.header.argument});
      serve(host);
      tellFailure(host);
    } else if (request.header.operation == kSend) {
      host.results().begin(id);
      host.results().end(send(request));
    } else {
      if (request.header.operation == kStop) stop(id, host);
      host.results().begin(id);
      host.results().end(writeCounts(host.results()));
    }
  }

  void start(const Request& request, ResultWriter& results) {
    const char* stage = "options";
    const int error = socket_ != nullptr ? -EALREADY : openSocket(request, &stage);
    results.begin(request.header.id);
    if (error != 0) {
      socket_.reset();
      results.text(kPlainText, stage, strlen(stage));
    } else {
      Record link(results.record(kLinkIndex, kLink));
      link.put(kLink, fieldIndex(kLinkLayout, "index"), socket_->deviceIndex());
      link.put(kLink, fieldIndex(kLinkLayout, "type"), socket_->linkType());
      if (socket_->linkType() == kEthernet) {
        link.putBytes(kLink, fieldIndex(kLinkLayout, "mac"), socket_->mac(), ETH_ALEN);
      }
    }
    results.end(error);
  }

  int openSocket(const Request& request, const char** stage) {
    const uint8_t* options = nullptr;
    std::vector<sock_filter> filter;
    BlockReader blocks = request.blocks();
    Block block;
    while (blocks.next(&block)) {
      if (block.header.table == kOptionsIndex && block.header.size == kOptions.size)
        options = block.body;
      if (block.header.table != kBytesBlock) continue;
      if (block.header.size % sizeof(sock_filter) != 0) return -EINVAL;
      filter.resize(block.header.size / sizeof(sock_filter));
      memcpy(filter.data(), block.body, block.header.size);
    }
    if (options == nullptr) return -EINVAL;
    const ConstRecord record(options);
    const Field& snapLength = kOptions.fields[fieldIndex(kOptionsLayout, "snapLength")];
    lot_.setSnapLength(record.get<uint32_t>(snapLength));
    stored_.setSnapLength(record.get<uint32_t>(snapLength));
    socket_ = std::make_unique<PacketSocket>();
    return socket_->open(record, filter, stage);
  }

  int send(const Request& request) {
    BlockReader blocks = request.blocks();
    Block block;
    if (!blocks.next(&block) || block.header.table != kBytesBlock) return -EINVAL;
    return socket_->send(block.body, block.header.size);
  }

  // Gives lots to those who wait for one. True when there was any.
  bool serve(Host& host) {
    bool any = false;
    while (!waiting_.empty() && hasFrames()) {
      any = true;
      Asked& asked = waiting_.front();
      host.results().begin(asked.id);
      writeLot(host.results());
      const bool more = asked.lots > 1;
      host.results().end(0, more ? uint32_t{kMore} : 0);
      --asked.lots;
      if (!more) waiting_.pop_front();
    }
    return any;
  }

  bool hasFrames() const { return backlog_.size() != 0 || socket_->ring().ready(); }

  // Takes frames out of the ring for somebody who has not asked yet.
  void store() {
    Ring& ring = socket_->ring();
    while (ring.ready() && backlog_.size() < kMostBacklog) {
      if (backlog_.size() == 0) {
        backlog_.begin(0);
        stored_.begin(backlog_);
      }
      for (RawFrame frame; ring.next(&frame);) stored_.add(frame, backlog_);
      ring.release();
    }
  }

  void writeBacklog(ResultWriter& results) {
    delivered_ += stored_.end(backlog_);
    const Bytes all = backlog_.take({});
    const size_t size = all.size() - sizeof(ResultHeader);
    memcpy(results.moreBytes(size), all.data() + sizeof(ResultHeader), size);
  }

  void writeLot(ResultWriter& results) {
    if (backlog_.size() != 0) return writeBacklog(results);
    Ring& ring = socket_->ring();
    lot_.begin(results);
    for (RawFrame frame; ring.next(&frame);) lot_.add(frame, results);
    delivered_ += lot_.end(results);
    ring.release();
  }

  void stop(uint32_t id, Host& host) {
    socket_->silence();
    serve(host);
    drain(id, host);
    endWaiting(0, host);
  }

  // Hands over every frame that had come in, as a part of the answer to `id`.
  void drain(uint32_t id, Host& host) {
    for (int waited = 0; waited < kDrainMilliseconds; waited += kDrainStep) {
      while (hasFrames()) {
        host.results().begin(id);
        writeLot(host.results());
        host.results().end(0, kMore);
        host.postIfDue();
      }
      if (socket_->count(&counts_) != 0) break;
      if (delivered_ >= counts_.received - counts_.dropped || host.cancelled(id)) break;
      pollfd watched{socket_->descriptor(), POLLIN, 0};
      poll(&watched, 1, kDrainStep);
    }
  }

  // What comes behind the last frame of a device that has gone.
  void tellFailure(Host& host) {
    if (failed_ == 0 || waiting_.empty()) return;
    drain(waiting_.front().id, host);
    endWaiting(failed_, host);
  }

  // Tells those who wait that no lot will come.
  void endWaiting(int error, Host& host) {
    for (const Asked& asked : waiting_) host.results().failure(asked.id, error, kEnd);
    waiting_.clear();
  }

  int writeCounts(ResultWriter& results) {
    if (const int error = socket_->count(&counts_)) return error;
    Record record(results.record(kStatisticsIndex, kStatistics));
    record.put(kStatistics, fieldIndex(kStatisticsLayout, "received"), counts_.received);
    record.put(kStatistics, fieldIndex(kStatisticsLayout, "dropped"), counts_.dropped);
    record.put(kStatistics, fieldIndex(kStatisticsLayout, "frozen"), counts_.frozen);
    return 0;
  }

  std::unique_ptr<PacketSocket> socket_;
  struct Asked {
    uint32_t id;
    uint32_t lots;  // still to come
  };

  LotWriter lot_;
  ResultWriter backlog_;
  LotWriter stored_;           // what is in the backlog
  int failed_ = 0;             // the device has gone
  std::deque<Asked> waiting_;  // `next` requests
  uint64_t delivered_ = 0;
  Counts counts_;
};

bool operationAt(uint16_t index, OperationName* operation) {
  if (index >= std::size(kOperations)) return false;
  *operation = kOperations[index];
  return true;
}

Backend* make() { return new CaptureBackend(); }

}  // namespace

const Protocol kProtocol = {"capture", kTables, std::size(kTables), operationAt, make};

}  // namespace lvs::capture
