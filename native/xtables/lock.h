// The lock that iptables, ip6tables and their -save and -restore take around the legacy tables.
#pragma once

namespace lvs::xtables {

// Held from acquire() until the object goes. Without it a writer that reads, edits and replaces a
// table can undo another's work: the kernel compares no more than the number of entries.
class Lock {
 public:
  Lock() = default;
  ~Lock() { release(); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  struct Options {
    const char* path = nullptr;                  // null: $XTABLES_LOCKFILE, else /run/xtables.lock
    int timeoutMilliseconds = 0;                 // 0 or less: one attempt
    bool (*cancelled)(void* context) = nullptr;  // asked between attempts
    void* context = nullptr;
  };

  // 0, -EWOULDBLOCK when others held it for the whole time, -ECANCELED, or why the file could not
  // be opened (-ENOENT: no /run; -ELOOP: a symbolic link lies in its place).
  int acquire(const Options& options);
  void release();
  bool held() const { return file_ >= 0; }

 private:
  int file_ = -1;
};

}  // namespace lvs::xtables
