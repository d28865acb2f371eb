// What rtnetlink announces to its multicast groups.
#pragma once

#include "netlink/subscriptions.h"

namespace lvs::route {

class Events final : public netlink::EventSource {
 public:
  int readEvent(const netlink::Message& message, netlink::Devices& devices,
                ResultWriter& results) override;
};

}  // namespace lvs::route
