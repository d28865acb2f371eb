#include "netns/namespace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "netns/descriptor.h"

namespace lvs::namespaces {
namespace {

// A process in another mount namespace sees, and can get rid of, a name only if mounts under the
// folder propagate; for that the folder has to be a mount point. The lock keeps two that come first
// at the same time (`ip netns` takes it too) from stacking two mounts there.
int shareFolder(const std::string& folder, const char** call) {
  *call = "flock";
  const Descriptor lock(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock.valid() || flock(lock.number(), LOCK_EX) != 0) return -errno;
  *call = "mount";
  const char* path = folder.c_str();
  if (mount("", path, "none", MS_SHARED | MS_REC, nullptr) == 0) return 0;
  if (errno != EINVAL) return -errno;  // EINVAL: no mount point yet
  if (mount(path, path, "none", MS_BIND | MS_REC, nullptr) != 0 ||
      mount("", path, "none", MS_SHARED | MS_REC, nullptr) != 0) {
    return -errno;
  }
  return 0;
}

int mountNewNamespace(const std::string& file, const char** call) {
  *call = "unshare";
  if (unshare(CLONE_NEWNET) != 0) return -errno;
  *call = "mount";
  // Of the thread: /proc/self is the process, whose main thread stays where it is.
  if (mount("/proc/thread-self/ns/net", file.c_str(), "none", MS_BIND, nullptr) != 0) return -errno;
  return 0;
}

}  // namespace

int createNamespace(const std::string& file, const char** call) {
  const std::string folder = file.substr(0, file.rfind('/'));
  *call = "mkdir";
  if (mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) return -errno;
  if (const int error = shareFolder(folder, call)) return error;
  *call = "open";
  const Descriptor made(open(file.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0));
  if (!made.valid()) return -errno;
  const int error = mountNewNamespace(file, call);
  if (error != 0) unlink(file.c_str());
  return error;
}

int removeNamespace(const std::string& file, const char** call) {
  *call = "umount2";
  // EINVAL: nothing is mounted there, the file was left over by something that failed.
  if (umount2(file.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0 && errno != EINVAL) return -errno;
  *call = "unlink";
  return unlink(file.c_str()) == 0 ? 0 : -errno;
}

}  // namespace lvs::namespaces
