// A socket to nfnetlink whose kernel answers not at all, or breaks off.
#include "netlink/netfilter.h"

#include <errno.h>
#include <sys/socket.h>

#include "check.h"
#include "fake_kernel.h"

using namespace lvs;
using namespace lvs::netlink;
using fake::kernel;

namespace {

constexpr uint16_t kType = netfilterType(1, 2);

std::vector<uint8_t> answer(uint32_t sequence, uint16_t type = kType, size_t size = 4) {
  MessageWriter writer;
  writer.begin(type, 0, sequence);
  writer.zeros(size);
  writer.end();
  return fake::datagram(writer);
}

int ask(NetfilterSocket& socket) {
  MessageWriter writer;
  socket.begin(writer, kType, NLM_F_ACK, AF_INET);
  Message message;
  return socket.ask(writer, &message);
}

int dump(NetfilterSocket& socket, size_t* rows) {
  *rows = 0;
  return socket.dump(
      kType, AF_INET, [](MessageWriter&) {}, [rows](const uint8_t*, size_t) { ++*rows; });
}

class Client {
 public:
  Client() {
    kernel() = {};
    socket.open();
  }
  NetfilterSocket socket;
};

}  // namespace

TEST(unanswered, "netfilter: a question that is not answered, or not readably, is an error") {
  Client client;
  kernel().answer = [](const Message&) { return answer(77); };
  CHECK_EQUAL(ask(client.socket), -EBADMSG);
  kernel().answer = [](const Message&) { return std::vector<uint8_t>(9, 0xff); };
  CHECK_EQUAL(ask(client.socket), -EBADMSG);
  kernel().answer = [](const Message&) { return answer(3); };
  CHECK_EQUAL(ask(client.socket), 0);
}

TEST(brokenOff, "netfilter: a listing that breaks off takes a new socket, so the next is whole") {
  Client client;
  size_t rows = 0;
  kernel().answer = [](const Message&) { return answer(1); };
  kernel().receiveError = -ENOBUFS;
  CHECK_EQUAL(dump(client.socket, &rows), -ENOBUFS);
  CHECK_EQUAL(kernel().opens, 2);
  CHECK(kernel().queue.empty());
  kernel().queueUp(answer(2));
  kernel().answer = [](const Message&) { return answer(2, NLMSG_DONE); };
  CHECK_EQUAL(dump(client.socket, &rows), 0);
  CHECK_EQUAL(rows, 1);
}

TEST(notReopened,
     "netfilter: where there is no new socket, that is the error, until there is one") {
  Client client;
  size_t rows = 0;
  kernel().answer = [](const Message&) { return answer(1); };
  kernel().receiveError = -ENOMEM;
  kernel().openError = -EMFILE;
  CHECK_EQUAL(dump(client.socket, &rows), -EMFILE);
  CHECK_EQUAL(client.socket.open(), -EMFILE);
  kernel().openError = 0;
  CHECK_EQUAL(client.socket.open(), 0);
  CHECK_EQUAL(client.socket.open(), 0);
  CHECK_EQUAL(kernel().opens, 4);
}

TEST(cutRows, "netfilter: a row without its header is refused") {
  Client client;
  size_t rows = 0;
  kernel().answer = [](const Message&) { return answer(1, kType, 0); };
  CHECK_EQUAL(dump(client.socket, &rows), -EBADMSG);
  CHECK_EQUAL(rows, 0);
}
