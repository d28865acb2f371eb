// Modules that nothing in the kernel asks for by itself.
#pragma once

namespace lvs::netlink {

// Has the kernel load a module, as it does by itself for whatever else it lacks. Needs
// CAP_SYS_MODULE; whether it worked shows in what the module is for.
void requestModule(const char* name);

}  // namespace lvs::netlink
