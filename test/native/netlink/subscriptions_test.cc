// Subscriptions to announcements, of a kernel that loses some, and what rtnetlink's say.
#include "netlink/subscriptions.h"

#include <errno.h>

#include <random>
#include <string>

#include "check.h"
#include "fake_kernel.h"
#include "netlink/message_writer.h"
#include "route/events.h"
#include "route/tables.h"

using namespace lvs;
using namespace lvs::netlink;
using fake::kernel;

namespace {

const uint16_t kWatchIndex = route::indexOf(route::kWatch);

std::vector<uint8_t> addressMessage(uint32_t index, uint8_t last, uint16_t type = RTM_NEWADDR) {
  MessageWriter writer;
  writer.begin(type, 0, 0);
  const ifaddrmsg header{AF_INET, 24, 0, 0, index};
  writer.fixed(&header, sizeof header);
  const uint8_t local[] = {10, 0, 0, last};
  writer.attribute(IFA_LOCAL, local, sizeof local);
  writer.end();
  return fake::datagram(writer);
}

std::vector<uint8_t> linkMessage(int index, const char* name, uint16_t type = RTM_NEWLINK,
                                 uint8_t family = AF_UNSPEC) {
  MessageWriter writer;
  writer.begin(type, 0, 0);
  ifinfomsg header{};
  header.ifi_family = family;
  header.ifi_index = index;
  writer.fixed(&header, sizeof header);
  if (name != nullptr) writer.text(IFLA_IFNAME, name);
  writer.end();
  return fake::datagram(writer);
}

// One answer to a request.
struct Answer {
  uint32_t id = 0;
  int error = 0;
  uint32_t flags = 0;
  std::string told;  // "+10.0.0.1 -10.0.0.2": an address by its last byte
};

class Client : public Host {
 public:
  Client() { kernel() = {}; }

  std::vector<Answer> ask(SubscriptionOperation operation, uint32_t number = 1) {
    std::vector<uint8_t> body;
    if (operation == kWatch) {
      body.resize(sizeof(BlockHeader) + route::kWatch.size);
      store(body.data(), BlockHeader{route::kWatch.size, kWatchIndex, 0});
      Record record(body.data() + sizeof(BlockHeader));
      record.put<uint32_t>(route::kWatch, 0, groupBit(RTNLGRP_IPV4_IFADDR));
    }
    const Request request{{0, ++last, operation, 0, number}, body.data(), body.size()};
    subscriptions_.run(operation, request, *this);
    return take();
  }

  std::vector<Answer> arrive(std::vector<uint8_t> datagram) {
    kernel().queueUp(std::move(datagram));
    return wake();
  }
  std::vector<Answer> wake() {
    subscriptions_.readable(*this);
    return take();
  }
  size_t watched() {
    std::vector<int> descriptors;
    subscriptions_.watched(&descriptors);
    return descriptors.size();
  }

  ResultWriter& results() override { return results_; }
  bool isDue() override { return false; }
  void post() override {}
  bool cancelled(uint32_t) override { return false; }

  uint32_t last = 0;

 private:
  std::vector<Answer> take() {
    std::vector<Answer> answers;
    const Bytes bytes = results_.take({});
    for (size_t at = 0; at < bytes.size();) {
      const auto header = load<ResultHeader>(bytes.data() + at);
      Answer answer{header.id, header.error, header.flags, {}};
      BlockReader blocks(bytes.data() + at + sizeof header, header.size - sizeof header);
      for (Block block; blocks.next(&block);) answer.told += told(block);
      answers.push_back(answer);
      at += header.size;
    }
    return answers;
  }

  static std::string told(const Block& block) {
    const ConstRecord record(block.body);
    if (block.header.table == route::indexOf(route::kEvent)) {
      const size_t removed = fieldIndex(route::kEventLayout, "removed");
      return record.get<uint8_t>(route::kEvent.fields[removed]) != 0 ? "-" : "+";
    }
    if (block.header.table != route::indexOf(route::kAddress)) return "";
    const Field& local = route::kAddress.fields[fieldIndex(route::kAddressLayout, "local")];
    return std::to_string(record.at(local)[7]);
  }

