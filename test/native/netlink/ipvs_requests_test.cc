// Requests that the library never makes of IPVS: they are answered too, before the kernel is asked.
#include <errno.h>

#include <cstring>
#include <memory>

#include "check.h"
#include "fake_kernel.h"
#include "ipvs/connection_query.h"
#include "ipvs/protocol.h"

using namespace lvs;

namespace {

constexpr uint16_t kServiceIndex = 0, kQueryIndex = 6;

uint16_t operationCalled(const char* name) {
  OperationName operation{};
  uint16_t index = 0;
  while (ipvs::kProtocol.operationAt(index, &operation) && strcmp(operation.name, name) != 0) {
    ++index;
  }
  return index;
}

struct Body {
  std::vector<uint8_t> bytes;

  Body with(uint16_t table, const std::string& content) const {
    Body body = *this;
    const BlockHeader header{static_cast<uint32_t>(content.size()), table, 0};
    const size_t at = bytes.size();
    body.bytes.resize(at + sizeof header + (content.size() + 7) / 8 * 8);
    store(body.bytes.data() + at, header);
    memcpy(body.bytes.data() + at + sizeof header, content.data(), content.size());
    return body;
  }
};

class Client : public Host {
 public:
  Client() {
    fake::kernel() = {};
    const char* stage = nullptr;
    backend_->open(&stage);
  }

  // The error of its one answer.
  int errorOf(uint16_t operation, uint32_t argument, const Body& body) {
    std::vector<uint8_t> request(sizeof(RequestHeader));
    request.insert(request.end(), body.bytes.begin(), body.bytes.end());
    store(request.data(),
          RequestHeader{static_cast<uint32_t>(request.size()), 1, operation, 0, argument});
    backend_->run(RequestReader(request.data(), request.size()), *this);
    const Bytes bytes = results_.take({});
    if (bytes.size() < sizeof(ResultHeader)) return 1;
    const auto header = load<ResultHeader>(bytes.data());
    return header.size == bytes.size() ? header.error : 1;
  }
  int errorOf(const char* operation, uint32_t argument, const Body& body) {
    return errorOf(operationCalled(operation), argument, body);
  }

  ResultWriter& results() override { return results_; }
  bool isDue() override { return false; }
  void post() override {}
  bool cancelled(uint32_t) override { return false; }

 private:
  const std::unique_ptr<Backend> backend_{ipvs::kProtocol.make()};
  ResultWriter results_;
};

}  // namespace

TEST(unknownOperation, "ipvs requests: an operation that there is not") {
  CHECK_EQUAL(Client().errorOf(200, 0, {}), -EOPNOTSUPP);
}

TEST(unknownPage, "ipvs requests: a page of connections that nobody has begun, or begun wrongly") {
  Client client;
  const std::string query(ipvs::kQuery.size, '\0');
  CHECK_EQUAL(client.errorOf("readConnections", 7, {}), -EBADF);
  for (const Body& body :
       {Body{}.with(kQueryIndex, query), Body{}.with(kQueryIndex, query.substr(8)),
        Body{}.with(kServiceIndex, query), Body{}.with(kTextBlock, "query")}) {
    CHECK_EQUAL(client.errorOf("readConnections", 0, body), -EINVAL);
  }
  CHECK_EQUAL(client.errorOf("closeConnections", 7, {}), 0);
}

TEST(otherKnobs, "ipvs requests: no file outside the folder of IPVS's settings") {
  Client client;
  const auto named = [](const std::string& name) { return Body{}.with(kTextBlock, name); };
  for (const char* operation : {"readSysctl", "writeSysctl"}) {
    CHECK_EQUAL(client.errorOf(operation, 0, {}), -EINVAL);
    for (const char* name : {"", "../ip_forward", "/etc/passwd", "Am_droprate", "a\x80"}) {
      CHECK_EQUAL(client.errorOf(operation, 0, named(name).with(kTextBlock, "1")), -EINVAL);
    }
    const std::string longest(100, 'x');
    CHECK_EQUAL(client.errorOf(operation, 0, named(longest).with(kTextBlock, "1")), -EINVAL);
  }
  CHECK_EQUAL(client.errorOf("writeSysctl", 0, named("am_droprate")), -EINVAL);
  CHECK_EQUAL(client.errorOf("readSysctl", 0, named("no_such_setting")), -ENOENT);
}
