// Session against a kernel that loses answers, refuses sends and moves its family.
#include "netlink/session.h"

#include <errno.h>

#include <algorithm>
#include <map>
#include <random>

#include "check.h"
#include "fake_kernel.h"

using namespace lvs;
using namespace lvs::netlink;
using fake::kernel;

namespace {

constexpr Field kNumberFields[] = {u32("number", fake::kNumber)};
constexpr auto kNumberLayout = layOut(kNumberFields);
constexpr Table kNumbers = tableOf("number", kNumberLayout);
constexpr const Table* kTables[] = {&kNumbers};
constexpr Part kPart{&kNumbers, 0};
constexpr Operation kOperations[] = {
    {"add", Mode::kAct, fake::kAdd, 0, {kPart}, {}},
    {"remove", Mode::kAct, fake::kRemove, 0, {kPart}, {}},
    {"get", Mode::kGet, fake::kGet, 0, {kPart}, kPart},
    {"list", Mode::kDump, fake::kGet, 0, {}, kPart},
};
enum : uint16_t { kAdd, kRemove, kGet, kList };

// What came back for one request.
struct Outcome {
  int answers = 0;
  int error = 0;
  uint32_t flags = 0;
  std::vector<uint32_t> numbers;
  bool good() const { return answers == 1 && error == 0 && (flags & kLost) == 0; }
  bool lost() const { return answers == 1 && (flags & kLost) != 0; }
};

class Client : public Host {
 public:
  Client() : session_({NETLINK_GENERIC, "FAKE", 1, kOperations, 4, kTables, 1}) {
    kernel() = {};
    const char* stage = nullptr;
    opened = session_.open(&stage);
  }

  uint32_t request(uint16_t operation, uint32_t number) {
    const uint32_t id = next_++;
    const uint32_t body = operation == kList ? 0 : sizeof(BlockHeader) + kNumbers.size;
    append(RequestHeader{static_cast<uint32_t>(sizeof(RequestHeader)) + body, id, operation, 0, 0});
    if (body != 0) {
      append(BlockHeader{kNumbers.size, 0, 0});
      append(uint64_t{1});
      append(uint64_t{number});
    }
    return id;
  }

  void run() {
    session_.run(RequestReader(requests_.data(), requests_.size()), *this);
    requests_.clear();
    read(results_.take({}));
  }

  ResultWriter& results() override { return results_; }
  bool isDue() override { return true; }
  void post() override { read(results_.take({})); }
  bool cancelled(uint32_t id) override {
    return std::find(withdrawn.begin(), withdrawn.end(), id) != withdrawn.end();
  }

  int opened = 0;
  std::vector<uint32_t> withdrawn;
  std::map<uint32_t, Outcome> outcomes;

 private:
  template <typename T>
  void append(T value) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(&value);
    requests_.insert(requests_.end(), bytes, bytes + sizeof value);
  }

  void read(const Bytes& bytes) {
    for (size_t at = 0; at < bytes.size();) {
      const auto header = load<ResultHeader>(bytes.data() + at);
      for (uint32_t i = 0; i < header.count; ++i) {
        Outcome& outcome = outcomes[header.id + i];
        if ((header.flags & kMore) == 0) ++outcome.answers;
        outcome.error = header.error;
        outcome.flags |= header.flags;
      }
      BlockReader blocks(bytes.data() + at + sizeof header, header.size - sizeof header);
      for (Block block; blocks.next(&block);) {
        if (block.header.table != 0) continue;
        const uint32_t number = ConstRecord(block.body).get<uint32_t>(kNumbers.fields[0]);
        outcomes[header.id].numbers.push_back(number);
      }
      at += header.size;
    }
  }

  Session session_;
  ResultWriter results_;
  std::vector<uint8_t> requests_;
  uint32_t next_ = 1;
};

}  // namespace

TEST(oneAck, "session: many requests take few sends, and one acknowledgement each") {
  Client client;
  kernel().sends = kernel().acknowledged = 0;
  for (uint32_t number = 1; number <= 2500; ++number) client.request(kAdd, number);
  client.run();
  CHECK_EQUAL(kernel().objects.size(), 2500u);
  CHECK_EQUAL(kernel().sends, 3u);
  CHECK_EQUAL(kernel().acknowledged, 3u);
  CHECK_EQUAL(client.outcomes.size(), 2500u);
  for (const auto& [id, outcome] : client.outcomes) CHECK(outcome.good());
}

