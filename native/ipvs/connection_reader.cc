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
constexpr size_t kReadsPerLook = 8;    // at the clock

uint64_t milliseconds() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000 + static_cast<uint64_t>(time.tv_nsec) / 1000000;
}

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
  constexpr size_t kByAt = fieldIndex(kQueryLayout, "by");
  constexpr uint64_t kNoFilters = uint64_t{1} << kCursorAt | uint64_t{1} << kRowsAt |
                                  uint64_t{1} << kSourceAt | uint64_t{1} << kByAt;
  filters_ = (query.presence() & ~kNoFilters) != 0;
  if (query.has(kByAt)) {
    counts_ = std::make_unique<ConnectionCounts>(query.get<uint8_t>(kQuery.fields[kByAt]));
  }
  scratch_.resize(kConnection.size);
  query_.resize(kQuery.size);
  memcpy(query_.data(), query.bytes(), kQuery.size);
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

bool ConnectionReader::nextLine(const char** line, size_t* length) {
  const char* from = buffer_.data() + start_;
  const void* newline = memchr(from, '\n', end_ - start_);
  if (newline == nullptr) return false;
  *line = from;
  *length = static_cast<size_t>(static_cast<const char*>(newline) - from);
  start_ += *length + 1;
  return true;
}

// Whether the line is one of a connection that the query names; its record is then in scratch_.
bool ConnectionReader::isWanted(const char* line, size_t length) {
  memset(scratch_.data(), 0, scratch_.size());
  return parseConnection(line, length, source_, Record(scratch_.data())) &&
         matches(ConstRecord(query_.data()), ConstRecord(scratch_.data()));
}

// Counts the line, or makes a row of it; true when it made one.
bool ConnectionReader::take(const char* line, size_t length, ResultWriter& results,
                            uint16_t tableIndex) {
  if (counts_ != nullptr) {
    if (!filters_ || isWanted(line, length)) counts_->add(line, length);
    return false;
  }
  if (!isWanted(line, length)) return false;
  memcpy(results.record(tableIndex, kConnection), scratch_.data(), scratch_.size());
  return true;
}

int ConnectionReader::page(ResultWriter& results, uint16_t tableIndex, uint16_t countIndex) {
  const uint64_t end = milliseconds() + kLongestPage;
  size_t reads = 0;
  for (size_t rows = 0; rows < rows_;) {
    const char* line = nullptr;
    size_t length = 0;
    if (!nextLine(&line, &length)) {
      if (ended_) {
        if (counts_ != nullptr) counts_->write(results, tableIndex, countIndex, source_);
        return 1;
      }
      if (++reads % kReadsPerLook == 0 && milliseconds() >= end) return 0;
      if (const int error = fill()) return error;
      continue;
    }
    if (!headerSeen_) {
      headerSeen_ = true;
      continue;
    }
    if (take(line, length, results, tableIndex)) ++rows;
  }
  return 0;
}

}  // namespace lvs::ipvs
