// A row of a protocol's operation table: what one request sends and what comes back.
#pragma once

#include "records/field.h"

namespace lvs::netlink {

enum class Mode : uint8_t {
  kAct,   // changes the kernel; answered by an acknowledgement
  kGet,   // answered by exactly one message
  kDump,  // answered by any number of messages
};

// A record inside a message: in the nested attribute of that type, or (0) directly in the payload.
struct Part {
  const Table* table = nullptr;
  uint16_t nest = 0;
};

struct Operation {
  const char* name;
  Mode mode;
  uint16_t type;   // rtnetlink message type, or generic netlink command
  uint16_t flags;  // NLM_F_… beyond NLM_F_REQUEST, and NLM_F_DUMP of a dump
  Part parts[2];   // what a request carries; missing records are left out
  Part reply;      // what each row of an answer carries
  // Device names may mean other devices afterwards, so no later request is encoded before this one
  // has been carried out.
  bool changesDevices = false;
};

}  // namespace lvs::netlink
