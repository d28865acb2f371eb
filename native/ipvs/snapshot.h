// The whole tree in one request: every service, each followed by its destinations, and whether it
// changed while it was being read.
#pragma once

#include <vector>

#include "netlink/session.h"

namespace lvs::ipvs {

// What is read a second time, as the request's argument says.
enum Verify : uint32_t { kVerifyServices = 0, kVerifyAll = 1 };

// What one reading saw of the objects of a kind, without what changes by itself: pieces of one
// size.
class Seen {
 public:
  explicit Seen(size_t size) : size_(size) {}
  // The next piece, to be filled in.
  uint8_t* add();
  // Whether the other has the same pieces. Their order doesn't matter: the kernel lists what has
  // not changed in another order when it has resized its table.
  bool same(const Seen& other) const;

 private:
  std::vector<const uint8_t*> sorted() const;

  size_t size_;
  std::vector<uint8_t> bytes_;
};

class Snapshot {
 public:
  Snapshot(netlink::Session& session, Host& host) : session_(session), host_(host) {}
  void take(const Request& request);

 private:
  struct Tree {
    Tree();
    Seen services;
    Seen dests;
  };

  void read(const Request& request);
  void listServices(Seen* seen);
  Request requestFor(const Block& service);
  void listDests(const Block& service, Tree* tree, ResultWriter* copy);
  void handOn(uint32_t id, Tree* tree);
  bool goesOn(uint32_t id);
  bool failed() const { return verdict_.error != 0 || (flags_ & kLost) != 0; }

  netlink::Session& session_;
  Host& host_;
  netlink::Verdict verdict_;
  uint32_t flags_ = 0;
  Bytes services_;  // their blocks, as they were listed last
  Bytes spare_;
};

}  // namespace lvs::ipvs
