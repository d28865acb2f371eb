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
  const uint32_t id = request.header.id;
  host.results().begin(id);
  if (verdict.error != 0) {
    if (context.offending != nullptr) {
      host.results().text(kOffendingField, context.offending, strlen(context.offending));
    }
    host.results().end(verdict.error);
  } else {
    const uint32_t flags = askForRows(operation, id, host, &verdict);
    host.results().text(kKernelMessage, verdict.text, verdict.textLength);
    host.results().end(verdict.error, flags);
  }
  group_.clear();
  descriptors_.closeAll();
}

// Sends what the group holds, and once more where the family has moved. Returns result flags.
uint32_t Session::askForRows(const Operation& operation, uint32_t id, Host& host,
                             Verdict* verdict) {
  const std::vector<uint8_t>& request = group_.bytes();
  verdict->error = socket_.send(request.data(), request.size());
  if (verdict->error != 0) return 0;
  const uint32_t flags = collectRows(operation, id, host, verdict);
  if (verdict->error != -ENOENT || options_.family == nullptr) return flags;
  bool moved = false;
  const int gone = findFamilyAgain(&moved);
  *verdict = {};  // its words lay where the answer to that has come in
  verdict->error = gone != 0 ? gone : -ENOENT;
  if (!moved) return flags;
  group_.setType(0, familyId_);
  verdict->error = socket_.send(request.data(), request.size());
  return verdict->error != 0 ? 0 : collectRows(operation, id, host, verdict);
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
