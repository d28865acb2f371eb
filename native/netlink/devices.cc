#include "netlink/devices.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace lvs::netlink {

Devices::~Devices() {
  if (socket_ >= 0) close(socket_);
}

int Devices::socket() {
  if (socket_ < 0) socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return socket_ < 0 ? -errno : 0;
}

int Devices::indexOf(const char* name, uint32_t* index) {
  if (asked_.index != 0 && strncmp(asked_.name, name, IF_NAMESIZE) == 0) {
    *index = asked_.index;
    return 0;
  }
  if (const int error = socket()) return error;
  ifreq request{};
  strncpy(request.ifr_name, name, IF_NAMESIZE - 1);
  if (ioctl(socket_, SIOCGIFINDEX, &request) != 0) return -errno;
  *index = static_cast<uint32_t>(request.ifr_ifindex);
  asked_.index = *index;
  memcpy(asked_.name, request.ifr_name, IF_NAMESIZE);
  return 0;
}

bool Devices::nameOf(uint32_t index, char name[IF_NAMESIZE]) {
  for (const Known& known : known_) {
    if (known.index == index) {
      memcpy(name, known.name, IF_NAMESIZE);
      return true;
    }
  }
  ifreq request{};
  request.ifr_ifindex = static_cast<int>(index);
  if (socket() != 0 || ioctl(socket_, SIOCGIFNAME, &request) != 0) return false;
  Known known{index, {}};
  memcpy(known.name, request.ifr_name, IF_NAMESIZE);
  known.name[IF_NAMESIZE - 1] = '\0';
  memcpy(name, known.name, IF_NAMESIZE);
  known_.push_back(known);
  return true;
}

void Devices::learn(uint32_t index, const char* name) {
  asked_ = {};
  const auto other = [index](const Known& known) { return known.index == index; };
  known_.erase(std::remove_if(known_.begin(), known_.end(), other), known_.end());
  if (name == nullptr) return;
  Known known{index, {}};
  strncpy(known.name, name, IF_NAMESIZE - 1);
  known_.push_back(known);
}

}  // namespace lvs::netlink
