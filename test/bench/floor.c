// The least that each piece of work can cost: the same system calls from plain C, with nothing around
// them. Prints `seconds cpuSeconds count faults switches` of the work itself, without the start of the process.
//
//   floor add SERVICES DESTS BATCH   BATCH messages a send, the last one acknowledged
//   floor dump SERVICES              everything that `add` made, not decoded, over one socket
//   floor get COUNT                  one service, asked for COUNT times
//   floor read FILE [TIMES [SECONDS]]  read to the end, TIMES over, but stopped after SECONDS
//   floor addresses COUNT BATCH      addresses 10.3.0.0/32 and on, on lo, BATCH messages a send
//   floor connections COUNT          COUNT spoofed UDP clients of the service 10.0.0.1:53
//
// The variable NETNS names a namespace to do it in.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/if_addr.h>
#include <linux/ip_vs.h>
#include <linux/rtnetlink.h>
#include <math.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { kBufferSize = 1 << 20, kReceiveSize = 64 << 10, kReadSize = 128 << 10 };

static int netlink;
static uint16_t family;
static uint32_t sequence;
static char buffer[kBufferSize];
static size_t used;
static char received[kReceiveSize];

static void die(const char* what) {
  fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void enterNamespace(const char* name) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", name);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0 || setns(file, CLONE_NEWNET) != 0) die(path);
  close(file);
}