TEST(ownError, "session: an error is that of its own request") {
  Client client;
  kernel().objects = {3, 7};
  for (uint32_t number = 1; number <= 9; ++number) client.request(kAdd, number);
  client.run();
  for (uint32_t id = 1; id <= 9; ++id) {
    CHECK_EQUAL(client.outcomes[id].error, id == 3 || id == 7 ? -EEXIST : 0);
  }
}

TEST(unknown, "session: an operation that its protocol lacks is refused, and stops no other") {
  Client client;
  client.request(kAdd, 1);
  const uint32_t unknown = client.request(200, 2);
  client.request(kAdd, 3);
  client.run();
  CHECK_EQUAL(client.outcomes[unknown].error, -EOPNOTSUPP);
  CHECK_EQUAL(client.outcomes[unknown].answers, 1);
  CHECK(kernel().objects == (std::set<uint32_t>{1, 3}));
}

TEST(mixed, "session: readings stand between writes, in order") {
  Client client;
  const uint32_t before = client.request(kGet, 5);
  client.request(kAdd, 5);
  const uint32_t after = client.request(kGet, 5);
  const uint32_t list = client.request(kList, 0);
  client.request(kRemove, 5);
  const uint32_t empty = client.request(kList, 0);
  client.run();
  CHECK_EQUAL(client.outcomes[before].error, -ESRCH);
  CHECK(client.outcomes[after].numbers == std::vector<uint32_t>{5});
  CHECK(client.outcomes[list].numbers == std::vector<uint32_t>{5});
  CHECK(client.outcomes[empty].good());
  CHECK(client.outcomes[empty].numbers.empty());
}

TEST(neverAcknowledged, "session: a lost acknowledgement is that of its own request alone") {
  for (const uint32_t silent : {1u, 5u, 9u}) {
    Client client;
    kernel().interrupted = {silent};
    for (uint32_t number = 1; number <= 9; ++number) client.request(kAdd, number);
    client.run();
    CHECK_EQUAL(kernel().objects.size(), 9u);
    for (uint32_t id = 1; id <= 9; ++id) {
      CHECK(id == silent && silent == 9 ? client.outcomes[id].lost() : client.outcomes[id].good());
    }
  }
}

TEST(splitting, "session: what is too much for one send goes in several, once") {
  for (const size_t most : {1u, 2u, 3u, 50u, 999u}) {
    Client client;
    kernel().mostMessages = most;
    for (uint32_t number = 1; number <= 1000; ++number) client.request(kAdd, number % 500);
    client.run();
    CHECK_EQUAL(kernel().objects.size(), 500u);
    for (uint32_t id = 1; id <= 1000; ++id) {
      CHECK_EQUAL(client.outcomes[id].answers, 1);
      CHECK_EQUAL(client.outcomes[id].error, id <= 500 ? 0 : -EEXIST);
    }
  }
}

TEST(noSend, "session: a send that never succeeds is an error for each") {
  Client client;
  kernel().mostMessages = 0;
  for (uint32_t number = 1; number <= 20; ++number) client.request(kAdd, number);
  const uint32_t list = client.request(kList, 0);
  client.run();
  CHECK(kernel().objects.empty());
  for (uint32_t id = 1; id <= list; ++id) CHECK_EQUAL(client.outcomes[id].error, -ENOBUFS);
}

// Success means done, an error means not done, and only "lost" leaves it open.
TEST(overrun, "session: an overrun at any point is never taken for success or failure") {
  std::mt19937 random(7);
  for (size_t room = 0; room < 40; ++room) {
    Client client;
    for (uint32_t number = 1; number <= 60; number += 3) kernel().objects.insert(number);
    const std::set<uint32_t> before = kernel().objects;
    kernel().room = room;
    for (uint32_t number = 1; number <= 60; ++number) {
      client.request(random() % 4 == 0 ? kGet : kAdd, number);
    }
    client.run();
    CHECK_EQUAL(client.outcomes.size(), 60u);
    for (const auto& [number, outcome] : client.outcomes) {
      CHECK_EQUAL(outcome.answers, 1);
      if (outcome.lost()) continue;
      if (!outcome.numbers.empty()) CHECK(outcome.numbers == std::vector<uint32_t>{number});
      if (outcome.good()) CHECK(kernel().objects.count(number) == 1);
      if (outcome.error == -EEXIST) CHECK(before.count(number) == 1);
    }
    kernel().room = SIZE_MAX;
    const uint32_t list = client.request(kList, 0);
    client.run();
    CHECK_EQUAL(client.outcomes[list].numbers.size(), kernel().objects.size());
  }
}

