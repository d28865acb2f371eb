#include "oracle.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <sstream>

namespace oracle {

std::string run(const std::string& command, int* status) {
  FILE* pipe = popen(("export PATH=$PATH:/usr/sbin:/sbin; " + command + " 2>&1").c_str(), "r");
  std::string output;
  char part[4096];
  for (size_t got; (got = fread(part, 1, sizeof part, pipe)) > 0;) output.append(part, got);
  const int result = pclose(pipe);
  if (status != nullptr) *status = WIFEXITED(result) ? WEXITSTATUS(result) : -1;
  return output;
}

static std::string program(const Family& family) {
  return family.addressSize == 4 ? "iptables-legacy" : "ip6tables-legacy";
}

bool iptables(const Family& family, const std::string& arguments) {
  int status = 0;
  run(program(family) + " -w " + arguments, &status);
  return status == 0;
}

std::vector<std::string> save(const Family& family, const std::string& table, bool counters) {
  std::istringstream output(run(program(family) + "-save -t " + table + (counters ? " -c" : "")));
  std::vector<std::string> lines;
  for (std::string line; std::getline(output, line);) {
    if (line.empty() || line[0] == '#') continue;
    // The policy lines always have their counters.
    if (!counters && line[0] == ':') line.resize(line.find(" ["));
    lines.push_back(line);
  }
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

bool restore(const Family& family, const std::string& input) {
  FILE* pipe =
      popen(("PATH=$PATH:/usr/sbin:/sbin " + program(family) + "-restore -w -c").c_str(), "w");
  fwrite(input.data(), 1, input.size(), pipe);
  return pclose(pipe) == 0;
}

void clear(const Family& family) {
  for (const char* table : {"nat", "filter", "mangle", "raw"}) {
    iptables(family, std::string("-t ") + table + " -F");
    iptables(family, std::string("-t ") + table + " -X");
    iptables(family, std::string("-t ") + table + " -Z");
  }
}

Session::~Session() {
  if (socket_ >= 0) close(socket_);
}

}  // namespace oracle