static void openNetlink(int protocol) {
  const int size = 8 << 20, on = 1;
  const struct sockaddr_nl address = {.nl_family = AF_NETLINK};
  netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
  if (netlink < 0 || bind(netlink, (const void*)&address, sizeof address) != 0) die("socket");
  setsockopt(netlink, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  setsockopt(netlink, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  setsockopt(netlink, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
}

static void* put(size_t size) {
  void* at = buffer + used;
  memset(at, 0, NLMSG_ALIGN(size));
  used += NLMSG_ALIGN(size);
  return at;
}

static struct nlattr* putAttribute(uint16_t type, const void* data, size_t size) {
  struct nlattr* attribute = put(NLA_HDRLEN + size);
  attribute->nla_type = type;
  attribute->nla_len = (uint16_t)(NLA_HDRLEN + size);
  if (size != 0) memcpy(attribute + 1, data, size);
  return attribute;
}

static void put16(uint16_t type, uint16_t value) { putAttribute(type, &value, sizeof value); }
static void put32(uint16_t type, uint32_t value) { putAttribute(type, &value, sizeof value); }

static void putAddress(uint16_t type, uint32_t address) {
  const uint32_t wide[4] = {htonl(address)};
  putAttribute(type, wide, sizeof wide);
}

static struct nlmsghdr* beginPlain(uint16_t type, uint16_t flags) {
  struct nlmsghdr* message = put(sizeof *message);
  message->nlmsg_type = type;
  message->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
  message->nlmsg_seq = ++sequence;
  return message;
}

static struct nlmsghdr* begin(uint16_t type, uint8_t command, uint16_t flags) {
  struct nlmsghdr* message = beginPlain(type, flags);
  struct genlmsghdr* generic = put(sizeof *generic);
  generic->cmd = command;
  generic->version = 1;
  return message;
}

static void closeLength(struct nlmsghdr* message) {
  message->nlmsg_len = (uint32_t)(buffer + used - (char*)message);
}

static void closeNest(struct nlattr* nest) {
  nest->nla_len = (uint16_t)(buffer + used - (char*)nest);
}

static void sendAll(void) {
  if (send(netlink, buffer, used, 0) != (ssize_t)used) die("send");
  used = 0;
}

// Receives until the message of that sequence number and type, which ends the exchange.
static void waitFor(uint32_t wanted, uint16_t last) {
  while (1) {
    const ssize_t size = recv(netlink, received, sizeof received, 0);
    if (size < 0) die("recv");
    const struct nlmsghdr* message = (const void*)received;
    for (int left = (int)size; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
      if (message->nlmsg_type == NLMSG_ERROR) {
        errno = -((const struct nlmsgerr*)NLMSG_DATA(message))->error;
        if (errno != 0) die("answer");
      }
      if (message->nlmsg_seq == wanted && message->nlmsg_type == last) return;
    }
  }
}

static void findFamily(void) {
  struct nlmsghdr* message = begin(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
  putAttribute(CTRL_ATTR_FAMILY_NAME, IPVS_GENL_NAME, sizeof IPVS_GENL_NAME);
  closeLength(message);
  sendAll();
  waitFor(sequence, GENL_ID_CTRL);
  const struct nlattr* attribute = (const void*)(received + NLMSG_HDRLEN + GENL_HDRLEN);
  while (attribute->nla_type != CTRL_ATTR_FAMILY_ID) {
    attribute = (const void*)((const char*)attribute + NLA_ALIGN(attribute->nla_len));
  }
  memcpy(&family, attribute + 1, sizeof family);
}

static void putServiceKey(uint32_t service) {
  put16(IPVS_SVC_ATTR_AF, AF_INET);
  put16(IPVS_SVC_ATTR_PROTOCOL, IPPROTO_TCP);
  putAddress(IPVS_SVC_ATTR_ADDR, 0x0a010000 + service);
  put16(IPVS_SVC_ATTR_PORT, htons(80));
}

static void addService(uint32_t service) {
  const struct ip_vs_flags flags = {0, 0};
  struct nlattr* nest = putAttribute(IPVS_CMD_ATTR_SERVICE | NLA_F_NESTED, NULL, 0);
  putServiceKey(service);
  putAttribute(IPVS_SVC_ATTR_SCHED_NAME, "wlc", 4);
  putAttribute(IPVS_SVC_ATTR_FLAGS, &flags, sizeof flags);
  put32(IPVS_SVC_ATTR_TIMEOUT, 0);
  put32(IPVS_SVC_ATTR_NETMASK, 0xffffffff);
  closeNest(nest);
}

static void addDest(uint32_t service, uint32_t dest) {
  struct nlattr* nest = putAttribute(IPVS_CMD_ATTR_SERVICE | NLA_F_NESTED, NULL, 0);
  putServiceKey(service);
  closeNest(nest);
  nest = putAttribute(IPVS_CMD_ATTR_DEST | NLA_F_NESTED, NULL, 0);
  put16(IPVS_DEST_ATTR_ADDR_FAMILY, AF_INET);
  putAddress(IPVS_DEST_ATTR_ADDR, 0x0a020000 + dest);
  put16(IPVS_DEST_ATTR_PORT, htons(80));
  put32(IPVS_DEST_ATTR_FWD_METHOD, IP_VS_CONN_F_DROUTE);
  put32(IPVS_DEST_ATTR_WEIGHT, 1);
  put32(IPVS_DEST_ATTR_U_THRESH, 0);
  put32(IPVS_DEST_ATTR_L_THRESH, 0);
  closeNest(nest);
}

static size_t add(uint32_t services, uint32_t dests, uint32_t batch) {
  const size_t count = (size_t)services * (dests + 1);
  uint32_t inBatch = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t service = (uint32_t)(i / (dests + 1)), place = (uint32_t)(i % (dests + 1));
    const int last = ++inBatch == batch || i + 1 == count;
    const uint8_t command = place == 0 ? IPVS_CMD_NEW_SERVICE : IPVS_CMD_NEW_DEST;
    struct nlmsghdr* message = begin(family, command, last ? NLM_F_ACK : 0);
    if (place == 0) addService(service);
    else addDest(service, place - 1);
    closeLength(message);
    if (!last) continue;
    sendAll();
    waitFor(sequence, NLMSG_ERROR);
    inBatch = 0;
  }
  return count;
}

static size_t addresses(uint32_t count, uint32_t batch) {
  uint32_t inBatch = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const int last = ++inBatch == batch || i + 1 == count;
    const uint16_t flags = NLM_F_CREATE | NLM_F_EXCL | (last ? NLM_F_ACK : 0);
    struct nlmsghdr* message = beginPlain(RTM_NEWADDR, flags);
    struct ifaddrmsg* header = put(sizeof *header);
    *header = (struct ifaddrmsg){.ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = 1};
    const uint32_t address = htonl(0x0a030000 + i);
    putAttribute(IFA_LOCAL, &address, sizeof address);
    closeLength(message);
    if (!last) continue;
    sendAll();
    waitFor(sequence, NLMSG_ERROR);
    inBatch = 0;
  }
  return count;
}

static void ask(uint8_t command, uint16_t flags, const uint32_t* service) {
  struct nlmsghdr* message = begin(family, command, flags);
  if (service != NULL) {
    struct nlattr* nest = putAttribute(IPVS_CMD_ATTR_SERVICE | NLA_F_NESTED, NULL, 0);
    putServiceKey(*service);
    closeNest(nest);
  }
  closeLength(message);
  sendAll();
  waitFor(sequence, flags == 0 ? family : NLMSG_DONE);
}

static size_t dump(uint32_t services) {
  ask(IPVS_CMD_GET_SERVICE, NLM_F_DUMP, NULL);
  for (uint32_t i = 0; i < services; ++i) ask(IPVS_CMD_GET_DEST, NLM_F_DUMP, &i);
  return services;
}

static size_t get(uint32_t count) {
  const uint32_t first = 0;
  for (uint32_t i = 0; i < count; ++i) ask(IPVS_CMD_GET_SERVICE, 0, &first);
  return count;
}

static size_t connections(uint32_t count) {
  const int raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
  if (raw < 0) die("raw socket");
  struct {
    struct iphdr ip;
    struct udphdr udp;
  } packet = {.ip = {.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP},
              .udp = {.dest = htons(53), .len = htons(sizeof(struct udphdr))}};
  packet.ip.daddr = htonl(0x0a000001);
  const struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {packet.ip.daddr}};
  for (uint32_t i = 0; i < count; ++i) {
    packet.ip.saddr = htonl(0xac100000 + i / 4);  // four connections a client
    packet.udp.source = htons((uint16_t)(1024 + i % 4));
    if (sendto(raw, &packet, sizeof packet, 0, (const void*)&to, sizeof to) < 0) die("sendto");
  }
  return count;
}

static double seconds(struct timeval time) { return (double)time.tv_sec + time.tv_usec / 1e6; }

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// What cat(1) does with its output in /dev/null. How many bytes were read. Any number of times and
// of seconds is 1 and unlimited where it is 0.
static size_t readFile(const char* path, uint32_t times, uint32_t limit) {
  const double end = limit == 0 ? INFINITY : now() + limit;
  const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null < 0) die("/dev/null");
  size_t bytes = 0;
  for (uint32_t i = 0; i == 0 || i < times; ++i) {
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) die(path);
    ssize_t size = 0;
    while ((size = read(file, buffer, kReadSize)) > 0) {
      bytes += (size_t)size;
      if (write(null, buffer, (size_t)size) != size) die("write");
      if (limit != 0 && now() >= end) break;
    }
    if (size < 0) die("read");
    close(file);
  }
  close(null);
  return bytes;
}

