// libFuzzer: lines that claim to be from /proc/net/ip_vs_conn or ip_vs_conn_sync.
#include <cstring>
#include <memory>

#include "hostile_kernel.h"
#include "ipvs/connection_line.h"
#include "ipvs/connection_query.h"

using namespace lvs;
using namespace lvs::ipvs;

namespace {

// A line in a block of exactly its length, so that reading beyond it is caught.
void readLine(const char* line, size_t length, ConnectionSource source, const uint8_t* query) {
  const std::unique_ptr<char[]> exact(new char[length]);
  memcpy(exact.get(), line, length);
  const std::unique_ptr<uint8_t[]> record(new uint8_t[kConnection.size]());
  if (!parseConnection(exact.get(), length, source, Record(record.get()))) return;
  const ConstRecord read(record.get());
  // The kernel prints no line without these.
  for (const char* name : {"client", "virtual", "state"}) {
    const size_t index = fieldIndex(kConnectionLayout, name);
    hostile::demand(read.has(index));
  }
  matches(ConstRecord(query), read);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const auto source = (data[0] & 1) != 0 ? ConnectionSource::kSync : ConnectionSource::kConnections;
  // What is asked for comes from TypeScript; any bytes will do.
  const std::unique_ptr<uint8_t[]> query(new uint8_t[kQuery.size]());
  if ((data[0] & 2) != 0) {
    for (size_t i = 0; i < kQuery.size; ++i) query[i] = data[i % size];
  }
  const char* at = reinterpret_cast<const char*>(data) + 1;
  const char* end = at + size - 1;
  while (at < end) {
    const void* newline = memchr(at, '\n', static_cast<size_t>(end - at));
    const char* stop = newline == nullptr ? end : static_cast<const char*>(newline);
    readLine(at, static_cast<size_t>(stop - at), source, query.get());
    at = stop + 1;
  }
  return 0;
}
