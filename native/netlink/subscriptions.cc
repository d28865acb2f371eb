#include "netlink/subscriptions.h"

#include <errno.h>

#include <algorithm>

#include "records/record.h"

namespace lvs::netlink {
namespace {

// An answer is full at this size: what else has come is for the next one.
constexpr size_t kFull = 64 << 10;
// How often a socket may fail in a row, when it is emptied, before that counts as final.
constexpr int kMostFailures = 8;

// The kernel had no room, or no memory, for a message: what it said is lost, the socket works.
bool meansLoss(int error) { return error == -ENOBUFS || error == -ENOMEM || error == -EMSGSIZE; }

}  // namespace

void Subscriptions::run(uint16_t operation, const Request& request, Host& host) {
  const uint32_t id = request.header.id;
  const uint32_t number = request.header.argument;
  if (operation == kWatch) {
    host.results().begin(id);
    host.results().end(join(request));
    return;
  }
  if (operation == kUnwatch) {
    leave(number, host);
    host.results().success(id);
    return;
  }
  Subscription* subscription = find(number);
  if (subscription == nullptr || subscription->waiting != 0) {
    host.results().failure(id, subscription == nullptr ? -ENOENT : -EALREADY);
  } else if (!answer(*subscription, id, operation == kPollEvents, host)) {
    subscription->waiting = id;
  }
}

void Subscriptions::watched(std::vector<int>* descriptors) const {
  for (const auto& subscription : subscriptions_) {
    if (subscription->waiting != 0) descriptors->push_back(subscription->socket.descriptor());
  }
}

void Subscriptions::readable(Host& host) {
  for (const auto& subscription : subscriptions_) {
    if (subscription->waiting == 0) continue;
    if (answer(*subscription, subscription->waiting, false, host)) subscription->waiting = 0;
  }
}

Subscriptions::Subscription* Subscriptions::find(uint32_t number) {
  for (const auto& subscription : subscriptions_) {
    if (subscription->number == number) return subscription.get();
  }
  return nullptr;
}

int Subscriptions::join(const Request& request) {
  BlockReader blocks = request.blocks();
  Block block;
  if (!blocks.next(&block) || block.header.table != tableIndex_ ||
      block.header.size != layout_.size) {
    return -EINVAL;
  }
  if (find(request.header.argument) != nullptr) return -EALREADY;
  const ConstRecord record(block.body);
  auto subscription = std::make_unique<Subscription>();
  subscription->number = request.header.argument;
  const Membership membership{
      record.get<uint32_t>(layout_.fields[fieldIndex(layout_, "groups")]),
      record.get<uint32_t>(layout_.fields[fieldIndex(layout_, "bufferSize")])};
  if (const int error = subscription->socket.open(protocol_, membership)) return error;
  subscriptions_.push_back(std::move(subscription));
  return 0;
}

void Subscriptions::leave(uint32_t number, Host& host) {
  const auto found =
      std::find_if(subscriptions_.begin(), subscriptions_.end(),
                   [number](const auto& subscription) { return subscription->number == number; });
  if (found == subscriptions_.end()) return;
  if ((*found)->waiting != 0) host.results().failure((*found)->waiting, -ECANCELED, kCancelled);
  subscriptions_.erase(found);
}

// False when there is nothing to tell yet.
bool Subscriptions::answer(Subscription& subscription, uint32_t id, bool evenIfNone, Host& host) {
  ResultWriter& results = host.results();
  const size_t before = results.size();
  results.begin(id);
  const size_t empty = results.size();
  uint32_t flags = 0;
  const int error = collect(subscription, results, &flags);
  if (!evenIfNone && error == 0 && flags == kEnd && results.size() == empty) {
    results.cutBack(before);
    return false;
  }
  results.end(error, flags);
  return true;
}

int Subscriptions::collect(Subscription& subscription, ResultWriter& results, uint32_t* flags) {
  const size_t full = results.size() + kFull;
  while (results.size() < full) {
    const int received = subscription.socket.receive(&datagrams_);
    if (received == -EAGAIN) {
      *flags |= kEnd;
      return 0;
    }
    if (received < 0 && !meansLoss(received)) return received;
    if (received < 0 || !readAll(subscription, results)) {
      *flags |= kInterrupted | kEnd;
      return discard(subscription.socket);
    }
  }
  return 0;
}

// False when a message could not be read.
bool Subscriptions::readAll(Subscription& subscription, ResultWriter& results) {
  for (const Datagram& datagram : datagrams_) {
    MessageReader reader(datagram.data, datagram.size);
    Message message;
    while (reader.next(&message)) {
      const size_t before = results.size();
      if (source_.readEvent(message, subscription.devices, results) == 0) continue;
      results.cutBack(before);
      return false;
    }
    if (reader.error() != 0) return false;
  }
  return true;
}

// Takes and forgets what still lies in a socket that has overflowed. It is older than what the
// reader will find when it reads the state anew, and the kernel adds nothing before all of it has
// been taken.
int Subscriptions::discard(Socket& socket) {
  int failures = 0;
  while (failures < kMostFailures) {
    const int received = socket.receive(&datagrams_);
    if (received == -EAGAIN) return 0;
    failures = received < 0 ? failures + 1 : 0;
    if (received < 0 && !meansLoss(received)) return received;
  }
  return 0;
}

}  // namespace lvs::netlink
