#include "hostile_kernel.h"

#include <errno.h>

#include <cstdlib>
#include <cstring>

#include "netlink/devices.h"
#include "netlink/message_reader.h"
#include "netlink/message_writer.h"
#include "netlink/socket.h"

using namespace lvs;
using namespace lvs::netlink;

namespace hostile {
namespace {

struct Kernel {
  uint8_t mood = 0;
  const uint8_t* at = nullptr;
  size_t left = 0;
  uint32_t sequence = 0;  // of the last request
  uint16_t asked = 0;     // type of the last request
  bool familyWanted = false;
  std::vector<uint8_t> datagram;  // the last one that was received
};
Kernel kernel;

// Gives the messages of an answer the number that is waited for; lengths may lie.
void number(std::vector<uint8_t>* datagram) {
  if ((kernel.mood & kForeignSequence) != 0) return;
  size_t at = 0;
  while (at + sizeof(nlmsghdr) <= datagram->size()) {
    nlmsghdr header = load<nlmsghdr>(datagram->data() + at);
    header.nlmsg_seq = kernel.sequence;
    store(datagram->data() + at, header);
    if (header.nlmsg_len < sizeof header) return;
    at += aligned(header.nlmsg_len);
  }
}

std::vector<uint8_t> familyAnswer() {
  MessageWriter writer;
  writer.begin(GENL_ID_CTRL, 0, kernel.sequence);
  const genlmsghdr header{CTRL_CMD_NEWFAMILY, 2, 0};
  writer.fixed(&header, sizeof header);
  writer.value(CTRL_ATTR_FAMILY_ID, uint16_t{30});
  writer.end();
  return {writer.bytes().data(), writer.bytes().data() + writer.size()};
}

bool next(std::vector<uint8_t>* datagram) {
  if (kernel.left < 2) return false;
  const size_t size = std::min<size_t>(load<uint16_t>(kernel.at), kernel.left - 2);
  // A vector of exactly that size, so that reading beyond it is caught.
  *datagram = std::vector<uint8_t>(kernel.at + 2, kernel.at + 2 + size);
  kernel.at += 2 + size;
  kernel.left -= 2 + size;
  number(datagram);
  return true;
}

}  // namespace

void demand(bool condition) {
  if (!condition) abort();
}

void prepare(uint8_t mood, const uint8_t* data, size_t size) {
  kernel = {};
  kernel.mood = mood;
  kernel.at = data;
  kernel.left = size;
}

void Host::run(Backend& backend, uint16_t operation, uint32_t argument,
               const std::vector<uint8_t>& blocks) {
  RequestHeader header{};
  header.size = static_cast<uint32_t>(sizeof header + blocks.size());
  header.id = 1;
  header.operation = operation;
  header.argument = argument;
  std::vector<uint8_t> request(header.size);
  store(request.data(), header);
  if (!blocks.empty()) memcpy(request.data() + sizeof header, blocks.data(), blocks.size());
  backend.run(RequestReader(request.data(), request.size()), *this);
  check();
}

void Host::check() {
  const Bytes bytes = results_.take({});
  size_t at = 0;
  while (at < bytes.size()) {
    demand(bytes.size() - at >= sizeof(ResultHeader));
    const auto header = load<ResultHeader>(bytes.data() + at);
    demand(header.size >= sizeof header && header.size <= bytes.size() - at);
    const uint8_t* end = bytes.data() + at + header.size;
    BlockReader blocks(bytes.data() + at + sizeof header, header.size - sizeof header);
    Block block;
    while (blocks.next(&block)) demand(block.body + block.header.size <= end);
    at += header.size;
  }
}

}  // namespace hostile

namespace lvs::netlink {

Socket::~Socket() { close(); }

void Socket::close() { descriptor_ = -1; }

int Socket::open(int protocol, const Membership&) {
  hostile::kernel.familyWanted = protocol == NETLINK_GENERIC;
  descriptor_ = 1000;
  acknowledgementRoom_ = 10000;
  sendRoom_ = 1 << 20;
  return 0;
}

int Socket::send(const uint8_t* data, size_t size) {
  Message message;
  for (MessageReader reader(data, size); reader.next(&message);) {
    hostile::kernel.sequence = message.header.nlmsg_seq;
    hostile::kernel.asked = message.header.nlmsg_type;
  }
  return 0;
}

int Socket::receive(std::vector<Datagram>* datagrams) {
  hostile::Kernel& kernel = hostile::kernel;
  datagrams->clear();
  if (kernel.familyWanted && kernel.asked == GENL_ID_CTRL &&
      (kernel.mood & hostile::kRefusesFamily) == 0) {
    kernel.familyWanted = false;
    kernel.datagram = hostile::familyAnswer();
  } else if (!hostile::next(&kernel.datagram)) {
    const bool overrun = (kernel.mood & hostile::kOverrun) != 0;
    kernel.mood &= static_cast<uint8_t>(~hostile::kOverrun);  // told once, as a kernel does
    return overrun ? -ENOBUFS : -EAGAIN;
  }
  datagrams->push_back({kernel.datagram.data(), kernel.datagram.size()});
  return 1;
}

Devices::~Devices() = default;

int Devices::indexOf(const char*, uint32_t* index) {
  *index = 1;
  return 0;
}

// Some have a name, and others are gone again.
bool Devices::nameOf(uint32_t index, char name[IF_NAMESIZE]) {
  if (index % 3 == 0) return false;
  memcpy(name, "eth0", 5);
  return true;
}

void Devices::learn(uint32_t, const char*) {}

}  // namespace lvs::netlink