  route::Events events_;
  Subscriptions subscriptions_{NETLINK_ROUTE, route::kWatchLayout, kWatchIndex, events_};
  ResultWriter results_;
};

}  // namespace

TEST(waits, "subscriptions: an answer waits for the first announcement, a poll for none") {
  Client client;
  CHECK_EQUAL(client.ask(kWatch)[0].error, 0);
  CHECK_EQUAL(kernel().groups, groupBit(RTNLGRP_IPV4_IFADDR));
  CHECK_EQUAL(client.ask(kPollEvents)[0].flags, kEnd);
  CHECK_EQUAL(client.watched(), 0);
  CHECK(client.ask(kNextEvents).empty());
  CHECK_EQUAL(client.watched(), 1);
  CHECK(client.wake().empty());
  const uint32_t waiting = client.last;
  kernel().queueUp(addressMessage(2, 7));
  const std::vector<Answer> answers = client.arrive(addressMessage(2, 8, RTM_DELADDR));
  CHECK_EQUAL(answers.size(), 1);
  CHECK_EQUAL(answers[0].id, waiting);
  CHECK_EQUAL(answers[0].told, "+7-8");
  CHECK_EQUAL(client.watched(), 0);
  kernel().queueUp(addressMessage(2, 9));
  CHECK_EQUAL(client.ask(kNextEvents)[0].told, "+9");
}

TEST(strangers, "subscriptions: what nobody wants to know is no answer") {
  Client client;
  client.ask(kWatch);
  CHECK(client.ask(kNextEvents).empty());
  CHECK(client.arrive(linkMessage(2, "br0", RTM_DELLINK, AF_BRIDGE)).empty());
  CHECK(client.arrive(linkMessage(2, nullptr)).empty());
  CHECK(client.arrive(addressMessage(2, 7, RTM_NEWMDB)).empty());
  CHECK_EQUAL(client.arrive(addressMessage(2, 7))[0].told, "+7");
}

TEST(overrun, "subscriptions: an overrun is told once, and what is older goes unread") {
  Client client;
  client.ask(kWatch);
  kernel().room = 2;
  for (uint8_t i = 1; i <= 4; ++i) kernel().queueUp(addressMessage(2, i));
  const std::vector<Answer> answers = client.ask(kNextEvents);
  CHECK_EQUAL(answers[0].error, 0);
  CHECK_EQUAL(answers[0].flags, kInterrupted | kEnd);
  CHECK_EQUAL(answers[0].told, "");
  CHECK(kernel().queue.empty());
  CHECK(client.ask(kNextEvents).empty());
  CHECK_EQUAL(client.arrive(addressMessage(2, 5))[0].told, "+5");
}

TEST(exhausted,
     "subscriptions: a socket that can't be emptied for lack of memory is no endless loop") {
  Client client;
  client.ask(kWatch);
  kernel().receiveError = -ENOMEM;
  kernel().receiveErrors = SIZE_MAX;
  const std::vector<Answer> answers = client.ask(kNextEvents);
  CHECK_EQUAL(answers[0].error, 0);
  CHECK_EQUAL(answers[0].flags, kInterrupted | kEnd);
  kernel().receiveError = 0;
  CHECK_EQUAL(client.ask(kPollEvents)[0].flags, kEnd);
}

TEST(malformed,
     "subscriptions: a message that can't be read counts as lost, those before it don't") {
  Client client;
  client.ask(kWatch);
  std::vector<uint8_t> cut = addressMessage(2, 8);
  cut[sizeof(nlmsghdr) + sizeof(ifaddrmsg)] = 200;  // the attribute's length
  kernel().queueUp(addressMessage(2, 7));
  kernel().queueUp(cut);
  kernel().queueUp(addressMessage(2, 9));
  const std::vector<Answer> answers = client.ask(kNextEvents);
  CHECK_EQUAL(answers[0].told, "+7");
  CHECK_EQUAL(answers[0].flags, kInterrupted | kEnd);
}

