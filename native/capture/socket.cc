#include "capture/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

namespace lvs::capture {
namespace {

// IP-in-IP tunnels and TUN devices hand over the inner packet without any link header.
int linkTypeOf(unsigned short hardware, LinkType* type) {
  switch (hardware) {
    case ARPHRD_ETHER:
    case ARPHRD_LOOPBACK:
      *type = kEthernet;
      return 0;
    case ARPHRD_NONE:
    case ARPHRD_TUNNEL:
    case ARPHRD_TUNNEL6:
    case ARPHRD_SIT:
    case ARPHRD_RAWIP:
      *type = kRawIp;
      return 0;
    default:
      return -EPFNOSUPPORT;
  }
}

constexpr sock_filter statement(uint16_t code, uint32_t operand) {
  return sock_filter{code, 0, 0, operand};
}
constexpr sock_filter jump(uint16_t code, uint32_t operand, uint8_t ifTrue, uint8_t ifFalse) {
  return sock_filter{code, ifTrue, ifFalse, operand};
}

// What precedes the filter: refuses the frames of the other direction. BPF's jumps are relative,
// so any program may follow.
std::vector<sock_filter> directionPrefix(Direction direction) {
  if (direction == kBoth) return {};
  const uint8_t skipWhenOut = direction == kOut ? 1 : 0;
  return {
      statement(BPF_LD | BPF_B | BPF_ABS, static_cast<uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE)),
      jump(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, skipWhenOut,
           static_cast<uint8_t>(1 - skipWhenOut)),
      statement(BPF_RET | BPF_K, 0),
  };
}

int attachProgram(int socket, std::vector<sock_filter>& program) {
  if (program.size() > BPF_MAXINSNS) return -E2BIG;
  const sock_fprog whole{static_cast<unsigned short>(program.size()), program.data()};
  const int result = setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &whole, sizeof whole);
  return result == 0 ? 0 : -errno;
}

}  // namespace

PacketSocket::~PacketSocket() {
  if (descriptor_ >= 0) close(descriptor_);
}

int PacketSocket::open(ConstRecord options, const std::vector<sock_filter>& filter,
                       const char** stage) {
  const auto number = [&](const char* name) {
    const size_t index = fieldIndex(kOptionsLayout, name);
    return options.get<uint32_t>(kOptions.fields[index]);
  };
  const auto byte = [&](const char* name) {
    return options.get<uint8_t>(kOptions.fields[fieldIndex(kOptionsLayout, name)]);
  };
  const Field& nameField = kOptions.fields[fieldIndex(kOptionsLayout, "device")];
  char name[IFNAMSIZ] = {};
  memcpy(name, options.at(nameField), options.textLength(nameField));
  const uint32_t snapLength = number("snapLength");
  immediate_ = byte("immediate") != 0;

  *stage = "socket";
  descriptor_ = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor_ < 0) return -errno;
  *stage = "device";
  if (const int error = findDevice(name)) return error;
  *stage = "ring";
  const RingOptions ring{immediate_, snapLength, number("bufferSize")};
  if (const int error = ring_.map(descriptor_, ring)) return error;
  *stage = "filter";
  if (const int error = attach(filter, static_cast<Direction>(byte("direction")), snapLength)) {
    return error;
  }
  return listen(byte("promiscuous") != 0, stage);
}

int PacketSocket::findDevice(const char* name) {
  ifreq request{};
  memcpy(request.ifr_name, name, IFNAMSIZ);
  if (ioctl(descriptor_, SIOCGIFINDEX, &request) != 0) return -errno;
  deviceIndex_ = static_cast<uint32_t>(request.ifr_ifindex);
  if (ioctl(descriptor_, SIOCGIFHWADDR, &request) != 0) return -errno;
  memcpy(mac_, request.ifr_hwaddr.sa_data, sizeof mac_);
  return linkTypeOf(request.ifr_hwaddr.sa_family, &linkType_);
}

// What a program returns is how much of the frame the kernel keeps.
int PacketSocket::attach(const std::vector<sock_filter>& filter, Direction direction,
                         uint32_t snapLength) {
  std::vector<sock_filter> program = directionPrefix(direction);
  if (filter.empty()) {
    program.push_back(statement(BPF_RET | BPF_K, snapLength));
  } else {
    program.insert(program.end(), filter.begin(), filter.end());
  }
  return attachProgram(descriptor_, program);
}

int PacketSocket::listen(bool promiscuous, const char** stage) {
  *stage = "promiscuous";
  packet_mreq membership{};
  membership.mr_ifindex = static_cast<int>(deviceIndex_);
  membership.mr_type = PACKET_MR_PROMISC;
  if (promiscuous && setsockopt(descriptor_, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership,
                                sizeof membership) != 0) {
    return -errno;
  }
  *stage = "bind";
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(deviceIndex_);
  if (bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return -errno;
  }
  return takeError();  // ENETDOWN: the device is not up yet; frames come once it is
}

int PacketSocket::send(const uint8_t* frame, size_t size) {
  return ::send(descriptor_, frame, size, MSG_DONTWAIT) >= 0 ? 0 : -errno;
}

int PacketSocket::silence() {
  std::vector<sock_filter> nothing = {statement(BPF_RET | BPF_K, 0)};
  return attachProgram(descriptor_, nothing);
}

int PacketSocket::count(Counts* counts) {
  tpacket_stats_v3 fresh{};
  socklen_t size = immediate_ ? sizeof(tpacket_stats) : sizeof(tpacket_stats_v3);
  if (getsockopt(descriptor_, SOL_PACKET, PACKET_STATISTICS, &fresh, &size) != 0) return -errno;
  counts->received += fresh.tp_packets;
  counts->dropped += fresh.tp_drops;
  counts->frozen += fresh.tp_freeze_q_cnt;
  return 0;
}

int PacketSocket::takeError() {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return -errno;
  if (error != 0 && error != ENETDOWN) return -error;
  return error != 0 || down_ ? lookForDevice() : 0;
}

// The kernel tells once that a device is down. It may come up again, but also disappear later, even
// in the same breath.
int PacketSocket::lookForDevice() {
  ifreq request{};
  request.ifr_ifindex = static_cast<int>(deviceIndex_);
  if (ioctl(descriptor_, SIOCGIFNAME, &request) != 0) return -ENODEV;
  if (ioctl(descriptor_, SIOCGIFFLAGS, &request) != 0) return -ENODEV;
  down_ = (request.ifr_flags & IFF_UP) == 0;
  return 0;
}

}  // namespace lvs::capture
