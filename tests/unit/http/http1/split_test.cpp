// However the network cuts a message, verdict and message are those of the whole: for valid and
// hostile inputs, over every cut in two, byte by byte, and seeded cuts in many.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/random.hpp"
#include "unit/http/http1/reading.hpp"

namespace ferroway::http1 {
namespace {

std::string describe(const http::field_list& fields) {
  std::string text;
  for (const http::field& item : fields) {
    text.append(item.name()).append("=").append(item.value()).append("\n");
  }
  return text;
}

std::string describe_request(std::string_view bytes, const cuts& at) {
  const auto read = read_request(bytes, {}, at);
  if (!*read) return std::string(to_string(read->kind())).append(": ").append(read->detail());
  const http::request_head& head = read->head;
  return std::string(head.method_text)
      .append(" ")
      .append(head.path)
      .append(" ")
      .append(head.query)
      .append(" ")
      .append(head.authority)
      .append(" body ")
      .append(std::to_string(static_cast<int>(head.body.is)))
      .append(" ")
      .append(std::to_string(head.body.length))
      .append(head.keep_alive ? " keep\n" : " close\n")
      .append(describe(head.fields));
}

std::string describe_response(std::string_view bytes, const cuts& at) {
  const auto read = read_response(bytes, http::method::get, {}, at);
  if (!*read) return std::string(to_string(read->kind())).append(": ").append(read->detail());
  const http::response_head& head = read->head;
  return std::to_string(head.status)
      .append(head.reason)
      .append(" body ")
      .append(std::to_string(static_cast<int>(head.body.is)))
      .append(head.keep_alive ? " keep\n" : " close\n")
      .append(describe(head.fields));
}

std::string describe_chunks(std::string_view bytes, const cuts& at) {
  const decoded read = decode_chunks(bytes, at);
  return read.data + "|" + read.detail + "|" + (read.ended ? "ended " : "open ") +
         std::to_string(read.consumed);
}

void expect_same_however_split(std::string_view bytes,
                               std::string (*describe_it)(std::string_view, const cuts&)) {
  const std::string whole = describe_it(bytes, {});
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    ASSERT_EQ(describe_it(bytes, {cut}), whole) << "cut at " << cut << " of\n" << bytes;
  }
  cuts every_byte;
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) every_byte.push_back(cut);
  ASSERT_EQ(describe_it(bytes, every_byte), whole) << "byte by byte:\n" << bytes;
  random_source random(bytes.size());
  for (int round = 0; round < 50; ++round) {
    cuts some(random.below(8));
    for (std::size_t& cut : some) cut = random.below(bytes.size() + 1);
    std::ranges::sort(some);
    ASSERT_EQ(describe_it(bytes, some), whole) << "in many of\n" << bytes;
  }
}

TEST(split, requests) {
  const std::string browser =
      "GET /very/long/path/that/goes/over/several/vector/widths?and=a&query=too HTTP/1.1\r\n"
      "Host: www.example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: */*\r\n"
      "Accept-Encoding: gzip, deflate, br\r\nCookie: a=b; c=d\r\nConnection: keep-alive\r\n\r\n";
  const std::string_view cases[] = {
      browser,
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\n\r\n",
      "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
      "GET / HTTP/1.1\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\n\n",
      "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\n\r",
      "GET / HTTP/1.1\r\nHost: a\r\n\r\r",
      "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
      "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n",
      "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
      {"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 29},
      "\x16\x03\x01\x02\n\r\n\r\n",
      "",
  };
  for (const std::string_view bytes : cases) expect_same_however_split(bytes, describe_request);
}

TEST(split, responses) {
  const std::string_view cases[] = {
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: x\r\n\r\nhello",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
      "HTTP/1.1 200\r\n\r\n",
      "\r\nHTTP/1.1 200 OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: gzip\r\n\r\n",
      "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
      "HTTP/1.1 200 OK\nA: b\n\n",
      "garbage",
  };
  for (const std::string_view bytes : cases) expect_same_however_split(bytes, describe_response);
}

TEST(split, chunked_bodies) {
  const std::string extension(chunk_decoder::size_line_bytes_max, 'e');
  const std::string long_extension = "5;" + extension + "\x01\r\nhello";
  const std::string long_zeros = std::string(chunk_decoder::size_line_bytes_max + 5, '0') + "g";
  const std::string_view cases[] = {
      "5\r\nhello\r\n0\r\n\r\n",
      "5;a=b\r\nhello\r\n10\r\n0123456789abcdef\r\n0;last\r\nX: y\r\n\r\n",
      "2\r\n\r\n\r\n2\r\n0\r\r\n0\r\n\r\n",
      "5\r\nhello!\r\n0\r\n\r\n",
      "5\nhello\r\n0\r\n\r\n",
      "5;a\nb\r\nhello\r\n0\r\n\r\n",
      "5\r\nhel",
      "5\rxhello",
      "fffffffffffffffff\r\n",
      "7fffffffffffffff\r\nabc",
      "g\r\n",
      long_extension,
      long_zeros,
      "",
  };
  for (const std::string_view bytes : cases) expect_same_however_split(bytes, describe_chunks);
}

}  // namespace
}  // namespace ferroway::http1
