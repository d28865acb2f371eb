// What the kernel announces of its own accord: sockets that have joined multicast groups, and how
// TypeScript comes by their messages.
//
// A protocol whose objects can be watched
//  - describes a table with watchFields(its groups) among its tables;
//  - adds kSubscriptionOperations to its operations, and passes requests for these to run();
//  - says in an EventSource what a message means: records of its own tables;
//  - names these here as its backend's watcher().
// The other side is src/native/subscription.ts, which never asks for more than its reader takes:
// what nobody asked for stays in the socket, and when it overflows, the reader is told so and reads
// the state anew.
#pragma once

#include <memory>
#include <vector>

#include "netlink/devices.h"
#include "netlink/message_reader.h"
#include "netlink/socket.h"
#include "records/backend.h"

namespace lvs::netlink {

// A multicast group's place in the mask of groups: `{groupBit(RTNLGRP_LINK), "links"}`.
constexpr uint32_t groupBit(uint32_t group) { return uint32_t{1} << (group - 1); }

// Lays out what `watch` takes beside its number: which groups to join, and how many bytes may wait
// in the socket.
template <size_t N>
constexpr Layout<2> watchLayout(const Choice (&groups)[N]) {
  const Field fields[] = {u32("groups", 0).named(groups), u32("bufferSize", 0)};
  return layOut(fields);
}

// The argument of all of them is the number that TypeScript has given to the subscription.
enum SubscriptionOperation : uint16_t {
  kWatch,       // joins the groups
  kNextEvents,  // is answered once something has been announced
  kPollEvents,  // is answered at once, with what there is
  kUnwatch,     // leaves
};
inline constexpr OperationName kSubscriptionOperations[] = {
    {"watch", false}, {"nextEvents", false}, {"pollEvents", false}, {"unwatch", false}};

class EventSource {
 public:
  virtual ~EventSource() = default;
  // Appends the records that tell what one message announces; none for what nobody wants to know.
  // An error (-EBADMSG) counts as a lost message, and what was appended is taken back. `devices` is
  // the subscription's own: it may learn names from the messages.
  virtual int readEvent(const Message& message, Devices& devices, ResultWriter& results) = 0;
};

// Answers to kNextEvents and kPollEvents carry kInterrupted when announcements were lost behind
// those that they hold, and kEnd when nothing more was waiting.
class Subscriptions final : public Watcher {
 public:
  // `layout` is that of the protocol's table made by watchLayout(), which has this index.
  Subscriptions(int protocol, const Layout<2>& layout, uint16_t tableIndex, EventSource& source)
      : protocol_(protocol), layout_(layout), tableIndex_(tableIndex), source_(source) {}

  void run(uint16_t operation, const Request& request, Host& host);
  void watched(std::vector<int>* descriptors) const override;
  void readable(Host& host) override;

 private:
  struct Subscription {
    uint32_t number = 0;
    Socket socket;
    Devices devices;
    uint32_t waiting = 0;  // the kNextEvents request that has not been answered, or 0
  };

  Subscription* find(uint32_t number);
  int join(const Request& request);
  void leave(uint32_t number, Host& host);
  bool answer(Subscription& subscription, uint32_t id, bool evenIfNone, Host& host);
  int collect(Subscription& subscription, ResultWriter& results, uint32_t* flags);
  bool readAll(Subscription& subscription, ResultWriter& results);
  int discard(Socket& socket);

  const int protocol_;
  const Layout<2>& layout_;
  const uint16_t tableIndex_;
  EventSource& source_;
  std::vector<std::unique_ptr<Subscription>> subscriptions_;
  std::vector<Datagram> datagrams_;
};

}  // namespace lvs::netlink
