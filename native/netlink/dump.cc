// The dump half of Session: one request, any number of rows.
#include <errno.h>

#include <cstring>

#include "netlink/session.h"

namespace lvs::netlink {

void Session::dump(const Request& request, const Operation& operation, Host& host) {
  ResultWriter& results = host.results();
  results.begin(request.header.id);
  Verdict verdict;
  const uint32_t flags = list(request, operation, {results, &host, request.header.id}, &verdict);
  results.text(kKernelMessage, verdict.text, verdict.textLength);
  results.end(verdict.error, flags);
}

uint32_t Session::list(const Request& request, const Operation& operation, const Rows& rows,
                       Verdict* verdict) {
  *verdict = {};  // the words of an earlier one lay where answers come in
  devices_.forget();
  firstSequence_ = nextSequence_;
  EncodeContext context{devices_, descriptors_};
  verdict->error = encodeRequest(request, operation, NLM_F_REQUEST | NLM_F_DUMP, context);
  ++nextSequence_;
  uint32_t flags = 0;
  if (verdict->error == 0) {
    flags = askForRows(operation, rows, verdict);
  } else if (context.offending != nullptr) {
    rows.results.text(kOffendingField, context.offending, strlen(context.offending));
  }
  group_.clear();
  descriptors_.closeAll();
  return flags;
}

// Sends what the group holds, and once more where the family has moved. Returns result flags.
uint32_t Session::askForRows(const Operation& operation, const Rows& rows, Verdict* verdict) {
  const Bytes& request = group_.bytes();
  verdict->error = socket_.send(request.data(), request.size());
  if (verdict->error != 0) return 0;
  const uint32_t flags = collectRows(operation, rows, verdict);
  if (verdict->error != -ENOENT || options_.family == nullptr) return flags;
  bool moved = false;
  const int gone = findFamilyAgain(&moved);
  *verdict = {};  // its words lay where the answer to that has come in
  verdict->error = gone != 0 ? gone : -ENOENT;
  if (!moved) return flags;
  group_.setType(0, familyId_);
  verdict->error = socket_.send(request.data(), request.size());
  return verdict->error != 0 ? 0 : collectRows(operation, rows, verdict);
}

// Reads until the dump's end. Returns result flags.
uint32_t Session::collectRows(const Operation& operation, const Rows& rows, Verdict* verdict) {
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
        done = rowOrVerdict(message, operation, rows.results, verdict) || done;
      }
      if (reader.error() != 0) verdict->error = reader.error();
    }
    if (!done && rows.host != nullptr) rows.host->postPart(rows.id);
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
