// Whole tables: foreign rules, counters, other writers.
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "check.h"
#include "oracle.h"
#include "samples.h"

using namespace oracle;
using samples::built;
using samples::commented;

namespace {

const Family* const kFamilies[] = {&kIpv4, &kIpv6};

// 300 rules over user chains with jumps, gotos and matches that we don't know, with counters.
std::string foreignRules() {
  std::string text = "*filter\n:INPUT ACCEPT [7:700]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [3:9]\n";
  for (int i = 0; i < 10; ++i) text += ":chain-" + std::to_string(i) + " - [0:0]\n";
  for (int i = 0; i < 30; ++i) {
    const std::string n = std::to_string(i);
    const std::string counters = "[" + n + ":" + std::to_string(i * 1000) + "] -A ";
    const auto chain = [&](int at) { return "chain-" + std::to_string(at % 10); };
    text +=
        counters + "INPUT -m conntrack --ctstate NEW -m limit --limit " + n + "1/min -j ACCEPT\n";
    text += counters + "INPUT -p tcp -m tcp --dport " + n + " -j " + chain(i) + "\n";
    text += counters + "OUTPUT -m owner --uid-owner " + n + " -g " + chain(i) + "\n";
    text += counters + "FORWARD -i eth" + n + " -m comment --comment \"c " + n + "\"\n";
    text += counters + chain(i) + " -m statistic --mode nth --every 2 --packet 0 -j RETURN\n";
    text += counters + chain(i) + " -p udp -m multiport --dports 1:9" + n + "1 -j DROP\n";
    if (i % 10 != 9)
      text += counters + chain(i) + " -m mark --mark 0x" + n + " -j " + chain(i % 10 + 1) + "\n";
    text += counters + "OUTPUT -m hashlimit --hashlimit-upto 5/sec --hashlimit-name h" + n +
            " -j DROP\n";
    text += counters + "INPUT -m addrtype --src-type MULTICAST -j REJECT\n";
    text += counters + "INPUT\n" + counters + "FORWARD -m u32 --u32 \"0x0=0x" + n + "\" -j DROP\n";
  }
  return text + "COMMIT\n";
}

// Over the loopback device of a fresh namespace, which starts out down.
bool sendDatagrams(int count) {
  const int file = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request = {};
  memcpy(request.ifr_name, "lo", 3);
  request.ifr_flags = IFF_UP;
  bool good = ioctl(file, SIOCSIFFLAGS, &request) == 0;
  sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port = htons(9);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < count; ++i) {
    good = sendto(file, "x", 1, 0, reinterpret_cast<sockaddr*>(&to), sizeof to) == 1 && good;
  }
  close(file);
  return good;
}

size_t lineOf(const std::vector<std::string>& lines, const std::string& part) {
  const auto found = std::find_if(lines.begin(), lines.end(), [&](const std::string& line) {
    return line.find(part) != std::string::npos;
  });
  return static_cast<size_t>(found - lines.begin());
}

}  // namespace

