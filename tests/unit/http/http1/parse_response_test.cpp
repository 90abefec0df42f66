#include <gtest/gtest.h>

#include <string>

#include "unit/http/http1/reading.hpp"

namespace ferroway::http1 {
namespace {

using http::field_id;
using http::framing;
using http::method;

std::string answer(std::string_view fields, std::string_view line = "HTTP/1.1 200 OK") {
  return std::string(line).append("\r\n").append(fields).append("\r\n");
}

TEST(parse_response, reads_status_lines) {
  struct {
    std::string_view line;
    std::uint16_t status;
    std::string_view reason;
  } const cases[] = {
      {"HTTP/1.1 200 OK", 200, "OK"},
      {"HTTP/1.1 404 Not  Found ", 404, "Not  Found "},
      {"HTTP/1.1 200 ", 200, ""},
      {"HTTP/1.1 200", 200, ""},
      {"HTTP/1.0 599 \tK\xe4se", 599, "\tK\xe4se"},
      {"HTTP/1.1 100 Continue", 100, "Continue"},
  };
  for (const auto& [line, status, reason] : cases) {
    const auto read = read_response(answer("", line));
    ASSERT_TRUE(*read) << line << ": " << read->detail();
    EXPECT_EQ(read->head.status, status) << line;
    EXPECT_EQ(read->head.reason, reason) << line;
  }
}

struct refused {
  std::string_view name;
  std::string bytes;
  std::string_view detail;
};

void expect_refused(const refused& wanted) {
  const auto read = read_response(wanted.bytes);
  ASSERT_FALSE(*read) << wanted.name;
  EXPECT_EQ(read->kind(), fault::malformed) << wanted.name;
  EXPECT_EQ(read->detail(), wanted.detail) << wanted.name;
  EXPECT_EQ(read->outcome.error().from, side::upstream) << wanted.name;
}

TEST(parse_response, refuses_malformed_heads) {
  constexpr std::string_view version = "an invalid or unsupported HTTP version in the answer";
  constexpr std::string_view line = "an invalid status line";
  constexpr std::string_view status = "an invalid status";
  constexpr std::string_view range = "a status outside of 100 to 599";
  const refused cases[] = {
      {"HTTP/2", answer("", "HTTP/2.0 200 OK"), version},
      {"HTTP/0.9", "<html>\r\n\r\n", version},
      {"shoutcast", answer("", "ICY 200 OK"), version},
      {"lower case", answer("", "http/1.1 200 OK"), version},
      {"two spaces", answer("", "HTTP/1.1  200 OK"), status},
      {"tab", answer("", "HTTP/1.1\t200 OK"), line},
      {"two digits", answer("", "HTTP/1.1 20 OK"), status},
      {"four digits", answer("", "HTTP/1.1 2000 OK"), line},
      {"no space after status", answer("", "HTTP/1.1 200OK"), line},
      {"sign", answer("", "HTTP/1.1 +20 OK"), status},
      {"letters", answer("", "HTTP/1.1 2x0 OK"), status},
      {"too low", answer("", "HTTP/1.1 099 Low"), range},
      {"too high", answer("", "HTTP/1.1 600 High"), range},
      {"no status", answer("", "HTTP/1.1 "), line},
      {"version only", answer("", "HTTP/1.1"), line},
      {"empty line first", "\r\n" + answer(""), "empty lines before the head"},
      {"both framings", answer("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
       "both Content-Length and Transfer-Encoding"},
      {"two lengths", answer("Content-Length: 1\r\nContent-Length: 2\r\n"),
       "two Content-Length fields"},
      {"equal lengths", answer("Content-Length: 1\r\nContent-Length: 1\r\n"),
       "two Content-Length fields"},
      {"bad length", answer("Content-Length: 1;\r\n"), "an invalid Content-Length"},
      {"bad coding", answer("Transfer-Encoding: gzip\r\n"),
       "a Transfer-Encoding other than chunked"},
      {"coding in HTTP/1.0", answer("Transfer-Encoding: chunked\r\n", "HTTP/1.0 200 OK"),
       "Transfer-Encoding in HTTP/1.0"},
      {"folded", answer("A: b\r\n c\r\n"), "a folded field line"},
      {"space before colon", answer("A : b\r\n"), "white space in or after a field name"},
      {"bare CR", answer("A: b\rc\r\n"), "a bare carriage return in the head"},
      {"bare LF", answer("A: b\nc: d\r\n"), "a bare line feed in the head"},
      {"LF after status line", "HTTP/1.1 200 OK\nA: b\r\n\r\n", "a bare line feed in the head"},
      {"control in reason", answer("", "HTTP/1.1 200 O\x01K"), "a control byte in the head"},
  };
  for (const refused& wanted : cases) expect_refused(wanted);
}

// RFC 9112, 6.3, and whether the connection can be used again.
TEST(parse_response, decides_about_the_body) {
  using enum framing::kind;
  struct {
    std::string_view line, fields;
    method to;
    framing::kind is;
    std::uint64_t length;
    bool keep_alive;
  } const cases[] = {
      {"HTTP/1.1 200 OK", "Content-Length: 7\r\n", method::get, length, 7, true},
      {"HTTP/1.1 200 OK", "Content-Length: 0\r\n", method::get, length, 0, true},
      {"HTTP/1.1 200 OK", "Transfer-Encoding: chunked\r\n", method::get, chunked, 0, true},
      {"HTTP/1.1 200 OK", "", method::get, until_close, 0, false},
      {"HTTP/1.1 200 OK", "Content-Length: 7\r\nConnection: close\r\n", method::get, length, 7,
       false},
      {"HTTP/1.0 200 OK", "Content-Length: 7\r\n", method::get, length, 7, false},
      {"HTTP/1.0 200 OK", "Content-Length: 7\r\nConnection: keep-alive\r\n", method::get, length, 7,
       true},
      {"HTTP/1.0 200 OK", "Connection: keep-alive\r\n", method::get, until_close, 0, false},
      {"HTTP/1.1 200 OK", "Content-Length: 7\r\n", method::head, none, 0, true},
      {"HTTP/1.1 200 OK", "Transfer-Encoding: chunked\r\n", method::head, none, 0, true},
      {"HTTP/1.1 200 OK", "", method::head, none, 0, true},
      {"HTTP/1.1 304 Not Modified", "Content-Length: 7\r\n", method::get, none, 0, true},
      {"HTTP/1.1 204 No Content", "", method::get, none, 0, true},
      {"HTTP/1.1 204 No Content", "Content-Length: 0\r\n", method::get, none, 0, true},
      {"HTTP/1.1 204 No Content", "Content-Length: 5\r\n", method::get, none, 0, false},
      {"HTTP/1.1 204 No Content", "Transfer-Encoding: chunked\r\n", method::get, none, 0, false},
      {"HTTP/1.1 103 Early Hints", "Link: x\r\n", method::get, none, 0, true},
      {"HTTP/1.1 101 Switching Protocols", "Upgrade: websocket\r\n", method::get, none, 0, true},
  };
  for (const auto& wanted : cases) {
    const auto read = read_response(answer(wanted.fields, wanted.line), wanted.to);
    ASSERT_TRUE(*read) << wanted.line << wanted.fields << ": " << read->detail();
    EXPECT_EQ(read->head.body.is, wanted.is) << wanted.line << wanted.fields;
    EXPECT_EQ(read->head.body.length, wanted.length) << wanted.line << wanted.fields;
    EXPECT_EQ(read->head.keep_alive, wanted.keep_alive) << wanted.line << wanted.fields;
  }
}

TEST(parse_response, keeps_the_length_that_head_and_304_state) {
  const auto head = read_response(answer("Content-Length: 7\r\n"), method::head);
  ASSERT_TRUE(*head);
  EXPECT_EQ(head->head.fields.value(field_id::content_length), "7");
  const auto unchanged =
      read_response(answer("Content-Length: 7\r\n", "HTTP/1.1 304 Not Modified"));
  ASSERT_TRUE(*unchanged);
  EXPECT_EQ(unchanged->head.fields.value(field_id::content_length), "7");
  EXPECT_FALSE(*read_response(answer("Content-Length: 7, 8\r\n"), method::head));
}

TEST(parse_response, keeps_repeated_fields_apart_and_in_order) {
  const auto read =
      read_response(answer("Set-Cookie: a=1\r\nContent-Length: 0\r\nSet-Cookie: b=2\r\n"));
  ASSERT_TRUE(*read);
  std::string values;
  for (const http::field& item : read->head.fields) values.append(item.value()).append(";");
  EXPECT_EQ(values, "a=1;0;b=2;");
}

TEST(parse_response, keeps_its_limit_on_fields) {
  const head_limits limits{.header_fields = 1};
  const auto read = read_response(answer("A: 1\r\nB: 2\r\n"), method::get, limits);
  ASSERT_FALSE(*read);
  EXPECT_EQ(read->kind(), fault::head_too_large);
}

struct parsed_trailers {
  arena memory;
  http::field_list fields;
  result<void> outcome;
  parsed_trailers(std::string_view section, std::size_t fields_max)
      : outcome(parse_trailers(section, fields_max, side::upstream, memory, fields)) {}
};

// RFC 9110, 6.5.1.
TEST(parse_trailers, drops_what_must_not_come_after_the_fact) {
  const parsed_trailers read(
      "Content-Length: 5\r\nTransfer-Encoding: chunked\r\nHost: evil\r\nX-Sum: 1\r\n"
      "Connection: close\r\nAuthorization: x\r\nGrpc-Status: 0\r\nContent-Length: 7\r\n"
      "X-Forwarded-For: 1.1.1.1\r\nTrailer: x\r\nCookie: a\r\nTE: x\r\nUpgrade: x\r\n\r\n",
      100);
  ASSERT_TRUE(read.outcome);
  std::string names;
  for (const http::field& item : read.fields) names.append(item.name()).append(" ");
  EXPECT_EQ(names, "X-Sum Grpc-Status ");
}

TEST(parse_trailers, is_as_strict_as_a_head_and_bounded) {
  EXPECT_TRUE(parsed_trailers("\r\n", 0).outcome);
  EXPECT_FALSE(parsed_trailers("X : 1\r\n\r\n", 9).outcome);
  EXPECT_FALSE(parsed_trailers("X: 1\r\n 2\r\n\r\n", 9).outcome);
  const parsed_trailers many("Host: a\r\nHost: b\r\n\r\n", 1);
  ASSERT_FALSE(many.outcome);
  EXPECT_EQ(many.outcome.error().kind, fault::head_too_large);
  EXPECT_EQ(many.outcome.error().from, side::upstream);
}

}  // namespace
}  // namespace ferroway::http1
