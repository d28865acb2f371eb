// Reads the connection table page by page. The table has no netlink interface, only two files.
#pragma once

#include <memory>
#include <vector>

#include "ipvs/connection_count.h"
#include "ipvs/connection_query.h"
#include "records/block.h"

namespace lvs::ipvs {

class ConnectionReader {
 public:
  ~ConnectionReader();
  // Opens the file of the calling thread's network namespace. 0 or a negative errno.
  int open(ConstRecord query);
  uint32_t cursor() const { return cursor_; }
  // Appends the next page of rows: as many as were asked for, or fewer where that takes long. 0, 1
  // at the end of the table, or a negative errno. Of connections that are counted only the last
  // page has any: one of each kind and their number.
  int page(ResultWriter& results, uint16_t tableIndex, uint16_t countIndex);

 private:
  bool take(std::string_view line, ResultWriter& results, uint16_t tableIndex);
  bool nextLine(std::string_view* line);
  int fill();

  int file_ = -1;
  uint32_t cursor_ = 0;
  size_t rows_ = 0;      // of a page
  uint64_t unread_ = 0;  // rows that may still be read, where the caller wants no more
  ConnectionSource source_ = ConnectionSource::kConnections;
  ConnectionFilter filter_;
  bool filters_ = false;
  std::unique_ptr<ConnectionCounts> counts_;
  std::vector<char> buffer_;
  size_t start_ = 0;
  size_t end_ = 0;
  bool headerSeen_ = false;
  bool ended_ = false;
};

}  // namespace lvs::ipvs
