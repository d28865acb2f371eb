// Lines of the connection files.
#include <random>
#include <string>

#include "check.h"
#include "ipvs/connection_line.h"
#include "ipvs/connection_query.h"

using namespace lvs;
using namespace lvs::ipvs;

namespace {

constexpr size_t at(const char* name) { return fieldIndex(kConnectionLayout, name); }

struct Parsed {
  std::vector<uint8_t> bytes = std::vector<uint8_t>(kConnection.size);
  bool good = false;

  Parsed(const std::string& line, ConnectionSource source) {
    // Of exactly that size, so that a sanitizer sees every byte read beyond it.
    const std::vector<char> exact(line.begin(), line.end());
    ConnectionColumns columns;
    ResultWriter results;
    good = splitConnection({exact.data(), exact.size()}, &columns) &&
           writeConnection(columns, source, 0, &results);
    const Bytes written = results.take({});
    if (good) memcpy(bytes.data(), written.data() + sizeof(BlockHeader), sizeOf(written));
  }
  // Of a record whose last fields are empty only so much is written.
  static size_t sizeOf(const Bytes& written) { return load<BlockHeader>(written.data()).size; }
  ConstRecord record() const { return ConstRecord(bytes.data()); }
  template <typename T>
  uint64_t number(const char* name) const {
    return record().get<T>(kConnection.fields[at(name)]);
  }
  std::string text(const char* name) const {
    const Field& field = kConnection.fields[at(name)];
    return {reinterpret_cast<const char*>(record().at(field)), record().textLength(field)};
  }
};

constexpr auto kPlain = ConnectionSource::kConnections;
constexpr auto kSync = ConnectionSource::kSync;

// As ip_vs_conn.c prints them.
const std::string kSamples[] = {
    "TCP 0A090001 883C 0A090001 0050 0A0800FE 1F90 ESTABLISHED     900",
    "TCP 0A090000 0000 0A090001 0051 0A0800FE 1F90 ASSURED          50",
    "IP  0A090001 0000 00000009 0000 0A0800FE 0000 NONE             70",
    "UDP 0A090001 0000 0A090001 13C4 0A0800FE 13C4 NONE            300 sip 006401c8@10.0.0.1",
    "TCP 2001:0db8:0000:0000:0000:0000:0000:0001 C10C 2001:0db8:0000:0000:0000:0000:0000:0001 0050 "
    "2001:0db8:0001:0000:0000:0000:0000:0002 1F90 ESTABLISHED     900",
    "IP_47 0A090001 0000 0A090001 0000 0A0800FE 0000 NONE             70",
};

}  // namespace

TEST(plainLine, "connection: a line in full") {
  const Parsed line(kSamples[0], kPlain);
  CHECK(line.good);
  CHECK_EQUAL(line.number<uint8_t>("protocol"), IPPROTO_TCP);
  CHECK_EQUAL(line.number<uint16_t>("clientPort"), 0x883c);
  CHECK_EQUAL(line.number<uint16_t>("virtualPort"), 80);
  CHECK_EQUAL(line.number<uint16_t>("destPort"), 8080);
  CHECK_EQUAL(line.number<uint32_t>("expires"), 900);
  CHECK_EQUAL(line.number<uint8_t>("template"), 0);
  CHECK_EQUAL(line.text("state"), "ESTABLISHED");
  const uint8_t client[] = {4, 0, 0, 0, 10, 9, 0, 1};
  CHECK(memcmp(line.record().at(kConnection.fields[at("client")]), client, sizeof client) == 0);
  CHECK(!line.record().has(at("origin")) && !line.record().has(at("engine")));
}

TEST(templateLine, "connection: templates of persistence, of a mark and of an engine") {
  const Parsed network(kSamples[1], kPlain), mark(kSamples[2], kPlain), call(kSamples[3], kPlain);
  for (const Parsed* line : {&network, &mark, &call}) {
    CHECK(line->good);
    CHECK_EQUAL(line->number<uint8_t>("template"), 1);
  }
  CHECK_EQUAL(mark.number<uint32_t>("fwmark"), 9);
  CHECK(!mark.record().has(at("virtual")) && !network.record().has(at("fwmark")));
  CHECK_EQUAL(call.text("engine"), "sip");
  CHECK_EQUAL(call.text("engineData"), "006401c8@10.0.0.1");
}

