#include "xtables/commit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "records/record.h"
#include "xtables/reason.h"

namespace lvs::xtables {
namespace {

constexpr int kMostAttempts = 100;  // at reading a table that others keep changing
constexpr size_t kEntriesPlace = offsetof(ipt_get_entries, entrytable);

static_assert(sizeof(TableInfo::hookEntry) == sizeof(ipt_getinfo::hook_entry));

template <typename T>
void copyName(T* to, std::string_view name) {
  memcpy(to->name, name.data(), std::min(name.size(), sizeof to->name - 1));
}

int readInfo(int socket, const Family& family, std::string_view name, TableInfo* info,
             uint32_t* size) {
  ipt_getinfo raw = {};
  copyName(&raw, name);
  socklen_t length = sizeof raw;
  if (getsockopt(socket, family.level, IPT_SO_GET_INFO, &raw, &length) != 0) return -errno;
  info->name = name;
  info->validHooks = raw.valid_hooks;
  memcpy(info->hookEntry.data(), raw.hook_entry, sizeof raw.hook_entry);
  memcpy(info->underflow.data(), raw.underflow, sizeof raw.underflow);
  info->entryCount = raw.num_entries;
  *size = raw.size;
  return 0;
}

// The answer starts with a header of kEntriesPlace bytes. It is zero before the kernel writes it,
// because the kernel leaves holes (behind names, in padding) where we would read our own heap.
int readEntries(int socket, const Family& family, std::string_view name, uint32_t size,
                std::vector<uint8_t>* answer) {
  if (size > INT32_MAX - kEntriesPlace) return -EFBIG;
  ipt_get_entries header = {};
  copyName(&header, name);
  header.size = size;
  answer->assign(kEntriesPlace + size, 0);
  memcpy(answer->data(), &header, kEntriesPlace);
  auto length = static_cast<socklen_t>(answer->size());
  if (getsockopt(socket, family.level, IPT_SO_GET_ENTRIES, answer->data(), &length) != 0) {
    return -errno;
  }
  return 0;
}

int readTable(int socket, const Family& family, std::string_view name, TableInfo* info,
              std::vector<uint8_t>* answer) {
  int result = -EAGAIN;
  // The kernel says EAGAIN when the size isn't any more what the info told.
  for (int attempt = 0; result == -EAGAIN && attempt < kMostAttempts; ++attempt) {
    uint32_t size = 0;
    result = readInfo(socket, family, name, info, &size);
    if (result == 0) result = readEntries(socket, family, name, size, answer);
  }
  return result;
}

const char* readReason(int error) {
  switch (error) {
    case -ENOENT:
      return "the kernel has no such table";
    case -ENOPROTOOPT:
      return "the kernel has no legacy x_tables, or their module is not loaded";
    case -EPERM:
      return "CAP_NET_ADMIN in the network namespace is missing";
    case -EAGAIN:
      return "the table kept changing while it was read";
    default:
      return nullptr;
  }
}

const char* writeReason(int error) {
  switch (error) {
    case -EAGAIN:
      return "the table changed while it was written";
    case -ENOENT:
      return "the kernel lacks a match or a target of the table";
    case -EPROTOTYPE:
      return "the kernel has a match or a target of the table in another revision only";
    case -ELOOP:
      return "the chains call each other in a circle";
    case -EINVAL:
      return "the kernel refused a rule; its log may say which match or target";
    default:
      return nullptr;
  }
}

// Equal but for what the kernel writes itself: counters and the comefrom mark.
bool sameEntries(const Family& family, const uint8_t* a, const uint8_t* b, size_t size) {
  const size_t offsets = family.nextOffset + sizeof(uint16_t) - family.targetOffset;
  for (size_t at = 0; at < size;) {
    const uint8_t* left = a + at;
    const uint8_t* right = b + at;
    const size_t entrySize = entrySizeOf(left, family);
    if (memcmp(left, right, family.packetMatchSize) != 0 ||
        memcmp(left + family.targetOffset, right + family.targetOffset, offsets) != 0 ||
        memcmp(left + family.entrySize, right + family.entrySize, entrySize - family.entrySize) !=
            0) {
      return false;
    }
    at += entrySize;
  }
  return true;
}

bool sameInfo(const TableInfo& a, const TableInfo& b) {
  return a.validHooks == b.validHooks && a.hookEntry == b.hookEntry && a.underflow == b.underflow &&
         a.entryCount == b.entryCount;
}

int checkUnchanged(int socket, const Table& table, const char** reason) {
  TableInfo info;
  std::vector<uint8_t> answer;
  const int result = readTable(socket, *table.family, table.info.name, &info, &answer);
  if (result != 0) {
    return fail(result, reason, readReason(result));
  }
  const size_t size = answer.size() - kEntriesPlace;
  if (sameInfo(info, table.loadedInfo) && size == table.loadedBytes.size() &&
      sameEntries(*table.family, table.loadedBytes.data(), answer.data() + kEntriesPlace, size)) {
    return 0;
  }
  return fail(-EAGAIN, reason, "the table changed since it was loaded");
}

// `old` takes the counters that the replaced entries had.
int replace(int socket, const Table& table, std::vector<xt_counters>* old) {
  ipt_replace header = {};
  copyName(&header, table.info.name);
  header.valid_hooks = table.info.validHooks;
  header.num_entries = table.info.entryCount;
  header.size = static_cast<uint32_t>(table.bytes.size());
  memcpy(header.hook_entry, table.info.hookEntry.data(), sizeof header.hook_entry);
  memcpy(header.underflow, table.info.underflow.data(), sizeof header.underflow);
  header.num_counters = table.loadedInfo.entryCount;
  old->resize(header.num_counters);
  header.counters = old->data();

  constexpr size_t kHeaderSize = offsetof(ipt_replace, entries);
  if (table.bytes.size() > INT32_MAX - kHeaderSize) return -EFBIG;
  std::vector<uint8_t> request(kHeaderSize + table.bytes.size());
  memcpy(request.data(), &header, kHeaderSize);
  memcpy(request.data() + kHeaderSize, table.bytes.data(), table.bytes.size());
  const int result = setsockopt(socket, table.family->level, IPT_SO_SET_REPLACE, request.data(),
                                static_cast<socklen_t>(request.size()));
  return result != 0 ? -errno : 0;
}

// What of `now` came after `then`; all of it if the counter was reset in between.
uint64_t since(uint64_t now, uint64_t then) { return now >= then ? now - then : now; }

xt_counters countersFor(const Table& table, uint32_t index, const std::vector<xt_counters>& old) {
  const Entry& entry = table.entries[index];
  if (entry.counterSource == CounterSource::kEntry) {
    const Counters own = countersOf(table.at(index), *table.family);
    return {own.packets, own.bytes};
  }
  const xt_counters& kept = old[entry.loadedIndex];
  if (entry.counterSource == CounterSource::kKept) return kept;
  const Counters& loaded = table.loadedCounters[entry.loadedIndex];
  return {since(kept.pcnt, loaded.packets), since(kept.bcnt, loaded.bytes)};
}

// The kernel starts every replaced table at zero and adds what it is told; packets that it counted
// in the meantime stay counted.
int restoreCounters(int socket, const Table& table, const std::vector<xt_counters>& old) {
  constexpr size_t kCountersPlace = offsetof(xt_counters_info, counters);
  const size_t count = table.entries.size();
  if (count > (INT32_MAX - kCountersPlace) / sizeof(xt_counters)) return -EFBIG;
  xt_counters_info header = {};
  copyName(&header, table.info.name);
  header.num_counters = static_cast<uint32_t>(count);
  std::vector<uint8_t> request(kCountersPlace + count * sizeof(xt_counters));
  memcpy(request.data(), &header, kCountersPlace);
  for (uint32_t i = 0; i < count; ++i) {
    store(request.data() + kCountersPlace + i * sizeof(xt_counters), countersFor(table, i, old));
  }
  const int result = setsockopt(socket, table.family->level, IPT_SO_SET_ADD_COUNTERS,
                                request.data(), static_cast<socklen_t>(request.size()));
  return result != 0 ? -errno : 0;
}

}  // namespace

int tableInUse(const Family& family, std::string_view name) {
  // /proc/net would be the process's main thread's namespace.
  char path[64];
  snprintf(path, sizeof path, "/proc/thread-self/net/%s", family.tableNamesFile);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) return access("/proc/thread-self/net", F_OK) != 0 ? -errno : 0;
  if (file < 0) return -errno;
  std::string names = "\n";
  char part[512];
  ssize_t got = 0;
  while ((got = read(file, part, sizeof part)) > 0 || (got < 0 && errno == EINTR)) {
    if (got > 0) names.append(part, static_cast<size_t>(got));
  }
  const int error = got < 0 ? -errno : 0;
  close(file);
  if (error != 0) return error;
  return names.find("\n" + std::string(name) + "\n") != std::string::npos ? 1 : 0;
}

