#include "netlink/socket.h"

#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

namespace lvs::netlink {
namespace {

constexpr int kWantedReceiveBuffer = 8 << 20;
constexpr int kWantedSendBuffer = 1 << 20;
constexpr size_t kSlots = 4;
// The kernel fills dump datagrams up to 32 KiB once it has seen a buffer of that size.
constexpr size_t kSlotSize = 64 << 10;
// An acknowledgement is charged 832 bytes against the receive buffer (6.18, 64-bit); an error with
// an extended ack somewhat more.
constexpr size_t kAcknowledgementCharge = 1536;

void resize(int descriptor, int forced, int plain, int wanted) {
  if (setsockopt(descriptor, SOL_SOCKET, forced, &wanted, sizeof wanted) != 0) {
    setsockopt(descriptor, SOL_SOCKET, plain, &wanted, sizeof wanted);
  }
}

size_t bufferSize(int descriptor, int option) {
  int size = 0;
  socklen_t length = sizeof size;
  if (getsockopt(descriptor, SOL_SOCKET, option, &size, &length) != 0 || size < 0) return 0;
  return static_cast<size_t>(size);
}

}  // namespace

Socket::~Socket() { close(); }

void Socket::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

int Socket::open(int protocol, const Membership& membership) {
  close();
  descriptor_ = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  if (descriptor_ < 0) return -errno;
  const int receiveBuffer =
      membership.bufferSize != 0 ? static_cast<int>(membership.bufferSize) : kWantedReceiveBuffer;
  resize(descriptor_, SO_RCVBUFFORCE, SO_RCVBUF, receiveBuffer);
  resize(descriptor_, SO_SNDBUFFORCE, SO_SNDBUF, kWantedSendBuffer);
  const int on = 1;
  for (const int option : {NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK}) {
    setsockopt(descriptor_, SOL_NETLINK, option, &on, sizeof on);
  }
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = membership.groups;
  if (bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = -errno;
    close();
    return error;
  }
  acknowledgementRoom_ = bufferSize(descriptor_, SO_RCVBUF) / kAcknowledgementCharge;
  sendRoom_ = bufferSize(descriptor_, SO_SNDBUF) / 2;
  if (buffer_ == nullptr) buffer_.reset(new uint8_t[kSlots * kSlotSize]);
  return 0;
}

uint32_t Socket::port() const {
  sockaddr_nl address{};
  socklen_t length = sizeof address;
  if (getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
  return address.nl_pid;
}

int Socket::send(const uint8_t* data, size_t size) {
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  while (true) {
    const ssize_t sent = sendto(descriptor_, data, size, 0,
                                reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel);
    if (sent == static_cast<ssize_t>(size)) return 0;
    if (sent >= 0) return -EMSGSIZE;
    if (errno != EINTR) return -errno;
  }
}

int Socket::receive(std::vector<Datagram>* datagrams) {
  mmsghdr messages[kSlots];
  iovec vectors[kSlots];
  sockaddr_nl senders[kSlots];
  memset(messages, 0, sizeof messages);
  for (size_t i = 0; i < kSlots; ++i) {
    vectors[i] = {buffer_.get() + i * kSlotSize, kSlotSize};
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
    messages[i].msg_hdr.msg_name = &senders[i];
    messages[i].msg_hdr.msg_namelen = sizeof senders[i];
  }
  datagrams->clear();
  int count = -1;
  do {
    count = recvmmsg(descriptor_, messages, kSlots, MSG_DONTWAIT, nullptr);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return -errno;
  for (int i = 0; i < count; ++i) {
    // Anybody may send to a netlink socket; only port 0 is the kernel.
    if (senders[i].nl_pid != 0) continue;
    if ((messages[i].msg_hdr.msg_flags & MSG_TRUNC) != 0) return -ENOBUFS;
    datagrams->push_back({static_cast<const uint8_t*>(vectors[i].iov_base), messages[i].msg_len});
  }
  return count;
}

}  // namespace lvs::netlink
