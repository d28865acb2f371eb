#include "ipvs/connection_query.h"

namespace lvs::ipvs {
namespace {

struct Pair {
  size_t query;
  size_t connection;
};

constexpr Pair pair(const char* name) {
  return {fieldIndex(kQueryLayout, name), fieldIndex(kConnectionLayout, name)};
}

constexpr Pair kSameBytes[] = {pair("protocol"), pair("virtual"), pair("virtualPort"),
                               pair("fwmark"),   pair("dest"),    pair("destPort"),
                               pair("state")};

bool sameBytes(ConstRecord query, ConstRecord connection, Pair index) {
  const Field& wanted = kQuery.fields[index.query];
  return connection.has(index.connection) &&
         memcmp(query.at(wanted), connection.at(kConnection.fields[index.connection]),
                wanted.size) == 0;
}

bool inNetwork(const uint8_t* wanted, const uint8_t* seen, size_t prefixLength) {
  if (wanted[0] != seen[0]) return false;
  const size_t whole = prefixLength / 8, rest = prefixLength % 8;
  if (whole > wanted[0] || memcmp(wanted + 4, seen + 4, whole) != 0) return false;
  if (rest == 0 || whole == wanted[0]) return true;
  const uint8_t mask = static_cast<uint8_t>(0xff << (8 - rest));
  return ((wanted[4 + whole] ^ seen[4 + whole]) & mask) == 0;
}

bool clientMatches(ConstRecord query, ConstRecord connection) {
  constexpr size_t kClientAt = fieldIndex(kQueryLayout, "client");
  constexpr size_t kPrefixAt = fieldIndex(kQueryLayout, "clientPrefixLength");
  constexpr size_t kSeenAt = fieldIndex(kConnectionLayout, "client");
  if (!query.has(kClientAt)) return true;
  const uint8_t* wanted = query.at(kQuery.fields[kClientAt]);
  const size_t prefixLength =
      query.has(kPrefixAt) ? query.get<uint8_t>(kQuery.fields[kPrefixAt]) : size_t{wanted[0]} * 8;
  return inNetwork(wanted, connection.at(kConnection.fields[kSeenAt]), prefixLength);
}

}  // namespace

bool matches(ConstRecord query, ConstRecord connection) {
  constexpr size_t kTemplatesAt = fieldIndex(kQueryLayout, "templates");
  constexpr size_t kTemplateAt = fieldIndex(kConnectionLayout, "template");
  if (query.has(kTemplatesAt)) {
    const uint8_t templates = query.get<uint8_t>(kQuery.fields[kTemplatesAt]);
    const bool isTemplate = connection.get<uint8_t>(kConnection.fields[kTemplateAt]) != 0;
    if (templates != 1 && isTemplate != (templates == 2)) return false;
  }
  for (const Pair index : kSameBytes) {
    if (query.has(index.query) && !sameBytes(query, connection, index)) return false;
  }
  return clientMatches(query, connection);
}

}  // namespace lvs::ipvs
