// Tables from and to the kernel.
#pragma once

#include <string_view>

#include "xtables/table.h"

namespace lvs::xtables {

// 1 when the table exists in the calling thread's network namespace, else 0; or a negative errno
// (-ENOENT: no /proc to look at). Unlike load() it never creates the table.
int tableInUse(const Family& family, std::string_view name);

// A descriptor for the functions below, of the calling thread's network namespace, or a negative
// errno (-EPERM: CAP_NET_RAW is missing).
int openSocket(const Family& family);

// Whether the kernel has a match or a target of x_tables, whose module it loads if it can. Creates
// no table. 0 or a negative errno (-EPROTONOSUPPORT: in another revision only).
int supports(int socket, const Family& family, const Extension& extension, bool target);

// Reads a table; the kernel creates it in the namespace if it can. 0 or a negative errno:
// -ENOENT (the kernel has no such table), -ENOPROTOOPT (no ip_tables at all, or the module isn't
// loaded), -EPERM (CAP_NET_ADMIN), -EAGAIN (others kept writing), -EBADMSG.
int load(int socket, const Family& family, std::string_view name, Table* table,
         const char** reason);

// Writes an edited table in one step and hands the kernel's counters on to the rules that were
// kept. The caller holds the Lock. 0, or a negative errno and nothing is written: -EAGAIN when the
// table isn't any more what was loaded (also after a commit: load again), -ENOENT or -EINVAL when
// the kernel refuses a rule, -ELOOP when chains call each other in a circle. 0 with a reason:
// written, but somebody who doesn't take the lock wrote right after, and the counters started again
// from zero.
int commit(int socket, const Table& table, const char** reason);

}  // namespace lvs::xtables
