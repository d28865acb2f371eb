// Every kind of handle that can be opened. A new protocol is one line here.
#pragma once

#include "capture/protocol.h"
#include "fou/protocol.h"
#include "ipvs/protocol.h"
#include "nat/protocol.h"
#include "netns/protocol.h"
#include "route/protocol.h"
#include "sysctl/protocol.h"

namespace lvs::addon {

constexpr const Protocol* kProtocols[] = {
    &capture::kProtocol,   &fou::kProtocol,        &ipvs::kProtocol,  &nat::kProtocol,
    &nat::kTablesProtocol, &namespaces::kProtocol, &route::kProtocol, &sysctl::kProtocol,
};

}  // namespace lvs::addon
