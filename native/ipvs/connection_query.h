// What a caller wants of the connection table. Applied while the table is read, so that rows
// nobody asked for are neither decoded nor cross into JavaScript.
#pragma once

#include "ipvs/connection_line.h"

namespace lvs::ipvs {

inline constexpr Choice kSources[] = {{0, "connections"}, {1, "sync"}};
inline constexpr Choice kTemplates[] = {{0, "exclude"}, {1, "include"}, {2, "only"}};

inline constexpr Field kQueryFields[] = {
    u32("cursor", 0),
    u32("rows", 0),    // of one page
    u32("sample", 0),  // rows of the table that are read at most
    u8("source", 0).named(kSources),
    u8("templates", 0).named(kTemplates),
    u8("protocol", 0).named(kConnectionProtocols),
    address("client", 0),
    u8("clientPrefixLength", 0),
    address("virtual", 0),
    u16("virtualPort", 0),
    u32("fwmark", 0),
    address("dest", 0),
    u16("destPort", 0),
    text("state", 0, 16),
    u8("by", 0),  // CountBy: connections are counted, and no rows listed
};
inline constexpr auto kQueryLayout = layOut(kQueryFields);
inline constexpr Table kQuery = tableOf("connectionQuery", kQueryLayout);

// The filters of a query. What can be is compared as text with what the kernel prints.
class ConnectionFilter {
 public:
  ConnectionFilter() = default;
  explicit ConnectionFilter(ConstRecord query);

  bool keepsAll() const { return expectedCount_ == 0 && !looksAtKind_ && clientLength_ == 0; }
  bool keeps(const ConnectionColumns& columns) const;

 private:
  // What a column has to be.
  struct Expected {
    Column column;
    uint8_t length;
    char text[kIpv6Width + 1];
  };

  void expect(Column column, std::string_view text);
  void expectAddress(Column column, const uint8_t* address);
  void expectPort(Column column, uint16_t port);
  void expectState(ConstRecord query);
  void setClient(ConstRecord query);
  bool keepsKind(const ConnectionColumns& columns) const;
  bool keepsClient(std::string_view column) const;

  Expected expected_[kColumns] = {};
  size_t expectedCount_ = 0;

  // Whether a row is a template, and a firewall mark's, takes a look at several columns.
  bool looksAtKind_ = false;
  bool wantsVirtual_ = false;
  bool wantsMark_ = false;
  uint32_t mark_ = 0;
  uint8_t templates_ = 1;

  uint8_t client_[16] = {};
  size_t clientLength_ = 0;  // 0: any client
  size_t clientBits_ = 0;
};

}  // namespace lvs::ipvs