int openSocket(const Family& family) {
  const int file = socket(family.domain, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
  return file < 0 ? -errno : file;
}

int supports(int socket, const Family& family, const Extension& extension, bool target) {
  const bool ipv4 = &family == &kIpv4;
  xt_get_revision wanted{};
  extension.name.copy(wanted.name, sizeof wanted.name - 1);
  wanted.revision = extension.revision;
  socklen_t size = sizeof wanted;
  const int match = ipv4 ? IPT_SO_GET_REVISION_MATCH : IP6T_SO_GET_REVISION_MATCH;
  const int whole = ipv4 ? IPT_SO_GET_REVISION_TARGET : IP6T_SO_GET_REVISION_TARGET;
  return getsockopt(socket, family.level, target ? whole : match, &wanted, &size) == 0 ? 0 : -errno;
}

int load(int socket, const Family& family, std::string_view name, Table* table,
         const char** reason) {
  if (name.empty() || name.size() >= XT_TABLE_MAXNAMELEN ||
      name.find('\0') != std::string_view::npos) {
    return fail(-EINVAL, reason, "a table's name has 1 to 31 bytes");
  }
  TableInfo info;
  std::vector<uint8_t> answer;
  const int result = readTable(socket, family, name, &info, &answer);
  if (result != 0) {
    return fail(result, reason, readReason(result));
  }
  return parse(answer.data() + kEntriesPlace, answer.size() - kEntriesPlace, family, info, table,
               reason);
}

int commit(int socket, const Table& table, const char** reason) {
  if (!table.edited) return 0;
  int result = checkUnchanged(socket, table, reason);
  if (result != 0) return result;
  std::vector<xt_counters> old;
  result = replace(socket, table, &old);
  if (result != 0) {
    return fail(result, reason, writeReason(result));
  }
  if (restoreCounters(socket, table, old) != 0) {
    *reason = "written, but another writer came right after and the counters are lost";
  }
  return 0;
}

}  // namespace lvs::xtables
