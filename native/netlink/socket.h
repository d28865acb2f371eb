// One netlink socket: sends whole buffers, receives several datagrams at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace lvs::netlink {

struct Datagram {
  const uint8_t* data;
  size_t size;
};

// What a socket for announcements has beyond one for requests.
struct Membership {
  uint32_t groups = 0;      // multicast groups, as a mask: group n is bit n - 1
  uint32_t bufferSize = 0;  // bytes for messages that nobody has taken yet; 0: a default
};

class Socket {
 public:
  ~Socket();
  // Opens in the network namespace of the calling thread, with large buffers where that is allowed.
  // 0 or a negative errno.
  int open(int protocol, const Membership& membership = {});
  void close();

  // All messages are handed over in one sendmsg. The kernel works on them before this returns, and
  // has queued every answer by then. 0 or a negative errno; nothing was done in case of an error.
  int send(const uint8_t* data, size_t size);
  // Takes what is queued, up to a few datagrams: their number, or a negative errno (-EAGAIN: there
  // is nothing). They stay valid until the next call.
  int receive(std::vector<Datagram>* datagrams);

  int descriptor() const { return descriptor_; }
  // The number that the kernel knows the socket by, and marks its doings with; 0 when it is closed.
  uint32_t port() const;
  // How many acknowledgements surely fit the receive buffer.
  size_t acknowledgementRoom() const { return acknowledgementRoom_; }
  size_t sendRoom() const { return sendRoom_; }

 private:
  int descriptor_ = -1;
  size_t acknowledgementRoom_ = 0;
  size_t sendRoom_ = 0;
  // Not cleared: a page of it is touched when the kernel writes there, and most sockets hear
  // little.
  std::unique_ptr<uint8_t[]> buffer_;
};

}  // namespace lvs::netlink
