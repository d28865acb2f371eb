// libFuzzer: lines that claim to be from /proc/net/ip_vs_conn or ip_vs_conn_sync.
#include <cstring>
#include <memory>

#include "hostile_kernel.h"
#include "ipvs/connection_count.h"
#include "ipvs/connection_query.h"

using namespace lvs;
using namespace lvs::ipvs;

namespace {

// A line in a block of exactly its length, so that reading beyond it is caught.
void readLine(std::string_view text, ConnectionSource source, const ConnectionFilter& filter,
              ConnectionCounts* counts) {
  const std::unique_ptr<char[]> exact(new char[text.size()]);
  memcpy(exact.get(), text.data(), text.size());
  const std::string_view line(exact.get(), text.size());
  ConnectionColumns columns;
  if (!splitConnection(line, &columns)) return;
  filter.keeps(columns);
  counts->add(line, columns);
  ResultWriter results;
  if (!writeConnection(columns, source, 0, &results)) {
    hostile::demand(results.size() == 0);
    return;
  }
  const Bytes written = results.take({});
  hostile::demand(written.size() % 8 == 0);
  const ConstRecord read(written.data() + sizeof(BlockHeader));
  // The kernel prints no line without these.
  for (const char* name : {"client", "dest", "state"}) {
    hostile::demand(read.has(fieldIndex(kConnectionLayout, name)));
  }
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
  const ConnectionFilter filter((ConstRecord(query.get())));
  ConnectionCounts counts(data[0] >> 3);
  const char* at = reinterpret_cast<const char*>(data) + 1;
  const char* end = at + size - 1;
  while (at < end) {
    const void* newline = memchr(at, '\n', static_cast<size_t>(end - at));
    const char* stop = newline == nullptr ? end : static_cast<const char*>(newline);
    readLine({at, static_cast<size_t>(stop - at)}, source, filter, &counts);
    at = stop + 1;
  }
  ResultWriter results;
  counts.write(results, 0, 1, source);
  return 0;
}
