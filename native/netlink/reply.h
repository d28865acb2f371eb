// NLMSG_ERROR and NLMSG_DONE, with the extended ack where there is one.
#pragma once

#include "netlink/message_reader.h"

namespace lvs::netlink {

struct Verdict {
  int error = 0;               // 0 or a negative errno
  const char* text = nullptr;  // the kernel's own words, not terminated
  size_t textLength = 0;
  size_t offset = 0;  // of the attribute refused, from the start of the request; 0: not told
};

// Reads the verdict of a message of type NLMSG_ERROR or NLMSG_DONE.
Verdict readVerdict(const Message& message);

}  // namespace lvs::netlink
