#include "ipvs/connection_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

namespace lvs::ipvs {
namespace {

// The kernel fills one memory page per read, whatever is asked for; asking for less costs a
// restart of its walk on kernels up to 6.12.
constexpr size_t kBufferSize = 64 << 10;
constexpr size_t kMostRows = 1 << 16;
// A page ends after this time, full or not: up to 6.12 a filter that keeps few rows would otherwise
// keep the handle's other requests waiting for seconds, and pass for a kernel that doesn't answer.
constexpr uint64_t kLongestPage = 50;  // milliseconds
constexpr size_t kReadsPerLook = 8;    // at the clock, at least

uint64_t milliseconds() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000 + static_cast<uint64_t>(time.tv_nsec) / 1000000;
}

// The time of a page. A look at the clock may cost as much as the rest of a read, so where reads
// are quick each look comes after as many as there were so far.
class PageTime {
 public:
  // Called once for each read.
  bool isUp() {
    if (++reads_ < nextLook_) return false;
    const uint64_t now = milliseconds();
    nextLook_ += now + kLongestPage / 2 < end_ ? reads_ : kReadsPerLook;
    return now >= end_;
  }

 private:
  const uint64_t end_ = milliseconds() + kLongestPage;
  size_t reads_ = 0;
  size_t nextLook_ = kReadsPerLook;
};

}  // namespace

ConnectionReader::~ConnectionReader() {
  if (file_ >= 0) close(file_);
}

int ConnectionReader::open(ConstRecord query) {
  constexpr size_t kCursorAt = fieldIndex(kQueryLayout, "cursor");
  constexpr size_t kRowsAt = fieldIndex(kQueryLayout, "rows");
  constexpr size_t kSourceAt = fieldIndex(kQueryLayout, "source");
  cursor_ = query.get<uint32_t>(kQuery.fields[kCursorAt]);
  rows_ = query.get<uint32_t>(kQuery.fields[kRowsAt]);
  if (rows_ == 0 || rows_ > kMostRows) return -EINVAL;
  source_ = query.get<uint8_t>(kQuery.fields[kSourceAt]) == 1 ? ConnectionSource::kSync
                                                              : ConnectionSource::kConnections;
  constexpr size_t kSampleAt = fieldIndex(kQueryLayout, "sample");
  unread_ = query.has(kSampleAt) ? query.get<uint32_t>(kQuery.fields[kSampleAt]) : UINT64_MAX;
  constexpr size_t kByAt = fieldIndex(kQueryLayout, "by");
  if (query.has(kByAt)) {
    counts_ = std::make_unique<ConnectionCounts>(query.get<uint8_t>(kQuery.fields[kByAt]));
  }
  filter_ = ConnectionFilter(query);
  filters_ = !filter_.keepsAll();
  // /proc/net belongs to the process; a thread may be in another namespace.
  file_ = ::open(source_ == ConnectionSource::kSync ? "/proc/thread-self/net/ip_vs_conn_sync"
                                                    : "/proc/thread-self/net/ip_vs_conn",
                 O_RDONLY | O_CLOEXEC);
  if (file_ < 0) return -errno;
  buffer_.resize(kBufferSize);
  return 0;
}

int ConnectionReader::fill() {
  memmove(buffer_.data(), buffer_.data() + start_, end_ - start_);
  end_ -= start_;
  start_ = 0;
  if (end_ == buffer_.size()) return -EBADMSG;  // a line longer than any the kernel prints
  ssize_t count = -1;
  do {
    count = read(file_, buffer_.data() + end_, buffer_.size() - end_);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return -errno;
  ended_ = count == 0;
  end_ += static_cast<size_t>(count);
  return 0;
}

bool ConnectionReader::nextLine(std::string_view* line) {
  const char* from = buffer_.data() + start_;
  const void* newline = memchr(from, '\n', end_ - start_);
  if (newline == nullptr) return false;
  *line = {from, static_cast<size_t>(static_cast<const char*>(newline) - from)};
  start_ += line->size() + 1;
  return true;
}

// Counts the line, or makes a row of it; true when it made one.
bool ConnectionReader::take(std::string_view line, ResultWriter& results, uint16_t tableIndex) {
  ConnectionColumns columns;
  if (!splitConnection(line, &columns)) return false;
  if (filters_ && !filter_.keeps(columns)) return false;
  if (counts_ == nullptr) return writeConnection(columns, source_, tableIndex, &results);
  counts_->add(line, columns);
  return false;
}

int ConnectionReader::page(ResultWriter& results, uint16_t tableIndex, uint16_t countIndex) {
  PageTime time;
  for (size_t rows = 0; rows < rows_;) {
    std::string_view line;
    if (unread_ == 0 || !nextLine(&line)) {
      if (unread_ == 0 || ended_) {
        if (counts_ != nullptr) counts_->write(results, tableIndex, countIndex, source_);
        return 1;
      }
      if (time.isUp()) return 0;
      if (const int error = fill()) return error;
      continue;
    }
    if (!headerSeen_) {
      headerSeen_ = true;
      continue;
    }
    --unread_;
    if (take(line, results, tableIndex)) ++rows;
  }
  return 0;
}

}  // namespace lvs::ipvs