static struct rusage usageNow(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage;
}

static double processorTime(const struct rusage* usage) {
  return seconds(usage->ru_utime) + seconds(usage->ru_stime);
}

int main(int argc, char** argv) {
  if (argc < 3) return fprintf(stderr, "usage: see floor.c\n"), 2;
  const char* work = argv[1];
  uint32_t numbers[3] = {0};
  for (int i = 0; i < 3 && i + 2 < argc; ++i) numbers[i] = (uint32_t)atol(argv[i + 2]);
  if (getenv("NETNS") != NULL) enterNamespace(getenv("NETNS"));
  if (strcmp(work, "add") == 0 || strcmp(work, "dump") == 0 || strcmp(work, "get") == 0) {
    openNetlink(NETLINK_GENERIC);
    findFamily();
  } else if (strcmp(work, "addresses") == 0) {
    openNetlink(NETLINK_ROUTE);
  }
  const struct rusage before = usageNow();
  const double start = now();
  size_t count = 0;
  if (strcmp(work, "add") == 0) count = add(numbers[0], numbers[1], numbers[2]);
  else if (strcmp(work, "dump") == 0) count = dump(numbers[0]);
  else if (strcmp(work, "get") == 0) count = get(numbers[0]);
  else if (strcmp(work, "read") == 0) count = readFile(argv[2], numbers[1], numbers[2]);
  else if (strcmp(work, "addresses") == 0) count = addresses(numbers[0], numbers[1]);
  else if (strcmp(work, "connections") == 0) count = connections(numbers[0]);
  const double elapsed = now() - start;
  const struct rusage after = usageNow();
  printf("%.9f %.6f %zu %ld %ld\n", elapsed, processorTime(&after) - processorTime(&before), count,
         after.ru_minflt - before.ru_minflt, after.ru_nvcsw - before.ru_nvcsw);
  return 0;
}
