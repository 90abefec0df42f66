#include "http/http1/head_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ferroway::http1 {
namespace {

// Feeds `bytes` in pieces of `piece` and says what came of it.
struct read_result {
  result<bool> outcome = false;
  std::string head;
  std::string behind;  // what was left in the input when the head was complete
};

read_result read_in_pieces(std::string_view bytes, std::size_t piece, side from,
                           const head_limits& limits) {
  buffer_pool pool;
  arena memory;
  head_reader reader(memory, limits, from);
  read_result read;
  while (!bytes.empty()) {
    buffer input = pool.acquire(piece);
    bytes.remove_prefix(input.append(bytes.substr(0, piece)));
    read.outcome = reader.take(input);
    if (!read.outcome) break;
    if (*read.outcome) {
      read.head = reader.head();
      read.behind = std::string(input.view()) + std::string(bytes);
      break;
    }
    EXPECT_FALSE(input) << "who stops in mid-head holds no buffer";
  }
  return read;
}

constexpr std::string_view head = "GET /a?b=c HTTP/1.1\r\nHost: example.com\r\nX-A: 1\r\n\r\n";

TEST(HeadReader, FindsTheHeadInAnySplit) {
  const std::string bytes = "\r\n" + std::string(head) + "BODY and more";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    const read_result read = read_in_pieces(bytes, piece, side::client, {});
    ASSERT_TRUE(read.outcome && *read.outcome) << "pieces of " << piece;
    EXPECT_EQ(read.head, head) << "pieces of " << piece;
    EXPECT_EQ(read.behind, "BODY and more") << "pieces of " << piece;
  }
}

TEST(HeadReader, OutlivesItsInputs) {
  buffer_pool pool;
  arena memory;
  const head_limits limits;
  head_reader reader(memory, limits, side::client);
  buffer input = pool.acquire();
  input.append(head);
  ASSERT_TRUE(*reader.take(input));
  EXPECT_FALSE(input) << "nothing is left, so the buffer goes back";
  EXPECT_EQ(pool.bytes_lent(), 0U);
  EXPECT_EQ(reader.head(), head);
}

TEST(HeadReader, MalformedBytesAreRefusedAtOnceInAnySplit) {
  const std::string bytes = "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    const read_result read = read_in_pieces(bytes, piece, side::client, {});
    ASSERT_FALSE(read.outcome);
    EXPECT_EQ(read.outcome.error().kind, fault::malformed);
    EXPECT_EQ(read.outcome.error().from, side::client);
  }
}

TEST(HeadReader, AHeadOfExactlyTheLimitIsTakenAndOneByteMoreIsNot) {
  const std::size_t size = head.size();
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, size}) {
    EXPECT_TRUE(read_in_pieces(head, piece, side::client, {.head_bytes = size}).outcome);
    const read_result over = read_in_pieces(head, piece, side::client, {.head_bytes = size - 1});
    ASSERT_FALSE(over.outcome);
    EXPECT_EQ(over.outcome.error().kind, fault::head_too_large);
  }
}

TEST(HeadReader, AHeadWithoutEndIsRefusedAtTheLimit) {
  const std::string endless = "GET / HTTP/1.1\r\nX: " + std::string(100000, 'x');
  const read_result read = read_in_pieces(endless, 100, side::client, {.head_bytes = 4096});
  ASSERT_FALSE(read.outcome);
  EXPECT_EQ(read.outcome.error().kind, fault::head_too_large);
}

TEST(HeadReader, ATargetWithoutEndIs414BeforeTheHeadsLimit) {
  const std::string endless = "GET /" + std::string(20000, 'x');
  const read_result read = read_in_pieces(endless, 1000, side::client, {});
  ASSERT_FALSE(read.outcome);
  EXPECT_EQ(read.outcome.error().kind, fault::target_too_long);
}

TEST(HeadReader, AnAnswersReasonIsBoundedByItsHeadAlone) {
  const std::string long_reason =
      "HTTP/1.1 200 " + std::string(9000, 'x') + "\r\nContent-Length: 0\r\n\r\n";
  const head_limits limits{64 * 1024, 256, 0};
  EXPECT_TRUE(read_in_pieces(long_reason, 1000, side::upstream, limits).outcome);
  const read_result over =
      read_in_pieces("HTTP/1.1 200 " + std::string(70000, 'x'), 1000, side::upstream, limits);
  ASSERT_FALSE(over.outcome);
  EXPECT_EQ(over.outcome.error().kind, fault::head_too_large);
  EXPECT_EQ(over.outcome.error().from, side::upstream);
}

}  // namespace
}  // namespace ferroway::http1