TEST(passive, "kernel: tableInUse doesn't create a table, load does") {
  // A namespace where nothing has been touched yet, for a child only.
  const pid_t child = fork();
  if (child == 0) {
    if (unshare(CLONE_NEWNET) != 0) _exit(9);
    for (const Family* family : kFamilies) {
      if (tableInUse(*family, "nat") != 0 || tableInUse(*family, "nat") != 0) _exit(1);
      Session session(*family);
      if (session.load("nat") != 0) _exit(2);
      if (tableInUse(*family, "nat") != 1 || tableInUse(*family, "na") != 0) _exit(3);
      if (tableInUse(*family, "filter") != 0) _exit(4);
    }
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK_EQUAL(status, 0);
}

TEST(noTable, "kernel: a table that isn't there") {
  Session session(kIpv4);
  CHECK_EQUAL(session.load("no-such-table"), -ENOENT);
  CHECK_EQUAL(session.reason, "the kernel has no such table");
  CHECK_EQUAL(session.load(""), -EINVAL);
  CHECK_EQUAL(tableInUse(kIpv4, "no-such-table"), 0);
}

TEST(foreignKept, "kernel: 300 foreign rules stay as they are around our edits at every chain") {
  for (const Family* family : kFamilies) {
    clear(*family);
    CHECK(restore(*family, foreignRules()));
    const std::vector<std::string> before = save(*family, "filter", true);
    CHECK(before.size() > 300);
    Session session(*family);
    CHECK_EQUAL(session.load("filter"), 0);
    const std::vector<Chain> chains = session.table.chains;
    for (const Chain& chain : chains) {
      for (const uint32_t position : {0U, 1U, chain.ruleCount() / 2, chain.ruleCount()}) {
        CHECK_EQUAL(session.load("filter"), 0);
        const Rule rule =
            chain.name == "chain-9" ? commented("ours") : samples::jumping("ours", "chain-9");
        CHECK_EQUAL(
            insertRule(&session.table, chain.name, position, built(rule, *family), &session.reason),
            0);
        CHECK_EQUAL(session.commit(), 0);
        std::vector<std::string> after = save(*family, "filter", true);
        const size_t line = lineOf(after, "ours");
        CHECK(line < after.size());
        CHECK(after[line].find("-A " + chain.name + " ") != std::string::npos);
        after.erase(after.begin() + static_cast<ptrdiff_t>(line));
        CHECK_EQUAL(joined(after), joined(before));
        CHECK_EQUAL(session.load("filter"), 0);
        CHECK_EQUAL(deleteRule(&session.table, chain.name, position), 0);
        CHECK_EQUAL(session.commit(), 0);
        CHECK_EQUAL(joined(save(*family, "filter", true)), joined(before));
      }
    }
    // Every rule rebuilt from what was read of it.
    CHECK_EQUAL(session.load("filter"), 0);
    for (const Chain& chain : chains) {
      for (uint32_t i = 0; i < chain.ruleCount(); ++i) {
        const Rule rule = readRule(session.table, findChain(session.table, chain.name)->first + i);
        CHECK_EQUAL(
            replaceRule(&session.table, chain.name, i, built(rule, *family), &session.reason), 0);
      }
    }
    CHECK_EQUAL(session.commit(), 0);
    CHECK_EQUAL(joined(save(*family, "filter", true)), joined(before));
  }
}

TEST(chainsAgree, "kernel: chains, policies and flushes look to iptables as its own would") {
  for (const Family* family : kFamilies) {
    clear(*family);
    Session session(*family);
    CHECK_EQUAL(session.load("filter"), 0);
    CHECK_EQUAL(newChain(&session.table, "b"), 0);
    CHECK_EQUAL(newChain(&session.table, "a"), 0);
    CHECK_EQUAL(renameChain(&session.table, "b", "c"), 0);
    CHECK_EQUAL(setPolicy(&session.table, "FORWARD", -1), 0);
    CHECK_EQUAL(insertRule(&session.table, "INPUT", 0, built(samples::jumping("x", "c"), *family),
                           &session.reason),
                0);
    CHECK_EQUAL(session.commit(), 0);
    std::vector<std::string> ours = save(*family, "filter");
    std::sort(ours.begin(), ours.end());
    clear(*family);
    CHECK(iptables(*family, "-N a"));
    CHECK(iptables(*family, "-N c"));
    CHECK(iptables(*family, "-P FORWARD DROP"));
    CHECK(iptables(*family, "-A INPUT -m comment --comment x -j c"));
    std::vector<std::string> theirs = save(*family, "filter");
    std::sort(theirs.begin(), theirs.end());
    CHECK_EQUAL(joined(ours), joined(theirs));
    CHECK_EQUAL(session.load("filter"), 0);
    CHECK_EQUAL(deleteChain(&session.table, "c"), -EBUSY);
    flushTable(&session.table);
    CHECK_EQUAL(deleteChain(&session.table, "c"), 0);
    CHECK_EQUAL(deleteChain(&session.table, "a"), 0);
    CHECK_EQUAL(setPolicy(&session.table, "FORWARD", -2), 0);
    CHECK_EQUAL(session.commit(), 0);
    CHECK_EQUAL(joined(save(*family, "filter")),
                "*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n");
  }
}

TEST(countersKept, "kernel: live counters move with their rules; zeroing loses nothing") {
  clear(kIpv4);
  CHECK(iptables(kIpv4, "-A OUTPUT -d 127.0.0.1 -p udp -m comment --comment counted"));
  CHECK(iptables(kIpv4, "-A OUTPUT -d 127.0.0.9 -m comment --comment other"));
  const auto packets = [](uint32_t position) {
    Session session(kIpv4);
    session.load("filter");
    const uint32_t first = findChain(session.table, "OUTPUT")->first;
    return countersOf(session.table.at(first + position), kIpv4).packets;
  };
  CHECK(sendDatagrams(3));
  CHECK_EQUAL(packets(0), 3U);
  Session session(kIpv4);
  CHECK_EQUAL(session.load("filter"), 0);
  Rule counting = commented("new");
  counting.header.protocol = ProtocolMatch{IPPROTO_UDP};  // loopback answers with ICMP
  counting.counters = {5, 55};
  CHECK_EQUAL(insertRule(&session.table, "OUTPUT", 0, built(counting, kIpv4), &session.reason), 0);
  CHECK_EQUAL(deleteRule(&session.table, "OUTPUT", 2), 0);
  CHECK(sendDatagrams(2));  // between load and commit
  CHECK_EQUAL(session.commit(), 0);
  CHECK_EQUAL(packets(0), 5U);
  CHECK_EQUAL(packets(1), 5U);
  CHECK_EQUAL(session.load("filter"), 0);
  CHECK_EQUAL(zeroChain(&session.table, "OUTPUT"), 0);
  CHECK(sendDatagrams(4));
  CHECK_EQUAL(session.commit(), 0);
  CHECK_EQUAL(packets(0), 4U);
  CHECK_EQUAL(packets(1), 4U);
}

TEST(noEdit, "kernel: a commit without an edit writes nothing, even over a foreign change") {
  clear(kIpv4);
  Session session(kIpv4);
  CHECK_EQUAL(session.load("filter"), 0);
  CHECK(iptables(kIpv4, "-A INPUT -j ACCEPT"));
  CHECK_EQUAL(session.commit(), 0);
  CHECK(iptables(kIpv4, "-C INPUT -j ACCEPT"));
}

TEST(foreignChange, "kernel: a foreign change since the load refuses the commit and stays") {
  const char* const changes[][2] = {
      {"-A INPUT -j DROP", ""},
      {"-D INPUT -s 10.0.0.1 -j ACCEPT", "-A INPUT -s 10.0.0.2 -j ACCEPT"},  // the same count
      {"-R INPUT 1 -s 10.0.0.1 -j DROP", ""},                                // the same size
      {"-P FORWARD DROP", ""},
      {"-E chain niahc", ""},
  };
  for (const auto& change : changes) {
    clear(kIpv4);
    CHECK(iptables(kIpv4, "-P FORWARD ACCEPT"));
    CHECK(iptables(kIpv4, "-N chain"));
    CHECK(iptables(kIpv4, "-A INPUT -s 10.0.0.1 -j ACCEPT"));
    Session session(kIpv4);
    CHECK_EQUAL(session.load("filter"), 0);
    for (const char* arguments : change) CHECK(*arguments == 0 || iptables(kIpv4, arguments));
    const std::string theirs = joined(save(kIpv4, "filter"));
    CHECK_EQUAL(
        insertRule(&session.table, "INPUT", 0, built(commented("late"), kIpv4), &session.reason),
        0);
    CHECK_EQUAL(session.commit(), -EAGAIN);
    CHECK_EQUAL(session.reason, "the table changed since it was loaded");
    CHECK_EQUAL(joined(save(kIpv4, "filter")), theirs);
  }
  CHECK(iptables(kIpv4, "-P FORWARD ACCEPT"));
}

TEST(committedTwice, "kernel: a committed table has to be loaded again") {
  clear(kIpv6);
  Session session(kIpv6);
  CHECK_EQUAL(session.load("filter"), 0);
  CHECK_EQUAL(
      insertRule(&session.table, "INPUT", 0, built(commented("once"), kIpv6), &session.reason), 0);
  CHECK_EQUAL(session.commit(), 0);
  CHECK_EQUAL(session.commit(), -EAGAIN);
}

TEST(twoWriters, "kernel: two writers in a loop, us and iptables, lose nothing") {
  constexpr int kRules = 150;
  for (const Family* family : kFamilies) {
    clear(*family);
    const pid_t child = fork();
    if (child == 0) {
      for (int i = 0; i < kRules; ++i) {
        const std::string n = std::to_string(i);
        if (!iptables(*family, "-t nat -I PREROUTING -m comment --comment theirs" + n)) _exit(1);
        if (i % 2 == 0 &&
            !iptables(*family, "-t nat -D PREROUTING -m comment --comment theirs" + n)) {
          _exit(2);
        }
      }
      _exit(0);
    }
    int failures = 0;
    for (int i = 0; i < kRules; ++i) {
      Lock lock;
      Lock::Options options;
      options.timeoutMilliseconds = 20000;
      Session session(*family);
      failures += lock.acquire(options) == 0 && session.load("nat") == 0 &&
                          insertRule(&session.table, "PREROUTING", kAppend,
                                     built(commented("ours" + std::to_string(i)), *family),
                                     &session.reason) == 0 &&
                          session.commit() == 0
                      ? 0
                      : 1;
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK_EQUAL(status, 0);
    CHECK_EQUAL(failures, 0);
    const std::vector<std::string> lines = save(*family, "nat");
    const auto count = [&](const char* part) {
      return std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
        return line.find(part) != std::string::npos;
      });
    };
    CHECK_EQUAL(count("ours"), kRules);
    CHECK_EQUAL(count("theirs"), kRules / 2);
  }
}
