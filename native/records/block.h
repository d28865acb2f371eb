// What crosses between TypeScript and the thread, both ways: length-prefixed blocks. A block is a
// record of a known table, or free text; requests and results are headers followed by blocks.
#pragma once

#include <cstddef>
#include <cstdint>

#include "records/bytes.h"
#include "records/field.h"

namespace lvs {

struct BlockHeader {
  uint32_t size;   // of the body, which is padded to a multiple of 8
  uint16_t table;  // index into the protocol's tables, or kTextBlock, kBytesBlock
  uint16_t tag;    // what a text is about: TextTag
};

constexpr uint16_t kTextBlock = 0xffff;
constexpr uint16_t kBytesBlock = 0xfffe;

enum TextTag : uint16_t {
  kPlainText = 0,
  kKernelMessage = 1,   // the extended ack's text
  kOffendingField = 2,  // the name of the field that the kernel, or the encoder, refused
};

struct RequestHeader {
  uint32_t size;  // of the whole request, this header included
  uint32_t id;
  uint16_t operation;  // index into the protocol's operations
  uint16_t reserved;
  uint32_t argument;  // free for operations that need one number and no record
};

enum ResultFlag : uint32_t {
  kMore = 1,         // further results for this id follow
  kLost = 2,         // the kernel's answer did not arrive: the outcome has to be read back
  kInterrupted = 4,  // the dump raced with a change (NLM_F_DUMP_INTR)
  kCancelled = 8,    // withdrawn before it was handed to the kernel
  kEnd = 16,         // a listing that is read in pages has no further page
};

struct ResultHeader {
  uint32_t size;  // of the whole result, this header included
  uint32_t id;
  uint32_t count;  // that many consecutive ids, from id on, share this result
  int32_t error;   // 0 or a negative errno
  uint32_t flags;
  uint32_t reserved;
};
static_assert(sizeof(ResultHeader) % 8 == 0 && sizeof(RequestHeader) % 8 == 0,
              "blocks start on a multiple of 8");

struct Block {
  BlockHeader header{};
  const uint8_t* body = nullptr;
};

// The record that a block holds, of which only the first fields may have come: it is copied to
// `room` then, which has the table's size. Null: it is no record of the table.
const uint8_t* wholeRecord(const Block& block, const Table& table, uint8_t* room);

// Walks the blocks of one request. Every length is checked against what is really there.
class BlockReader {
 public:
  BlockReader(const uint8_t* at, size_t size) : at_(at), end_(at + size) {}
  bool next(Block* block);

 private:
  const uint8_t* at_;
  const uint8_t* end_;
};

struct Request {
  RequestHeader header{};
  const uint8_t* body = nullptr;
  size_t bodySize = 0;
  BlockReader blocks() const { return BlockReader(body, bodySize); }
};

// Walks the requests of one submitted batch.
class RequestReader {
 public:
  RequestReader(const uint8_t* at, size_t size) : at_(at), end_(at + size) {}
  bool next(Request* request);

 private:
  const uint8_t* at_;
  const uint8_t* end_;
};

// Results on their way to TypeScript. Successes without rows that follow one another share one
// header.
class ResultWriter {
 public:
  void begin(uint32_t id);
  // A zeroed record, to be filled in before the next call.
  uint8_t* record(uint16_t tableIndex, const Table& table);
  // The same without the last fields, none of which is set: so many bytes, a multiple of 8.
  uint8_t* shortRecord(uint16_t tableIndex, size_t size);
  // Records of a table, one behind the other, in one block.
  void records(uint16_t tableIndex, const uint8_t* records, size_t size);
  // Takes back the last record (a row that turned out to be malformed or filtered out).
  void dropRecord(const Table& table);
  // Takes back what was written since size() was this much.
  void cutBack(size_t size) { buffer_.resize(size); }
  void text(TextTag tag, const char* text, size_t length);
  void bytes(uint16_t tag, const uint8_t* data, size_t length);
  // A block of bytes that come piece by piece: room for each, to be filled in before the next call.
  // About so many may be expected, in this block and behind it.
  void beginBytes(uint16_t tag, size_t expected);
  uint8_t* moreBytes(size_t length) {
    const size_t at = buffer_.size();
    buffer_.resize(at + length);
    return buffer_.data() + at;
  }
  void endBytes();
  void end(int error, uint32_t flags = 0);
  void success(uint32_t id);
  void failure(uint32_t id, int error, uint32_t flags = 0);

  size_t size() const { return buffer_.size(); }
  // Nothing was written, and nothing can be without new memory.
  bool roomless() const { return buffer_.capacity() == 0; }
  size_t resultSize() const { return buffer_.size() - start_; }
  // What was written so far; the writer goes on in `room`, which is empty.
  Bytes take(Bytes room);

 private:
  uint8_t* block(uint16_t table, uint16_t tag, size_t bodySize);

  Bytes buffer_;
  size_t start_ = 0;
  size_t bytesStart_ = 0;          // where the block lies whose bytes come piece by piece
  size_t lastSuccess_ = SIZE_MAX;  // where the header lies that further successes may join
};

}  // namespace lvs
