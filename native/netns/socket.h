// TCP sockets for other programs to use, made in the namespace that the calling thread is in: a
// socket stays in the namespace that it was made in.
#pragma once

#include "netns/descriptor.h"
#include "records/record.h"

namespace lvs::namespaces {

// What went wrong, for the error that the caller sees.
struct Refusal {
  const char* call = "";        // the system call
  const char* field = nullptr;  // the field of kSocket that it was about
};

// A socket as the record of kSocket wants it, not yet connected. Non-blocking, closed on exec.
// 0 or a negative errno.
int openSocket(ConstRecord wanted, Descriptor* socket, Refusal* refusal);

// The same, and it listens on its address and port.
int openListener(ConstRecord wanted, Descriptor* socket, Refusal* refusal);

}  // namespace lvs::namespaces
