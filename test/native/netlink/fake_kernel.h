// A kernel that can be told to fail. It stands behind netlink::Socket, whose own code is left out
// of this program, and knows one family with objects that are just numbers.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <set>
#include <vector>

#include "netlink/message_reader.h"
#include "netlink/message_writer.h"

namespace fake {

// Commands of the family, and the attribute that carries an object's number.
constexpr uint8_t kAdd = 1, kRemove = 2, kGet = 3;
constexpr uint16_t kNumber = 1;

struct Kernel {
  std::set<uint32_t> objects;
  uint16_t family = 30;
  // Datagrams that fit the receive queue; an answer beyond is lost, and the next receive says so.
  size_t room = SIZE_MAX;
  // Largest number of messages that one send takes.
  size_t mostMessages = SIZE_MAX;
  // Numbers whose handler does its work and returns -EINTR, so that no acknowledgement comes.
  std::set<uint32_t> interrupted;
  int openError = 0;
  // What the next receives fail with.
  int receiveError = 0;
  size_t receiveErrors = 1;
  // Loses what is queued when a dump has delivered this many datagrams.
  size_t dumpDatagrams = SIZE_MAX;
  bool dumpInterrupted = false;
  // What any message is answered with instead; an empty datagram is none.
  std::function<std::vector<uint8_t>(const lvs::netlink::Message&)> answer;

  size_t sends = 0;
  size_t opens = 0;
  uint32_t groups = 0;  // that the socket opened last is a member of
  size_t acknowledged = 0;
  std::deque<std::vector<uint8_t>> queue;
  bool overrun = false;

  void queueUp(std::vector<uint8_t> datagram);
};

Kernel& kernel();

// A datagram of what was written.
std::vector<uint8_t> datagram(const lvs::netlink::MessageWriter& writer);

}  // namespace fake