TEST(familyMoved, "session: a family that moved is found again, and its requests with it") {
  Client client;
  kernel().family = 31;
  for (uint32_t number = 1; number <= 5; ++number) client.request(kAdd, number);
  const uint32_t missing = client.request(kRemove, 99);
  client.run();
  CHECK_EQUAL(kernel().objects.size(), 5u);
  for (uint32_t id = 1; id <= 5; ++id) CHECK(client.outcomes[id].good());
  CHECK_EQUAL(client.outcomes[missing].error, -ENOENT);
  CHECK_EQUAL(client.outcomes[missing].answers, 1);
  kernel().family = 32;
  const uint32_t listing = client.request(kList, 0);
  client.run();
  CHECK(client.outcomes[listing].answers == 1 && client.outcomes[listing].error == 0);
  CHECK_EQUAL(client.outcomes[listing].numbers.size(), 5u);
}

TEST(unreadable, "session: answers that could not be read are lost, not successes") {
  Client client;
  for (uint32_t number = 1; number <= 3; ++number) client.request(kAdd, number);
  kernel().receiveError = -ENOMEM;
  client.run();
  for (uint32_t id = 1; id <= 3; ++id) CHECK(client.outcomes[id].lost());
}

TEST(dumpLost, "session: a dump that breaks off is lost, and the next one is whole") {
  for (size_t datagrams = 0; datagrams < 5; ++datagrams) {
    Client client;
    kernel().objects = {1, 2, 3, 4, 5};
    kernel().dumpDatagrams = datagrams;
    const uint32_t first = client.request(kList, 0);
    client.run();
    CHECK(client.outcomes[first].lost());
    kernel().dumpDatagrams = SIZE_MAX;
    kernel().dumpInterrupted = true;
    const uint32_t second = client.request(kList, 0);
    client.run();
    CHECK_EQUAL(client.outcomes[second].numbers.size(), 5u);
    CHECK(client.outcomes[second].answers == 1 && client.outcomes[second].error == 0);
    CHECK((client.outcomes[second].flags & kInterrupted) != 0);
  }
}

TEST(noDescriptor, "session: where no new socket could be had, the next request asks for one") {
  Client client;
  kernel().objects = {1, 2};
  kernel().dumpDatagrams = 1;
  kernel().openError = -EMFILE;
  client.request(kList, 0);
  client.run();
  const uint32_t refused = client.request(kAdd, 8);
  client.run();
  CHECK_EQUAL(client.outcomes[refused].error, -EMFILE);
  kernel().openError = 0;
  const uint32_t added = client.request(kAdd, 9);
  client.run();
  CHECK(client.outcomes[added].good());
  CHECK(kernel().objects.count(9) == 1 && kernel().objects.count(8) == 0);
}

TEST(withdrawn, "session: what was withdrawn is not sent") {
  Client client;
  for (uint32_t number = 1; number <= 4; ++number) client.request(kAdd, number);
  client.withdrawn = {2, 4};
  client.run();
  CHECK(kernel().objects == (std::set<uint32_t>{1, 3}));
  CHECK((client.outcomes[2].flags & kCancelled) != 0);
  CHECK(client.outcomes[1].good() && client.outcomes[3].good());
}

TEST(garbage, "session: whatever bytes come back, every request is answered once") {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    Client client;
    kernel().answer = [&random](const Message&) {
      std::vector<uint8_t> bytes(1 + random() % 80);
      for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random() % 5 == 0 ? random() : 0);
      if (bytes.size() >= sizeof(nlmsghdr) && random() % 4 != 0) {
        nlmsghdr header{};
        header.nlmsg_len = static_cast<uint32_t>(random() % 3 == 0 ? random() % 90 : bytes.size());
        header.nlmsg_type = static_cast<uint16_t>(random() % 5);
        header.nlmsg_flags = static_cast<uint16_t>(random());
        header.nlmsg_seq = static_cast<uint32_t>(random() % 6);
        memcpy(bytes.data(), &header, sizeof header);
      }
      return bytes;
    };
    for (uint32_t number = 0; number < 6; ++number) {
      client.request(static_cast<uint16_t>(number % 4), number);
    }
    client.run();
    CHECK_EQUAL(client.outcomes.size(), 6u);
    for (const auto& [id, outcome] : client.outcomes) CHECK_EQUAL(outcome.answers, 1);
  }
}
