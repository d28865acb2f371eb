#include "netlink/module.h"

#include "netlink/devices.h"

namespace lvs::netlink {

// Asked for a device that is not there, the kernel looks for a module of that name: first
// `netdev-NAME`, then NAME itself (dev_load in net/core/dev_ioctl.c).
void requestModule(const char* name) {
  uint32_t index = 0;
  Devices().indexOf(name, &index);
}

}  // namespace lvs::netlink
