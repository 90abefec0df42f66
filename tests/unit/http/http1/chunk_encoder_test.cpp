#include "http/http1/chunk_encoder.hpp"

#include <gtest/gtest.h>

#include <string>

#include "unit/http/http1/reading.hpp"

namespace ferroway::http1 {
namespace {

std::string text_of(const io::gather& bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.count(); ++i) text += bytes[i];
  return text;
}

class chunks : public testing::Test {
 protected:
  std::string piece(std::string_view text) {
    buffer bytes = pool.acquire(text.size());
    bytes.append(text);
    return text_of(encoder.piece(std::move(bytes)));
  }

  buffer_pool pool;
  arena memory;
  chunk_encoder encoder{pool};
};

TEST_F(chunks, EachPieceIsAWholeChunk) {
  EXPECT_EQ(piece("abc"), "3\r\nabc\r\n") << "a reader of events must not wait for the next one";
  EXPECT_EQ(piece(std::string(255, 'x')), "ff\r\n" + std::string(255, 'x') + "\r\n");
  EXPECT_EQ(piece(std::string(70000, 'x')).substr(0, 7), "11170\r\n");
}

TEST_F(chunks, EndWithAnEmptyOne) {
  EXPECT_EQ(text_of(encoder.last(nullptr)), "0\r\n\r\n");
  EXPECT_EQ(pool.bytes_lent(), 0U);
}

TEST_F(chunks, TrailersStandBehindTheLast) {
  http::field_list trailers;
  trailers.add(memory, "X-Sum", "7");
  trailers.add(memory, "X-Other", "");
  EXPECT_EQ(text_of(encoder.last(&trailers)), "0\r\nX-Sum: 7\r\nX-Other: \r\n\r\n");
}

TEST_F(chunks, WhatIsWrittenReadsBackTheSame) {
  std::string written;
  std::string meant;
  for (const std::size_t bytes : {1U, 9U, 16U, 4096U, 65536U}) {
    const std::string text(bytes, static_cast<char>('a' + bytes % 20));
    meant += text;
    written += piece(text);
  }
  written += text_of(encoder.last(nullptr));
  const decoded read = decode_chunks(written);
  EXPECT_EQ(read.data, meant);
  EXPECT_TRUE(read.ended) << read.detail;
}

TEST_F(chunks, ASizeLineCanStandBehindAHead) {
  buffer out = pool.acquire();
  out.append("HEAD");
  chunk_encoder::open(out, 0x1000);
  EXPECT_EQ(out.view(), "HEAD1000\r\n");
}

}  // namespace
}  // namespace ferroway::http1