TEST(full, "subscriptions: a full answer leaves the rest for the next") {
  Client client;
  client.ask(kWatch);
  for (int i = 0; i < 1000; ++i) kernel().queueUp(addressMessage(2, 1));
  const std::vector<Answer> answers = client.ask(kNextEvents);
  CHECK_EQUAL(answers[0].flags, 0);
  CHECK(answers[0].told.size() / 2 + kernel().queue.size() == 1000 && !kernel().queue.empty());
}

TEST(several, "subscriptions: each has its own socket, and leaving ends what it waits for") {
  Client client;
  CHECK_EQUAL(client.ask(kNextEvents)[0].error, -ENOENT);
  client.ask(kWatch, 1);
  client.ask(kWatch, 2);
  CHECK_EQUAL(client.ask(kWatch, 2)[0].error, -EALREADY);
  CHECK(client.ask(kNextEvents, 1).empty() && client.ask(kNextEvents, 2).empty());
  const uint32_t waiting = client.last;
  CHECK_EQUAL(client.ask(kNextEvents, 2)[0].error, -EALREADY);
  CHECK_EQUAL(client.watched(), 2);
  const std::vector<Answer> answers = client.ask(kUnwatch, 2);
  CHECK_EQUAL(answers[0].id, waiting);
  CHECK_EQUAL(answers[0].error, -ECANCELED);
  CHECK_EQUAL(answers[1].error, 0);
  CHECK_EQUAL(client.watched(), 1);
}

namespace {

std::string deviceOf(Devices& devices, const std::vector<uint8_t>& datagram) {
  MessageReader reader(datagram.data(), datagram.size());
  Message message;
  ResultWriter results;
  results.begin(1);
  route::Events events;
  if (!reader.next(&message) || events.readEvent(message, devices, results) != 0) return "failed";
  results.end(0);
  const Bytes bytes = results.take({});
  BlockReader blocks(bytes.data() + sizeof(ResultHeader), bytes.size() - sizeof(ResultHeader));
  for (Block block; blocks.next(&block);) {
    if (block.header.table != route::indexOf(route::kAddress)) continue;
    const Field& device = route::kAddress.fields[fieldIndex(route::kAddressLayout, "device")];
    const ConstRecord record(block.body);
    return {reinterpret_cast<const char*>(record.at(device)), record.textLength(device)};
  }
  return "none";
}

}  // namespace

TEST(names, "route events: devices have the names that they had at the time") {
  constexpr int kIndex = 1 << 30;
  Devices devices;
  CHECK_EQUAL(deviceOf(devices, addressMessage(kIndex, 1)), "");
  deviceOf(devices, linkMessage(kIndex, "old"));
  CHECK_EQUAL(deviceOf(devices, addressMessage(kIndex, 1)), "old");
  deviceOf(devices, linkMessage(kIndex, "new"));
  CHECK_EQUAL(deviceOf(devices, addressMessage(kIndex, 1)), "new");
  deviceOf(devices, linkMessage(kIndex, "new", RTM_DELLINK, AF_BRIDGE));
  CHECK_EQUAL(deviceOf(devices, addressMessage(kIndex, 1)), "new");
  deviceOf(devices, linkMessage(kIndex, "new", RTM_DELLINK));
  CHECK_EQUAL(deviceOf(devices, addressMessage(kIndex, 1)), "");
}

TEST(hostileEvents, "route events: cut and changed messages do no harm") {
  std::mt19937 random(11);
  const uint16_t types[] = {RTM_NEWADDR,  RTM_DELADDR, RTM_NEWLINK,  RTM_DELLINK,   RTM_NEWROUTE,
                            RTM_DELROUTE, RTM_NEWRULE, RTM_NEWNEIGH, RTM_DELNEXTHOP};
  Devices devices;
  route::Events events;
  for (int round = 0; round < 50000; ++round) {
    std::vector<uint8_t> payload(random() % 120);
    for (uint8_t& byte : payload) byte = static_cast<uint8_t>(random() % 3 == 0 ? random() : 4);
    Message message;
    message.header.nlmsg_type = types[random() % std::size(types)];
    message.payload = payload.data();
    message.size = payload.size();
    ResultWriter results;
    results.begin(1);
    events.readEvent(message, devices, results);
  }
}
