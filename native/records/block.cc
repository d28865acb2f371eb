#include "records/block.h"

#include <cstring>

#include "records/record.h"

namespace lvs {
namespace {

size_t padded(size_t size) { return (size + 7) & ~size_t{7}; }

}  // namespace

const uint8_t* wholeRecord(const Block& block, const Table& table, uint8_t* room) {
  const size_t size = block.header.size;
  if (size == table.size) return block.body;
  if (size > table.size || size < sizeof(uint64_t)) return nullptr;
  memset(room, 0, table.size);
  memcpy(room, block.body, size);
  return room;
}

bool BlockReader::next(Block* block) {
  const size_t left = static_cast<size_t>(end_ - at_);
  if (left < sizeof(BlockHeader)) return false;
  block->header = load<BlockHeader>(at_);
  if (block->header.size > left - sizeof(BlockHeader)) return false;
  block->body = at_ + sizeof(BlockHeader);
  const size_t whole = sizeof(BlockHeader) + padded(block->header.size);
  at_ = whole > left ? end_ : at_ + whole;
  return true;
}

bool RequestReader::next(Request* request) {
  const size_t left = static_cast<size_t>(end_ - at_);
  if (left < sizeof(RequestHeader)) return false;
  request->header = load<RequestHeader>(at_);
  const size_t size = request->header.size;
  if (size < sizeof(RequestHeader) || size > left) return false;
  request->body = at_ + sizeof(RequestHeader);
  request->bodySize = size - sizeof(RequestHeader);
  at_ += size;
  return true;
}

void ResultWriter::begin(uint32_t id) {
  start_ = buffer_.size();
  ResultHeader header{};
  header.id = id;
  header.count = 1;
  buffer_.resize(start_ + sizeof header);
  memcpy(buffer_.data() + start_, &header, sizeof header);
}

// Its padding is zero, its body whatever the caller writes there.
uint8_t* ResultWriter::block(uint16_t table, uint16_t tag, size_t bodySize) {
  const size_t at = buffer_.size();
  const size_t whole = padded(bodySize);
  buffer_.resize(at + sizeof(BlockHeader) + whole);
  store(buffer_.data() + at, BlockHeader{static_cast<uint32_t>(bodySize), table, tag});
  uint8_t* body = buffer_.data() + at + sizeof(BlockHeader);
  memset(body + bodySize, 0, whole - bodySize);
  return body;
}

uint8_t* ResultWriter::record(uint16_t tableIndex, const Table& table) {
  return shortRecord(tableIndex, table.size);
}

uint8_t* ResultWriter::shortRecord(uint16_t tableIndex, size_t size) {
  uint8_t* body = block(tableIndex, 0, size);
  memset(body, 0, size);
  return body;
}

void ResultWriter::records(uint16_t tableIndex, const uint8_t* records, size_t size) {
  uint8_t* body = block(tableIndex, 0, size);
  if (size != 0) memcpy(body, records, size);
}

void ResultWriter::dropRecord(const Table& table) {
  buffer_.resize(buffer_.size() - sizeof(BlockHeader) - padded(table.size));
}

void ResultWriter::text(TextTag tag, const char* text, size_t length) {
  if (length != 0) memcpy(block(kTextBlock, tag, length), text, length);
}

void ResultWriter::bytes(uint16_t tag, const uint8_t* data, size_t length) {
  uint8_t* body = block(kBytesBlock, tag, length);
  if (length != 0) memcpy(body, data, length);
}

void ResultWriter::beginBytes(uint16_t tag, size_t expected) {
  bytesStart_ = buffer_.size();
  buffer_.reserve(bytesStart_ + expected);
  block(kBytesBlock, tag, 0);
}

void ResultWriter::endBytes() {
  BlockHeader header = load<BlockHeader>(buffer_.data() + bytesStart_);
  const size_t size = buffer_.size() - bytesStart_ - sizeof header;
  header.size = static_cast<uint32_t>(size);
  store(buffer_.data() + bytesStart_, header);
  const size_t padding = padded(size) - size;
  memset(moreBytes(padding), 0, padding);
}

void ResultWriter::end(int error, uint32_t flags) {
  ResultHeader header = load<ResultHeader>(buffer_.data() + start_);
  header.size = static_cast<uint32_t>(buffer_.size() - start_);
  header.error = error;
  header.flags = flags;
  store(buffer_.data() + start_, header);
  lastSuccess_ = SIZE_MAX;
}

void ResultWriter::success(uint32_t id) {
  if (lastSuccess_ != SIZE_MAX) {
    ResultHeader header = load<ResultHeader>(buffer_.data() + lastSuccess_);
    if (header.id + header.count == id) {
      ++header.count;
      store(buffer_.data() + lastSuccess_, header);
      return;
    }
  }
  begin(id);
  end(0);
  lastSuccess_ = start_;
}

void ResultWriter::failure(uint32_t id, int error, uint32_t flags) {
  begin(id);
  end(error, flags);
}

Bytes ResultWriter::take(Bytes room) {
  lastSuccess_ = SIZE_MAX;
  start_ = 0;
  room.swap(buffer_);
  return room;
}

}  // namespace lvs