TEST(otherLines, "connection: IPv6, other protocols, the sync file, and what is no connection") {
  CHECK(Parsed(kSamples[4], kPlain).good);
  CHECK_EQUAL(Parsed(kSamples[5], kPlain).number<uint8_t>("protocol"), 47);
  const std::string sync =
      "TCP 0A090001 883C 0A090001 0050 0A0800FE 1F90 ESTABLISHED SYNC       900";
  CHECK_EQUAL(Parsed(sync, kSync).number<uint8_t>("origin"), 2);
  for (const char* line :
       {"Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData", "", " ",
        "TCP 0A090001 883C 0A090001 0050 0A0800FE 1F90 ESTABLISHED",
        "TCP 0A090001 1883C 0A090001 0050 0A0800FE 1F90 NONE 1",
        "TCP 0A09000 883C 0A090001 0050 0A0800FE 1F90 NONE 1",
        "TCP 0A090001 883C 0A090001 0050 0A0800FE 1F90 NONE 99999999999",
        "IP_256 0A090001 883C 0A090001 0050 0A0800FE 1F90 NONE 1"}) {
    CHECK(!Parsed(line, kPlain).good);
  }
}

TEST(hostileLines, "connection: cut and changed lines do no harm") {
  std::mt19937 random(5);
  for (int round = 0; round < 50000; ++round) {
    std::string line = kSamples[random() % std::size(kSamples)];
    if (random() % 2 == 0) line.resize(random() % (line.size() + 1));
    for (uint32_t i = random() % 4; i > 0 && !line.empty(); --i) {
      line[random() % line.size()] = static_cast<char>(random());
    }
    if (random() % 8 == 0) line += std::string(random() % 300, 'x');
    const Parsed parsed(line, random() % 2 == 0 ? kPlain : kSync);
    std::vector<uint8_t> query(kQuery.size);
    for (uint8_t& byte : query) byte = static_cast<uint8_t>(random());
    const ConnectionFilter filter((ConstRecord(query.data())));
    ConnectionColumns columns;
    if (splitConnection(line, &columns)) filter.keeps(columns);
  }
}

TEST(filters, "connection: a filter keeps what has all that it asks for") {
  const auto kept = [](const std::function<void(Record)>& ask) {
    std::vector<uint8_t> query(kQuery.size);
    ask(Record(query.data()));
    const ConnectionFilter filter((ConstRecord(query.data())));
    std::string numbers;
    for (size_t i = 0; i < std::size(kSamples); ++i) {
      ConnectionColumns columns;
      if (!splitConnection(kSamples[i], &columns)) return std::string("a sample is no line");
      if (filter.keeps(columns)) numbers += std::to_string(i);
    }
    return numbers;
  };
  const auto field = [](const char* name) { return fieldIndex(kQueryLayout, name); };
  const uint8_t client[] = {10, 9, 0, 0}, other[] = {10, 10, 0, 0};
  CHECK_EQUAL(kept([&](Record query) { query.put<uint8_t>(kQuery, field("templates"), 1); }),
              "012345");
  CHECK_EQUAL(kept([&](Record query) { query.put<uint8_t>(kQuery, field("templates"), 2); }),
              "1235");
  CHECK_EQUAL(kept([&](Record query) {
                query.put<uint8_t>(kQuery, field("templates"), 1);
                query.put<uint8_t>(kQuery, field("protocol"), IPPROTO_TCP);
              }),
              "014");
  CHECK_EQUAL(kept([&](Record query) {
                query.put<uint8_t>(kQuery, field("templates"), 1);
                query.put<uint16_t>(kQuery, field("virtualPort"), 80);
                query.put<uint16_t>(kQuery, field("destPort"), 8080);
                query.putText(kQuery, field("state"), "ESTABLISHED", 11);
              }),
              "04");
  CHECK_EQUAL(kept([&](Record query) {
                query.put<uint8_t>(kQuery, field("templates"), 1);
                query.put<uint32_t>(kQuery, field("fwmark"), 9);
              }),
              "2");
  for (const auto& [network, numbers] : {std::pair{client, "01235"}, std::pair{other, ""}}) {
    CHECK_EQUAL(kept([&, asked = network](Record query) {
                  query.put<uint8_t>(kQuery, field("templates"), 1);
                  query.putBytes(kQuery, field("client"), asked, 4);
                  query.put<uint8_t>(kQuery, field("clientPrefixLength"), 16);
                }),
                numbers);
  }
}
