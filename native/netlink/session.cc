#include "netlink/session.h"

#include <errno.h>

#include <algorithm>

#include "netlink/generic.h"

namespace lvs::netlink {
namespace {

// Larger groups gain nothing more, and a withdrawn request is noticed between groups.
constexpr size_t kGroupMessages = 1000;
constexpr size_t kGroupBytes = 160 << 10;

bool sendBufferFull(int error) {
  return error == -ENOBUFS || error == -ENOMEM || error == -EMSGSIZE || error == -EAGAIN;
}

}  // namespace

int Session::open(const char** stage) {
  *stage = "socket";
  if (const int error = socket_.open(options_.protocol)) return error;
  if (options_.family == nullptr) return 0;
  *stage = "family";
  return resolveFamily(socket_, options_.family, &familyId_);
}

void Session::run(RequestReader requests, Host& host) {
  Request request;
  while (requests.next(&request)) {
    const uint32_t id = request.header.id;
    if (host.cancelled(id)) {
      host.results().failure(id, -ECANCELED, kCancelled);
      continue;
    }
    if (const int error = reopen()) {
      host.results().failure(id, error);
      continue;
    }
    if (request.header.operation >= options_.operationCount) {
      flush(host);
      if (!runOther(request, host)) host.results().failure(id, -EOPNOTSUPP);
    } else if (options_.operations[request.header.operation].mode == Mode::kDump) {
      flush(host);
      dump(request, options_.operations[request.header.operation], host);
    } else {
      add(request, options_.operations[request.header.operation], host);
    }
    host.postIfDue();
  }
  flush(host);
}

// A dump that was given up takes a new socket, for which there may have been no descriptor.
int Session::reopen() {
  if (socket_.descriptor() >= 0) return 0;
  const char* stage = nullptr;
  return open(&stage);
}

size_t Session::payloadStart() const {
  return kMessageHeader + (options_.family != nullptr ? kGenericHeader : 0);
}

uint16_t Session::tableIndex(const Table* table) const {
  const auto* end = options_.tables + options_.tableCount;
  return static_cast<uint16_t>(std::find(options_.tables, end, table) - options_.tables);
}

void Session::add(const Request& request, const Operation& operation, Host& host) {
  const size_t room = std::min(kGroupMessages, std::max<size_t>(socket_.acknowledgementRoom(), 1));
  const bool full =
      pending_.size() >= room || group_.size() >= std::min(kGroupBytes, socket_.sendRoom());
  if (full || (!pending_.empty() && pending_.back().operation->changesDevices)) {
    flush(host);
  }
  if (pending_.empty()) {
    firstSequence_ = nextSequence_;
    devices_.forget();
  }
  EncodeContext context{devices_, descriptors_};
  const int error = encodeRequest(request, operation, NLM_F_REQUEST, context);
  if (error == 0) {
    pending_.push_back(
        {request.header.id, &operation, group_.messageStart(), group_.size(), false, false});
    ++nextSequence_;
    return;
  }
  ResultWriter& results = host.results();
  results.begin(request.header.id);
  if (context.offending != nullptr) {
    results.text(kOffendingField, context.offending, strlen(context.offending));
  }
  results.end(error);
}

int Session::encodeRequest(const Request& request, const Operation& operation, uint16_t flags,
                           EncodeContext& context) {
  const bool generic = options_.family != nullptr;
  group_.begin(generic ? familyId_ : operation.type, static_cast<uint16_t>(flags | operation.flags),
               nextSequence_);
  if (generic) {
    const genlmsghdr header{static_cast<uint8_t>(operation.type), options_.familyVersion, 0};
    group_.fixed(&header, sizeof header);
  }
  for (const Part& part : operation.parts) {
    if (part.table == nullptr) break;
    if (const int error = encodePart(request, part, context)) {
      group_.drop();
      return error;
    }
  }
  if (const int error = encodeMore(request, operation, group_, context)) {
    group_.drop();
    return error;
  }
  group_.end();
  return 0;
}

int Session::findRecord(const Request& request, const Table& table, const uint8_t** record) {
  BlockReader blocks = request.blocks();
  Block block;
  const uint16_t wanted = tableIndex(&table);
  while (blocks.next(&block)) {
    if (block.header.table != wanted) continue;
    const size_t size = block.header.size;
    if (size > table.size || size < sizeof(uint64_t)) return -EINVAL;
    *record = size == table.size ? block.body : whole(block, table);
    return 1;
  }
  return 0;
}

// A record of which only the first fields came, with room for all that its table has.
const uint8_t* Session::whole(const Block& block, const Table& table) {
  whole_.assign(table.size, 0);
  memcpy(whole_.data(), block.body, block.header.size);
  return whole_.data();
}

int Session::encodePart(const Request& request, const Part& part, EncodeContext& context) {
  const uint8_t* record = nullptr;
  const int found = findRecord(request, *part.table, &record);
  if (found < 0) return found;
  if (found == 0) {
    if (part.nest == 0) group_.zeros(part.table->headerSize);
    return 0;
  }
  const size_t mark = part.nest != 0 ? group_.openNest(part.nest) : 0;
  const int error = encode(group_, *part.table, ConstRecord(record), context);
  if (part.nest != 0) group_.closeNest(mark);
  return error != 0 ? error : group_.error();
}

void Session::flush(Host& host) {
  if (!pending_.empty()) exchange({0, pending_.size()}, host);
  pending_.clear();
  group_.clear();
  descriptors_.closeAll();
  host.postIfDue();
}

void Session::exchange(Range range, Host& host) {
  const size_t last = range.first + range.count - 1;
  if (pending_[last].operation->mode == Mode::kAct) {
    group_.addFlags(pending_[last].start, NLM_F_ACK);
  }
  const size_t start = pending_[range.first].start;
  const int error = socket_.send(group_.bytes().data() + start, pending_[last].end - start);
  if (sendBufferFull(error) && range.count > 1) {
    const size_t half = range.count / 2;
    exchange({range.first, half}, host);
    exchange({range.first + half, range.count - half}, host);
    return;
  }
  if (error != 0) {
    for (size_t i = range.first; i <= last; ++i) host.results().failure(pending_[i].id, error);
    return;
  }
  const bool overrun = collect(range, host);
  settleNotFound(range, host);
  report(range, overrun, host);
}

// Takes in answers up to that of the last message. True when the receive buffer overran or could
// not be read, so that any of them may be missing. The kernel has answered everything by the time
// the send returns: an empty queue means that no answer will come (to a handler that returned
// -EINTR the kernel gives none).
bool Session::collect(Range range, Host& host) {
  bool overrun = false;
  while (true) {
    const int received = socket_.receive(&datagrams_);
    if (received == -ENOBUFS) {
      overrun = true;
      continue;
    }
    if (received < 0) return overrun || received != -EAGAIN;
    for (const Datagram& datagram : datagrams_) {
      MessageReader reader(datagram.data, datagram.size);
      Message message;
      while (reader.next(&message)) {
        const size_t index = message.header.nlmsg_seq - firstSequence_;
        if (index < range.first || index >= range.first + range.count) continue;
        answer(message, pending_[index], host);
      }
    }
    if (pending_[range.first + range.count - 1].answered && !overrun) return false;
  }
}

void Session::answer(const Message& message, Pending& pending, Host& host) {
  if (pending.answered) return;
  pending.answered = true;
  Verdict verdict;
  if (message.header.nlmsg_type == NLMSG_ERROR) {
    verdict = readVerdict(message);
    if (verdict.error == 0) {
      host.results().success(pending.id);
      return;
    }
  } else {
    host.results().begin(pending.id);
    verdict.error = row(message, *pending.operation, host.results());
    host.results().end(verdict.error);
    return;
  }
  if (verdict.error == -ENOENT && options_.family != nullptr) {
    pending.notFound = true;
    return;
  }
  fail(pending, verdict, host.results());
}

// -ENOENT may mean that the family's module was unloaded and loaded again under another number.
// Asking loads it, where that is possible. 0, or -ENOPROTOOPT: it is gone.
int Session::findFamilyAgain(bool* moved) {
  const uint16_t before = familyId_;
  if (resolveFamily(socket_, options_.family, &familyId_) != 0) return -ENOPROTOOPT;
  *moved = familyId_ != before;
  return 0;
}

void Session::settleNotFound(Range range, Host& host) {
  std::vector<size_t> notFound;
  for (size_t i = range.first; i < range.first + range.count; ++i) {
    if (pending_[i].notFound) notFound.push_back(i);
  }
  if (notFound.empty()) return;
  bool moved = false;
  const int gone = findFamilyAgain(&moved);
  for (const size_t i : notFound) {
    Pending& pending = pending_[i];
    pending.notFound = false;
    if (!moved) {
      host.results().failure(pending.id, gone != 0 ? gone : -ENOENT);
      continue;
    }
    pending.answered = false;
    group_.setType(pending.start, familyId_);
    exchange({i, 1}, host);
    pending.answered = true;
  }
}

// A failure is always told, a success only of the last message, which asked for it.
void Session::report(Range range, bool overrun, Host& host) {
  const size_t last = range.first + range.count - 1;
  for (size_t i = range.first; i <= last; ++i) {
    const Pending& pending = pending_[i];
    if (pending.answered) continue;
    if (overrun || i == last || pending.operation->mode == Mode::kGet) {
      host.results().failure(pending.id, 0, kLost);
    } else {
      host.results().success(pending.id);
    }
  }
}

int Session::row(const Message& message, const Operation& operation, ResultWriter& results) {
  const size_t skip = payloadStart() - kMessageHeader;
  if (message.size < skip) return -EBADMSG;
  const uint8_t* payload = message.payload + skip;
  size_t size = message.size - skip;
  const Part& reply = operation.reply;
  if (reply.table == nullptr) return 0;
  if (reply.nest != 0) {
    Attribute attribute;
    if (!findAttribute(payload, size, reply.nest, &attribute)) return -EBADMSG;
    payload = attribute.data;
    size = attribute.size;
  }
  Record record(results.record(tableIndex(reply.table), *reply.table));
  if (const int error = decode(*reply.table, payload, size, record, devices_)) {
    results.dropRecord(*reply.table);
    return error;
  }
  return decodeMore(operation, payload, size, results);
}

void Session::fail(const Pending& pending, const Verdict& verdict, ResultWriter& results) {
  results.begin(pending.id);
  results.text(kKernelMessage, verdict.text, verdict.textLength);
  const size_t size = pending.end - pending.start;
  if (verdict.offset >= payloadStart() && verdict.offset < size) {
    const uint8_t* payload = group_.bytes().data() + pending.start + payloadStart();
    for (const Part& part : pending.operation->parts) {
      if (part.table == nullptr || part.nest != 0) continue;
      const char* name =
          fieldAt(*part.table, payload, size - payloadStart(), verdict.offset - payloadStart());
      if (name != nullptr) results.text(kOffendingField, name, strlen(name));
    }
  }
  results.end(verdict.error);
}

}  // namespace lvs::netlink
