// The dump half of Session: one request, any number of rows.
#include <errno.h>

#include <cstring>

#include "netlink/session.h"

namespace lvs::netlink {
namespace {

// Rows are handed on in pieces of about this size, so that decoding them in JavaScript overlaps
// with reading the next ones.
constexpr size_t kPieceSize = 256 << 10;

}  // namespace

void Session::dump(const Request& request, const Operation& operation, Host& host) {
  devices_.forget();
  firstSequence_ = nextSequence_;
  EncodeContext context{devices_, descriptors_};
  Verdict verdict;
  verdict.error = encodeRequest(request, operation, NLM_F_REQUEST | NLM_F_DUMP, context);
  ++nextSequence_;
  const Pending pending{request.header.id, &operation, 0, group_.size(), false, false};
  if (verdict.error == 0) verdict.error = socket_.send(group_.bytes().data(), group_.size());
  if (verdict.error != 0) {
    host.results().begin(pending.id);
    if (context.offending != nullptr) {
      host.results().text(kOffendingField, context.offending, strlen(context.offending));
    }
    host.results().end(verdict.error);
  } else {
    host.results().begin(pending.id);
    const uint32_t flags = collectRows(operation, pending.id, host, &verdict);
    host.results().text(kKernelMessage, verdict.text, verdict.textLength);
    host.results().end(verdict.error, flags);
  }
  group_.clear();
  descriptors_.closeAll();
}

// Reads until the dump's end. Returns result flags.
uint32_t Session::collectRows(const Operation& operation, uint32_t id, Host& host,
                              Verdict* verdict) {
  uint32_t flags = 0;
  bool done = false;
  while (!done) {
    const int received = socket_.receive(&datagrams_);
    if (received < 0) {
      // What is left of this dump would block the next one on the same socket.
      const char* stage = nullptr;
      open(&stage);
      return flags | kLost;
    }
    for (const Datagram& datagram : datagrams_) {
      MessageReader reader(datagram.data, datagram.size);
      Message message;
      while (reader.next(&message)) {
        if (message.header.nlmsg_seq != firstSequence_) continue;
        if ((message.header.nlmsg_flags & NLM_F_DUMP_INTR) != 0) flags |= kInterrupted;
        done = rowOrVerdict(message, operation, host.results(), verdict) || done;
      }
      if (reader.error() != 0) verdict->error = reader.error();
    }
    if (!done && host.results().resultSize() > kPieceSize) {
      host.results().end(0, kMore);
      host.postIfDue();
      host.results().begin(id);
    }
  }
  return flags;
}

// True at the end of the dump.
bool Session::rowOrVerdict(const Message& message, const Operation& operation,
                           ResultWriter& results, Verdict* verdict) {
  if (message.header.nlmsg_type == NLMSG_NOOP) return false;
  if (message.header.nlmsg_type == NLMSG_DONE || message.header.nlmsg_type == NLMSG_ERROR) {
    const Verdict end = readVerdict(message);
    if (end.error != 0 || verdict->error == 0) *verdict = end;
    return true;
  }
  const int error = row(message, operation, results);
  if (error != 0 && verdict->error == 0) verdict->error = error;
  return false;
}

}  // namespace lvs::netlink
