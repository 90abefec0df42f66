#include "http/http1/write.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "unit/http/http1/reading.hpp"

namespace ferroway::http1 {
namespace {

using http::framing;

struct writing : testing::Test {
  buffer_pool pool;
  arena memory;
  http::field_list fields;

  std::string request(const framing& body, std::string_view connection = "") {
    const request_line line{"POST", "/a", "", true};
    return std::string(write_request_head(pool, line, fields, body, connection).view());
  }
  std::string response(const framing& body, std::string_view connection = "",
                       std::uint16_t status = 200) {
    return std::string(
        write_response_head(pool, status, http::reason_phrase(status), fields, body, connection)
            .view());
  }
};

using kind = framing::kind;

TEST_F(writing, states_exactly_one_framing_and_it_is_the_one_given) {
  fields.add(memory, "Host", "h");
  fields.add(memory, "Content-Length", "999");
  fields.add(memory, "Transfer-Encoding", "gzip");
  fields.add(memory, "Connection", "x");
  fields.add(memory, "X-Mine", "");
  const std::string start = "POST /a? HTTP/1.1\r\nHost: h\r\nX-Mine: \r\n";
  EXPECT_EQ(request({}), start + "\r\n");
  EXPECT_EQ(request({kind::length, 0}), start + "Content-Length: 0\r\n\r\n");
  EXPECT_EQ(request({kind::length, std::numeric_limits<std::uint64_t>::max()}, "close"),
            start + "Content-Length: 18446744073709551615\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(request({kind::chunked, 7}), start + "Transfer-Encoding: chunked\r\n\r\n");
}

TEST_F(writing, answers_state_framing_too) {
  const std::string start = "HTTP/1.1 200 OK\r\n";
  EXPECT_EQ(response({}), start + "\r\n");
  EXPECT_EQ(response({kind::length, 0}), start + "Content-Length: 0\r\n\r\n");
  EXPECT_EQ(response({kind::until_close}, "close"), start + "Connection: close\r\n\r\n");
  EXPECT_EQ(response({kind::length, 1234}), start + "Content-Length: 1234\r\n\r\n");
  EXPECT_EQ(response({kind::chunked}), start + "Transfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(response({}, "", 599), "HTTP/1.1 599 \r\n\r\n");
}

// Pieces of every small size: the short copies must be right at each.
TEST_F(writing, copies_pieces_of_every_size) {
  std::string expected = "HTTP/1.1 200 OK\r\n";
  for (std::size_t size = 1; size < 80; ++size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + (i * 7 + size) % 26);
    fields.add(memory, memory.copy(text), memory.copy(text));
    expected.append(text).append(": ").append(text).append("\r\n");
  }
  EXPECT_EQ(response({}), expected + "\r\n");
}

TEST_F(writing, leaves_the_room_that_was_asked_for) {
  constexpr std::size_t room = 100 * 1024;
  const request_line line{"GET", "/", "", false};
  buffer head = write_request_head(pool, line, fields, {}, "", room);
  EXPECT_EQ(head.view(), "GET / HTTP/1.1\r\n\r\n");
  EXPECT_GE(head.room().size(), room);
  const std::string long_value(buffer_pool::small_bytes * 2, 'v');
  fields.add(memory, "X", long_value);
  EXPECT_EQ(response({}), "HTTP/1.1 200 OK\r\nX: " + long_value + "\r\n\r\n");
}

TEST_F(writing, skips_removed_fields) {
  fields.add(memory, "A", "1");
  fields.add(memory, "B", "2");
  fields.remove("a");
  EXPECT_EQ(response({}), "HTTP/1.1 200 OK\r\nB: 2\r\n\r\n");
}

TEST_F(writing, chunk_sizes_are_read_back) {
  for (const std::uint64_t size :
       {1ULL, 9ULL, 10ULL, 15ULL, 16ULL, 255ULL, 256ULL, 0x1f40ULL, 0x7fffffffffffffffULL}) {
    char text[18];
    const std::string_view line(text, write_chunk_size(text, size));
    EXPECT_TRUE(line.ends_with("\r\n"));
    EXPECT_EQ(std::stoull(std::string(line), nullptr, 16), size);
    EXPECT_NE(line.front(), '0');
  }
  char text[18];
  EXPECT_EQ(std::string_view(text, write_chunk_size(text, 0x1f40)), "1f40\r\n");
  EXPECT_EQ(write_chunk_size(text, std::numeric_limits<std::uint64_t>::max()), sizeof text);
}

TEST_F(writing, the_last_chunk_carries_trailers_but_no_framing) {
  EXPECT_EQ(write_last_chunk(pool, nullptr).view(), "0\r\n\r\n");
  fields.add(memory, "Grpc-Status", "0");
  fields.add(memory, "Content-Length", "5");
  EXPECT_EQ(write_last_chunk(pool, &fields).view(), "0\r\nGrpc-Status: 0\r\n\r\n");
}

TEST_F(writing, what_is_written_reads_back) {
  const auto read = read_request(
      "POST /x/../y?q HTTP/1.1\r\nhost: h:1\r\nX-A:  b  c \r\nContent-Length: 007\r\n\r\n");
  ASSERT_TRUE(*read);
  const http::request_head& head = read->head;
  const request_line line{head.method_text, head.path, head.query, head.has_query};
  EXPECT_EQ(write_request_head(pool, line, head.fields, head.body, "").view(),
            "POST /y?q HTTP/1.1\r\nhost: h:1\r\nX-A: b  c\r\nContent-Length: 7\r\n\r\n");
}

}  // namespace
}  // namespace ferroway::http1
