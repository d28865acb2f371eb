#include "ipvs/snapshot.h"

#include <errno.h>

#include <algorithm>
#include <cstring>

#include "ipvs/operations.h"

namespace lvs::ipvs {
namespace {

using netlink::Rows;

constexpr size_t kServiceKeyFields = fieldIndex(kServiceLayout, "scheduler");
constexpr size_t kServiceKey = kServiceLayout.fields[kServiceKeyFields].offset;
// Up to what changes by itself.
constexpr size_t kServiceSettings =
    kServiceLayout.fields[fieldIndex(kServiceLayout, "connections")].offset;
constexpr size_t kDestSettings =
    kDestLayout.fields[fieldIndex(kDestLayout, "activeConnections")].offset;

// The listing's blocks, behind the header of its result.
BlockReader blocksOf(const Bytes& result) {
  return BlockReader(result.data() + sizeof(ResultHeader), result.size() - sizeof(ResultHeader));
}

}  // namespace

uint8_t* Seen::add() {
  bytes_.resize(bytes_.size() + size_);
  return bytes_.data() + bytes_.size() - size_;
}

bool Seen::same(const Seen& other) const {
  if (bytes_ == other.bytes_) return true;
  if (bytes_.size() != other.bytes_.size()) return false;
  const auto equal = [this](const uint8_t* a, const uint8_t* b) {
    return memcmp(a, b, size_) == 0;
  };
  const std::vector<const uint8_t*> ours = sorted(), theirs = other.sorted();
  return std::equal(ours.begin(), ours.end(), theirs.begin(), equal);
}

std::vector<const uint8_t*> Seen::sorted() const {
  std::vector<const uint8_t*> pieces;
  for (size_t at = 0; at < bytes_.size(); at += size_) pieces.push_back(bytes_.data() + at);
  std::sort(pieces.begin(), pieces.end(),
            [this](const uint8_t* a, const uint8_t* b) { return memcmp(a, b, size_) < 0; });
  return pieces;
}

Snapshot::Tree::Tree() : services(kServiceSettings), dests(kServiceKey + kDestSettings) {}

void Snapshot::take(const Request& request) {
  ResultWriter& results = host_.results();
  results.begin(request.header.id);
  read(request);
  results.text(kKernelMessage, verdict_.text, verdict_.textLength);
  results.end(verdict_.error, flags_);
}

void Snapshot::read(const Request& request) {
  const bool all = request.header.argument == kVerifyAll;
  Tree before, now;
  listServices(&before.services);
  const uint32_t id = request.header.id;
  handOn(id, all ? &before : nullptr);
  if (failed()) return;
  listServices(&now.services);
  BlockReader services = blocksOf(services_);
  for (Block service; all && goesOn(id) && services.next(&service);) {
    listDests(service, &now, nullptr);
  }
  if (failed()) return;
  if (!before.services.same(now.services) || !before.dests.same(now.dests)) flags_ |= kInterrupted;
}

void Snapshot::listServices(Seen* seen) {
  ResultWriter listing;
  listing.begin(0);
  flags_ |= session_.list({}, kListServices, {listing}, &verdict_);
  listing.end(0);
  services_ = listing.take({});
  BlockReader services = blocksOf(services_);
  for (Block service; services.next(&service);) {
    if (service.header.size == kService.size) memcpy(seen->add(), service.body, kServiceSettings);
  }
}

// A request for the destinations of a listed service, of which the block keeps only the key.
Request Snapshot::requestFor(const Block& service) {
  uint8_t* record = services_.data() + (service.body - services_.data());
  store(record, load<uint64_t>(record) & ((uint64_t{1} << kServiceKeyFields) - 1));
  Request request;
  request.body = record - sizeof(BlockHeader);
  request.bodySize = sizeof(BlockHeader) + service.header.size;
  return request;
}

// Reads the destinations of a service into the tree and, where there is one, into the copy.
void Snapshot::listDests(const Block& service, Tree* tree, ResultWriter* copy) {
  ResultWriter listing;
  spare_.clear();
  static_cast<void>(listing.take(std::move(spare_)));
  listing.begin(0);
  flags_ |= session_.list(requestFor(service), kListDests, {listing}, &verdict_);
  listing.end(0);
  spare_ = listing.take({});
  BlockReader dests = blocksOf(spare_);
  for (Block dest; dests.next(&dest);) {
    if (dest.header.size != kDest.size) continue;
    uint8_t* piece = tree->dests.add();
    memcpy(piece, service.body, kServiceKey);
    memcpy(piece + kServiceKey, dest.body, kDestSettings);
    if (copy != nullptr) copy->records(dest.header.table, dest.body, dest.header.size);
  }
}

// Writes each service and its destinations into the results. What they are is looked at where there
// is a tree.
void Snapshot::handOn(uint32_t id, Tree* tree) {
  BlockReader services = blocksOf(services_);
  for (Block service; goesOn(id) && services.next(&service);) {
    host_.results().records(service.header.table, service.body, service.header.size);
    if (tree != nullptr) {
      listDests(service, tree, &host_.results());
    } else {
      const Rows rows{host_.results(), &host_, id};
      flags_ |= session_.list(requestFor(service), kListDests, rows, &verdict_);
    }
  }
}

// Between two services: hands on what there is, be it only the sign that the work goes on.
bool Snapshot::goesOn(uint32_t id) {
  if (failed()) return false;
  host_.postPart(id);
  if (!host_.cancelled(id)) return true;
  verdict_.error = -ECANCELED;
  flags_ |= kCancelled;
  return false;
}

}  // namespace lvs::ipvs
