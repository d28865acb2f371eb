#include "fake_kernel.h"

#include <errno.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "netlink/message_reader.h"
#include "netlink/socket.h"

using lvs::load;
using namespace lvs::netlink;

namespace fake {

Kernel& kernel() {
  static Kernel instance;
  return instance;
}

void Kernel::queueUp(std::vector<uint8_t> datagram) {
  if (queue.size() < room) {
    queue.push_back(std::move(datagram));
  } else {
    overrun = true;
  }
}

std::vector<uint8_t> datagram(const MessageWriter& writer) {
  return {writer.bytes().data(), writer.bytes().data() + writer.size()};
}

namespace {

void verdict(const Message& request, int error) {
  MessageWriter writer;
  writer.begin(NLMSG_ERROR, NLM_F_CAPPED, request.header.nlmsg_seq);
  const nlmsgerr body{error, request.header};
  writer.fixed(&body, sizeof body);
  writer.end();
  ++kernel().acknowledged;
  kernel().queueUp(datagram(writer));
}

void row(const Message& request, uint32_t number, uint16_t flags, MessageWriter* writer) {
  writer->begin(kernel().family, flags, request.header.nlmsg_seq);
  const genlmsghdr header{kGet, 1, 0};
  writer->fixed(&header, sizeof header);
  writer->value(kNumber, number);
  writer->end();
}

void dump(const Message& request) {
  size_t datagrams = 0;
  for (const uint32_t number : kernel().objects) {
    if (datagrams++ == kernel().dumpDatagrams) {
      kernel().overrun = true;
      return;
    }
    MessageWriter writer;
    row(request, number, kernel().dumpInterrupted ? NLM_F_MULTI | NLM_F_DUMP_INTR : NLM_F_MULTI,
        &writer);
    kernel().queue.push_back(datagram(writer));
  }
  MessageWriter writer;
  writer.begin(NLMSG_DONE, NLM_F_MULTI, request.header.nlmsg_seq);
  const int32_t zero = 0;
  writer.fixed(&zero, sizeof zero);
  writer.end();
  kernel().queue.push_back(datagram(writer));
}

int act(uint8_t command, uint32_t number) {
  auto& objects = kernel().objects;
  if (command == kAdd) return objects.insert(number).second ? 0 : -EEXIST;
  if (command == kRemove) return objects.erase(number) != 0 ? 0 : -ENOENT;
  return -EOPNOTSUPP;
}

void family(const Message& request) {
  MessageWriter writer;
  writer.begin(GENL_ID_CTRL, 0, request.header.nlmsg_seq);
  const genlmsghdr header{CTRL_CMD_NEWFAMILY, 2, 0};
  writer.fixed(&header, sizeof header);
  writer.value(CTRL_ATTR_FAMILY_ID, kernel().family);
  writer.end();
  kernel().queueUp(datagram(writer));
}

void handle(const Message& request) {
  if (kernel().answer) {
    std::vector<uint8_t> bytes = kernel().answer(request);
    if (!bytes.empty()) kernel().queueUp(std::move(bytes));
    return;
  }
  if (request.header.nlmsg_type == GENL_ID_CTRL) return family(request);
  if (request.header.nlmsg_type != kernel().family) return verdict(request, -ENOENT);
  const auto command = load<genlmsghdr>(request.payload).cmd;
  if ((request.header.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP) return dump(request);
  Attribute attribute;
  uint32_t number = 0;
  if (findAttribute(request.payload + kGenericHeader, request.size - kGenericHeader, kNumber,
                    &attribute)) {
    number = load<uint32_t>(attribute.data);
  }
  if (command == kGet) {
    if (kernel().objects.count(number) == 0) return verdict(request, -ESRCH);
    MessageWriter writer;
    row(request, number, 0, &writer);
    return kernel().queueUp(datagram(writer));
  }
  const int error = act(command, number);
  if (error == 0 && kernel().interrupted.count(number) != 0) return;
  if (error != 0 || (request.header.nlmsg_flags & NLM_F_ACK) != 0) verdict(request, error);
}

}  // namespace
}  // namespace fake

namespace lvs::netlink {

Socket::~Socket() { close(); }

void Socket::close() { descriptor_ = -1; }

uint32_t Socket::port() const { return 1; }

int Socket::open(int, const Membership& membership) {
  close();
  fake::kernel().groups = membership.groups;
  ++fake::kernel().opens;
  if (fake::kernel().openError != 0) return fake::kernel().openError;
  fake::kernel().queue.clear();
  fake::kernel().overrun = false;
  descriptor_ = 1000;
  acknowledgementRoom_ = 10000;
  sendRoom_ = 1 << 20;
  return 0;
}

int Socket::send(const uint8_t* data, size_t size) {
  fake::Kernel& kernel = fake::kernel();
  ++kernel.sends;
  size_t messages = 0;
  Message message;
  for (MessageReader count(data, size); count.next(&message);) ++messages;
  if (messages > kernel.mostMessages) return -ENOBUFS;
  for (MessageReader reader(data, size); reader.next(&message);) fake::handle(message);
  return 0;
}

int Socket::receive(std::vector<Datagram>* datagrams) {
  fake::Kernel& kernel = fake::kernel();
  datagrams->clear();
  if (kernel.receiveError != 0 && kernel.receiveErrors > 0) {
    --kernel.receiveErrors;
    return kernel.receiveError;
  }
  if (kernel.overrun) {
    kernel.overrun = false;
    return -ENOBUFS;
  }
  if (kernel.queue.empty()) return -EAGAIN;
  const std::vector<uint8_t> front = std::move(kernel.queue.front());
  buffer_.reset(new uint8_t[front.size()]);
  std::copy(front.begin(), front.end(), buffer_.get());
  kernel.queue.pop_front();
  datagrams->push_back({buffer_.get(), front.size()});
  return 1;
}

}  // namespace lvs::netlink
