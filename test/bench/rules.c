// The least that a thousand REDIRECT rules can cost: one nf_tables transaction of ready-made messages. Prints
// `seconds cpuSeconds count faults switches` of the work itself.
//
//   rules COUNT   destinations 10.4.0.0 and on, in the chain `prerouting` of a new table `ip bench`
//
// The variable NETNS names a namespace to do it in.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char buffer[1 << 20];
static size_t used;
static uint32_t sequence;

static void die(const char* what) {
  fprintf(stderr, "rules: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void* put(size_t size) {
  void* at = buffer + used;
  memset(at, 0, NLMSG_ALIGN(size));
  used += NLMSG_ALIGN(size);
  return at;
}

static struct nlmsghdr* begin(uint16_t type, uint16_t flags, uint8_t family, uint16_t resource) {
  struct nlmsghdr* message = put(sizeof *message);
  message->nlmsg_type = type;
  message->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
  message->nlmsg_seq = ++sequence;
  struct nfgenmsg* generic = put(sizeof *generic);
  generic->nfgen_family = family;
  generic->res_id = htons(resource);
  return message;
}

static void end(struct nlmsghdr* message) {
  message->nlmsg_len = (uint32_t)(buffer + used - (char*)message);
}

static struct nlattr* attribute(uint16_t type, const void* data, size_t size) {
  struct nlattr* at = put(NLA_HDRLEN + size);
  at->nla_type = type;
  at->nla_len = (uint16_t)(NLA_HDRLEN + size);
  if (size != 0) memcpy(at + 1, data, size);
  return at;
}

static struct nlattr* nest(uint16_t type) { return attribute(type | NLA_F_NESTED, NULL, 0); }
static void close_(struct nlattr* at) { at->nla_len = (uint16_t)(buffer + used - (char*)at); }
static void text(uint16_t type, const char* value) { attribute(type, value, strlen(value) + 1); }
static void number(uint16_t type, uint32_t value) {
  value = htonl(value);
  attribute(type, &value, sizeof value);
}

static uint16_t message(uint16_t type) { return (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type); }

static void tableAndChain(void) {
  struct nlmsghdr* table = begin(message(NFT_MSG_NEWTABLE), NLM_F_CREATE, NFPROTO_IPV4, 0);
  text(NFTA_TABLE_NAME, "bench");
  end(table);
  struct nlmsghdr* chain = begin(message(NFT_MSG_NEWCHAIN), NLM_F_CREATE, NFPROTO_IPV4, 0);
  text(NFTA_CHAIN_TABLE, "bench");
  text(NFTA_CHAIN_NAME, "prerouting");
  struct nlattr* hook = nest(NFTA_CHAIN_HOOK);
  number(NFTA_HOOK_HOOKNUM, NF_INET_PRE_ROUTING);
  number(NFTA_HOOK_PRIORITY, (uint32_t)NF_IP_PRI_NAT_DST);
  close_(hook);
  text(NFTA_CHAIN_TYPE, "nat");
  end(chain);
}

static struct nlattr* beginExpression(const char* name, struct nlattr** data) {
  struct nlattr* element = nest(NFTA_LIST_ELEM);
  text(NFTA_EXPR_NAME, name);
  *data = nest(NFTA_EXPR_DATA);
  return element;
}

static void endExpression(struct nlattr* element, struct nlattr* data) {
  close_(data);
  close_(element);
}

static void rule(uint32_t index, uint16_t flags) {
  struct nlmsghdr* header =
      begin(message(NFT_MSG_NEWRULE), NLM_F_CREATE | NLM_F_APPEND | flags, NFPROTO_IPV4, 0);
  text(NFTA_RULE_TABLE, "bench");
  text(NFTA_RULE_CHAIN, "prerouting");
  struct nlattr* list = nest(NFTA_RULE_EXPRESSIONS);
  struct nlattr* data;
  struct nlattr* element = beginExpression("payload", &data);
  number(NFTA_PAYLOAD_DREG, NFT_REG_1);
  number(NFTA_PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER);
  number(NFTA_PAYLOAD_OFFSET, 16);
  number(NFTA_PAYLOAD_LEN, 4);
  endExpression(element, data);
  element = beginExpression("cmp", &data);
  number(NFTA_CMP_SREG, NFT_REG_1);
  number(NFTA_CMP_OP, NFT_CMP_EQ);
  struct nlattr* value = nest(NFTA_CMP_DATA);
  number(NFTA_DATA_VALUE, 0x0a040000 + index);
  close_(value);
  endExpression(element, data);
  element = beginExpression("counter", &data);
  endExpression(element, data);
  element = beginExpression("redir", &data);
  endExpression(element, data);
  close_(list);
  end(header);
}

static void awaitAcknowledgement(int netlink, uint32_t wanted) {
  static char received[64 << 10];
  while (1) {
    const ssize_t size = recv(netlink, received, sizeof received, 0);
    if (size < 0) die("recv");
    const struct nlmsghdr* answer = (const void*)received;
    for (int left = (int)size; NLMSG_OK(answer, left); answer = NLMSG_NEXT(answer, left)) {
      if (answer->nlmsg_type != NLMSG_ERROR) continue;
      errno = -((const struct nlmsgerr*)NLMSG_DATA(answer))->error;
      if (errno != 0) die("answer");
      if (answer->nlmsg_seq == wanted) return;
    }
  }
}

static double seconds(struct timeval time) { return (double)time.tv_sec + time.tv_usec / 1e6; }

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char** argv) {
  if (argc != 2) return fprintf(stderr, "usage: see rules.c\n"), 2;
  const uint32_t count = (uint32_t)atol(argv[1]);
  if (getenv("NETNS") != NULL) {
    char path[256];
    snprintf(path, sizeof path, "/run/netns/%s", getenv("NETNS"));
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || setns(file, CLONE_NEWNET) != 0) die(path);
  }
  const int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
  const int size = 8 << 20;
  if (netlink < 0) die("socket");
  setsockopt(netlink, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  setsockopt(netlink, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  struct rusage before, after;
  getrusage(RUSAGE_SELF, &before);
  const double start = now();
  end(begin(NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
  tableAndChain();
  for (uint32_t i = 0; i < count; ++i) rule(i, i + 1 == count ? NLM_F_ACK : 0);
  const uint32_t last = sequence;
  end(begin(NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
  if (send(netlink, buffer, used, 0) != (ssize_t)used) die("send");
  awaitAcknowledgement(netlink, last);
  const double elapsed = now() - start;
  getrusage(RUSAGE_SELF, &after);
  const double cpu = seconds(after.ru_utime) + seconds(after.ru_stime) - seconds(before.ru_utime) -
                     seconds(before.ru_stime);
  printf("%.9f %.6f %u %ld %ld\n", elapsed, cpu, count, after.ru_minflt - before.ru_minflt,
         after.ru_nvcsw - before.ru_nvcsw);
  return 0;
}
