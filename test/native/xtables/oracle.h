// iptables itself, asked what it made of ours and told to make what we shall read.
#pragma once

#include <string>
#include <vector>

#include "xtables/commit.h"
#include "xtables/lock.h"
#include "xtables/table.h"

namespace oracle {

using namespace lvs::xtables;

// Output of a shell command, both streams; `status` is its exit status.
std::string run(const std::string& command, int* status = nullptr);

// `iptables-legacy` or `ip6tables-legacy`, waiting for the lock. True when it exits with 0.
bool iptables(const Family& family, const std::string& arguments);

// Lines of `-save`, without comments; with counters when wanted.
std::vector<std::string> save(const Family& family, const std::string& table,
                              bool counters = false);
std::string joined(const std::vector<std::string>& lines);

bool restore(const Family& family, const std::string& input);

// Takes rules and user chains out of every table there is.
void clear(const Family& family);

// A socket, the lock, a loaded table.
class Session {
 public:
  explicit Session(const Family& family) : socket_(openSocket(family)), family_(family) {}
  ~Session();
  int socket() const { return socket_; }
  int load(const char* name) { return lvs::xtables::load(socket_, family_, name, &table, &reason); }
  int commit() { return lvs::xtables::commit(socket_, table, &reason); }

  Table table;
  const char* reason = nullptr;

 private:
  int socket_;
  const Family& family_;
};

}  // namespace oracle
