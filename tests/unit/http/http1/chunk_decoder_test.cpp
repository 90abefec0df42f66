#include "http/http1/chunk_decoder.hpp"

#include <gtest/gtest.h>

#include "unit/http/http1/reading.hpp"

namespace ferroway::http1 {
namespace {

TEST(chunk_decoder, takes_the_framing_off) {
  struct {
    std::string_view bytes, data;
    std::size_t consumed;
  } const cases[] = {
      {"0\r\n", "", 3},
      {"5\r\nhello\r\n0\r\n\r\n", "hello", 13},
      {"5\r\nhello\r\n1\r\n!\r\n000\r\nGET / HTTP", "hello!", 21},
      {"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n", "01234567890123456789", 33},
      {"5;name=value\r\nhello\r\n0;x\r\n", "hello", 26},
      {"5;a=\"quoted ; \t\xe4\"\r\nhello\r\n0\r\n", "hello", 29},
      {"00000000000000000000005\r\nhello\r\n0\r\n", "hello", 35},
      {"2\r\n\r\n\r\n0\r\n", "\r\n", 10},
  };
  for (const auto& [bytes, data, consumed] : cases) {
    const decoded read = decode_chunks(bytes);
    EXPECT_EQ(read.detail, "") << bytes;
    EXPECT_TRUE(read.ended) << bytes;
    EXPECT_EQ(read.data, data) << bytes;
    EXPECT_EQ(read.consumed, consumed) << bytes;
  }
}

TEST(chunk_decoder, hands_out_views_of_the_input_in_bulk) {
  chunk_decoder decoder(side::client);
  const std::string_view input = "8\r\n01234567\r\n";
  const auto step = decoder.next(input);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->data, "01234567");
  EXPECT_EQ(step->data.data(), input.data() + 3);
  EXPECT_FALSE(step->end_of_data);
}

TEST(chunk_decoder, takes_the_largest_size_and_no_larger_one) {
  EXPECT_EQ(decode_chunks("7fffffffffffffff\r\nab").data, "ab");
  for (const std::string_view size : {"8000000000000000", "ffffffffffffffff", "10000000000000000",
                                      "10000000000000005", "fffffffffffffffffffff"}) {
    EXPECT_EQ(decode_chunks(std::string(size) + "\r\n").detail, "a chunk size that overflows")
        << size;
  }
}

TEST(chunk_decoder, refuses_inexact_framing) {
  constexpr std::string_view size = "an invalid chunk size";
  constexpr std::string_view longer = "a chunk that is longer than its size";
  constexpr std::string_view bare_cr = "a bare carriage return in a chunk size";
  constexpr std::string_view extension = "a control byte in a chunk extension";
  struct {
    std::string_view bytes, detail;
  } const cases[] = {
      {"\r\n", size},
      {";x\r\n", size},
      {"g\r\n", size},
      {"0x5\r\nhello\r\n", size},
      {"-5\r\n", size},
      {"+5\r\n", size},
      {" 5\r\n", size},
      {"5 \r\nhello\r\n", size},
      {"5 ;x\r\nhello\r\n", size},
      {"5\t\r\n", size},
      {"5\nhello\r\n", size},
      {"5,5\r\n", size},
      {"5\rhello", bare_cr},
      {"5\r\r\nhello", bare_cr},
      {"5;x\nhello\r\n0\r\n\r\n", extension},
      {"5;x\rX", bare_cr},
      {{"5;x\0\r\n", 6}, extension},
      {"5;\x7f\r\n", extension},
      {"5\r\nhello!\r\n", longer},
      {"5\r\nhello\n0\r\n", longer},
      {"5\r\nhello\rx", longer},
      {"5\r\nhello0\r\n", longer},
      {"5\r\nhello\r\n\r\n0\r\n", size},
  };
  for (const auto& [bytes, detail] : cases) {
    const decoded read = decode_chunks(bytes);
    EXPECT_EQ(read.detail, detail) << bytes;
    EXPECT_FALSE(read.ended) << bytes;
  }
}

TEST(chunk_decoder, bounds_each_size_line) {
  const std::string fits(chunk_decoder::size_line_bytes_max - 2, 'x');
  EXPECT_TRUE(decode_chunks("0;" + fits + "\r\n").ended);
  EXPECT_EQ(decode_chunks("0;" + fits + "x").detail, "a chunk extension that is too long");
  const std::string zeros(chunk_decoder::size_line_bytes_max + 1, '0');
  EXPECT_EQ(decode_chunks(zeros).detail, "a chunk size that is too long");
  // The bound is on a line, not on the body.
  std::string many;
  for (int i = 0; i < 10; ++i) many += "1;" + fits + "\r\na\r\n";
  EXPECT_EQ(decode_chunks(many + "0\r\n").data, "aaaaaaaaaa");
}

TEST(chunk_decoder, names_its_side) {
  chunk_decoder decoder(side::upstream);
  const auto step = decoder.next("x");
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().kind, fault::malformed);
  EXPECT_EQ(step.error().from, side::upstream);
}

}  // namespace
}  // namespace ferroway::http1
