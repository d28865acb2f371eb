// Carries batches of requests over one socket: groups writes into few sends, asks for an
// acknowledgement on the last message of a group only, and matches answers by sequence number.
#pragma once

#include <vector>

#include "netlink/codec.h"
#include "netlink/operation.h"
#include "netlink/reply.h"
#include "netlink/socket.h"
#include "records/backend.h"

namespace lvs::netlink {

// Where the rows of a listing go. With a host they are handed on in pieces, as results of that id.
struct Rows {
  ResultWriter& results;
  Host* host = nullptr;
  uint32_t id = 0;
};

struct SessionOptions {
  int protocol;                  // NETLINK_GENERIC, NETLINK_ROUTE
  const char* family = nullptr;  // of generic netlink
  uint8_t familyVersion = 0;
  const Operation* operations;
  uint16_t operationCount;
  const Table* const* tables;
  uint16_t tableCount;
};

class Session : public Backend {
 public:
  explicit Session(const SessionOptions& options) : options_(options) {}

  int open(const char** stage) override;
  void run(RequestReader requests, Host& host) override;

  // Asks for a listing with the records of that request, whose id and operation don't matter.
  // Returns result flags; `verdict` holds until the next call.
  uint32_t list(const Request& request, const Operation& operation, const Rows& rows,
                Verdict* verdict);

 protected:
  // Requests whose operation lies beyond the netlink table; true when it was answered.
  virtual bool runOther(const Request&, Host&) { return false; }
  // What an object has beyond its operation's parts, where the table depends on the object: appends
  // to the message, or further records to a row. 0 or a negative errno.
  virtual int encodeMore(const Request&, const Operation&, MessageWriter&, EncodeContext&) {
    return 0;
  }
  virtual int decodeMore(const Operation&, const uint8_t*, size_t, ResultWriter&) { return 0; }

  // The record of that table among the request's blocks, valid until the next call. 1, 0 when there
  // is none, or a negative errno.
  int findRecord(const Request& request, const Table& table, const uint8_t** record);
  uint16_t tableIndex(const Table* table) const;
  Devices& devices() { return devices_; }

 private:
  struct Pending {
    uint32_t id;
    const Operation* operation;
    size_t start;  // of its message in the group
    size_t end;
    bool answered;
    bool notFound;  // -ENOENT, held back until it is known whether the family moved
  };
  struct Range {
    size_t first;
    size_t count;
  };

  int reopen();
  void add(const Request& request, const Operation& operation, Host& host);
  int encodeRequest(const Request& request, const Operation& operation, uint16_t flags,
                    EncodeContext& context);
  int encodePart(const Request& request, const Part& part, EncodeContext& context);
  const uint8_t* whole(const Block& block, const Table& table);

  void flush(Host& host);
  void exchange(Range range, Host& host);
  bool collect(Range range, Host& host);
  void answer(const Message& message, Pending& pending, Host& host);
  void report(Range range, bool overrun, Host& host);
  int findFamilyAgain(bool* moved);
  void settleNotFound(Range range, Host& host);

  void dump(const Request& request, const Operation& operation, Host& host);
  uint32_t askForRows(const Operation& operation, const Rows& rows, Verdict* verdict);
  uint32_t collectRows(const Operation& operation, const Rows& rows, Verdict* verdict);
  bool rowOrVerdict(const Message& message, const Operation& operation, ResultWriter& results,
                    Verdict* verdict);
  int row(const Message& message, const Operation& operation, ResultWriter& results);
  void fail(const Pending& pending, const Verdict& verdict, ResultWriter& results);
  size_t payloadStart() const;

  SessionOptions options_;
  Socket socket_;
  Devices devices_;
  SentDescriptors descriptors_;
  uint16_t familyId_ = 0;
  uint32_t nextSequence_ = 1;
  uint32_t firstSequence_ = 1;
  std::vector<uint8_t> whole_;
  MessageWriter group_;
  std::vector<Pending> pending_;
  std::vector<Datagram> datagrams_;
};

}  // namespace lvs::netlink
