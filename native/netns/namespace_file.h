// Network namespaces with names, in the way of iproute2's ip/ipnetns.c, so that `ip netns` and this
// package see each other's: a name is a file that the namespace is mounted on.
#pragma once

#include <string>

namespace lvs::namespaces {

// Makes a new namespace and puts it on `file`, which must not exist; its folder is made where it is
// missing. 0 or a negative errno; *call names the system call that failed.
//
// The calling thread is in the new namespace afterwards.
int createNamespace(const std::string& file, const char** call);

// Takes the name away. The namespace itself lives on until nothing uses it any more.
int removeNamespace(const std::string& file, const char** call);

}  // namespace lvs::namespaces
