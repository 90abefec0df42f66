// What the fields of a request say about its body and its connection.
#include <gtest/gtest.h>

#include <string>

#include "unit/http/http1/requests.hpp"

namespace ferroway::http1 {
namespace {

using http::field_id;
using http::framing;

// RFC 9112, 6: request smuggling lives here.
TEST(request_framing, refuses_every_ambiguous_framing) {
  constexpr fault bad = fault::malformed;
  constexpr std::string_view both = "both Content-Length and Transfer-Encoding";
  constexpr std::string_view two_lengths = "two Content-Length fields";
  constexpr std::string_view bad_length = "an invalid Content-Length";
  constexpr std::string_view coding = "a Transfer-Encoding other than chunked";
  constexpr std::string_view two_codings = "two Transfer-Encoding fields";
  const auto post = [](std::string fields) {
    return get("Host: a\r\n" + fields + "\r\n", "POST / HTTP/1.1");
  };
  const refused cases[] = {
      {"CL.TE", post("Content-Length: 6\r\nTransfer-Encoding: chunked"), bad, both},
      {"TE.CL", post("Transfer-Encoding: chunked\r\nContent-Length: 4"), bad, both},
      {"CL.TE, zero", post("Content-Length: 0\r\nTransfer-Encoding: chunked"), bad, both},
      {"CL.TE, unknown coding", post("Content-Length: 6\r\nTransfer-Encoding: xchunked"), bad,
       both},
      {"TE.TE", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: cow"), bad, two_codings},
      {"TE.TE equal", post("Transfer-Encoding: chunked\r\nTransfer-encoding: chunked"), bad,
       two_codings},
      {"TE.TE identity", post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked"), bad,
       two_codings},
      {"xchunked", post("Transfer-Encoding: xchunked"), bad, coding},
      {"chunked twice", post("Transfer-Encoding: chunked, chunked"), bad, coding},
      {"gzip, chunked", post("Transfer-Encoding: gzip, chunked"), bad, coding},
      {"chunked, gzip", post("Transfer-Encoding: chunked, gzip"), bad, coding},
      {"chunked, identity", post("Transfer-Encoding: chunked, identity"), bad, coding},
      {"identity", post("Transfer-Encoding: identity"), bad, coding},
      {"empty coding", post("Transfer-Encoding:"), bad, coding},
      {"leading comma", post("Transfer-Encoding: ,chunked"), bad, coding},
      {"trailing comma", post("Transfer-Encoding: chunked,"), bad, coding},
      {"quoted", post("Transfer-Encoding: \"chunked\""), bad, coding},
      {"parameter", post("Transfer-Encoding: chunked;q=1"), bad, coding},
      {"high byte", post("Transfer-Encoding: chunked\xa0"), bad, coding},
      {"HTTP/1.0", get("Transfer-Encoding: chunked\r\n", "POST / HTTP/1.0"), bad,
       "Transfer-Encoding in HTTP/1.0"},
      {"two lengths", post("Content-Length: 1\r\nContent-Length: 2"), bad, two_lengths},
      {"two equal lengths", post("Content-Length: 1\r\ncontent-length: 1"), bad, two_lengths},
      {"list", post("Content-Length: 1, 1"), bad, bad_length},
      {"plus", post("Content-Length: +1"), bad, bad_length},
      {"minus", post("Content-Length: -1"), bad, bad_length},
      {"hexadecimal", post("Content-Length: 0x1"), bad, bad_length},
      {"fraction", post("Content-Length: 1.0"), bad, bad_length},
      {"empty length", post("Content-Length:"), bad, bad_length},
      {"inner space", post("Content-Length: 1 1"), bad, bad_length},
      {"overflow of 64 bits", post("Content-Length: 18446744073709551617"), bad, bad_length},
      {"overflow of 63 bits", post("Content-Length: 9223372036854775808"), bad, bad_length},
      {"quoted length", post("Content-Length: \"1\""), bad, bad_length},
      {"space before colon", post("Transfer-Encoding : chunked"), bad,
       "white space in or after a field name"},
      {"folded value", post("Transfer-Encoding:\r\n chunked"), bad, "a folded field line"},
      {"folded away", post("X: x\r\n Content-Length: 5"), bad, "a folded field line"},
      {"hidden by LF", post("X: x\nTransfer-Encoding: chunked"), bad,
       "a bare line feed in the head"},
      {"hidden by CR", post("X: x\rTransfer-Encoding: chunked"), bad,
       "a bare carriage return in the head"},
      {"leading byte order mark",
       post("\xef\xbb\xbf"
            "Content-Length: 5"),
       bad, "an invalid byte in a field name"},
  };
  for (const refused& wanted : cases) expect_refused(wanted);
}

TEST(request_framing, reads_framing) {
  const auto chunked =
      read_request(get("Host: a\r\nTransfer-Encoding: \tChunKed\r\n", "PUT / HTTP/1.1"));
  ASSERT_TRUE(*chunked);
  EXPECT_EQ(chunked->head.body.is, framing::kind::chunked);
  for (const auto& [text, length] : {std::pair<std::string, std::uint64_t>{"0", 0},
                                     {"0042", 42},
                                     {"9223372036854775807", 9223372036854775807U}}) {
    const auto read = read_request(get("Host: a\r\nContent-Length: " + text + "\r\n"));
    ASSERT_TRUE(*read) << text;
    EXPECT_EQ(read->head.body.is, framing::kind::length);
    EXPECT_EQ(read->head.body.length, length);
  }
  const auto unrelated =
      read_request(get("Host: a\r\nContent_Length: 5\r\nTransfer_Encoding: x\r\n"));
  ASSERT_TRUE(*unrelated);
  EXPECT_EQ(unrelated->head.body.is, framing::kind::none);
}

// RFC 9112, 9.3.
TEST(request_framing, decides_whether_the_connection_stays) {
  struct {
    std::string_view version, fields;
    bool stays;
  } const cases[] = {
      {"1.1", "", true},
      {"1.1", "Connection: close\r\n", false},
      {"1.1", "Connection: x, CLOSE ,y\r\n", false},
      {"1.1", "Connection: keep-alive\r\nConnection: close\r\n", false},
      {"1.1", "Connection: closed\r\n", true},
      {"1.0", "", false},
      {"1.0", "Connection: Keep-Alive\r\n", true},
      {"1.0", "Connection: keep-alive, close\r\n", false},
      {"1.0", "Keep-Alive: 5\r\n", false},
  };
  for (const auto& [spoken, fields, stays] : cases) {
    const auto read = read_request(
        get(std::string("Host: a\r\n").append(fields), std::string("GET / HTTP/").append(spoken)));
    ASSERT_TRUE(*read) << fields;
    EXPECT_EQ(read->head.keep_alive, stays) << spoken << " " << fields;
  }
  std::string many = "Host: a\r\nConnection: a";
  for (int i = 0; i < 40; ++i) many += ",a";
  expect_refused({"flood", get(many + "\r\n"), fault::malformed, "too many Connection options"});
}

// RFC 9110, 10.1.1.
TEST(request_framing, understands_one_expectation) {
  const std::string body = "Content-Length: 1\r\n";
  const auto one = read_request(get("Host: a\r\nExpect: 100-Continue\r\n" + body));
  ASSERT_TRUE(*one);
  EXPECT_TRUE(one->head.expects_continue);
  EXPECT_TRUE(one->head.fields.has(field_id::expect));
  const auto old = read_request(get("Expect: 100-continue\r\n" + body, "POST / HTTP/1.0"));
  ASSERT_TRUE(*old);
  EXPECT_FALSE(old->head.expects_continue);
  EXPECT_FALSE(old->head.fields.has(field_id::expect));
  const auto bodiless =
      read_request(get("Host: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n"));
  ASSERT_TRUE(*bodiless);
  EXPECT_FALSE(bodiless->head.expects_continue);
  for (const std::string_view other :
       {"200-ok", "", "100-continue, x", "100-continue\r\nExpect: 100-continue"}) {
    expect_refused({"other",
                    get(std::string("Host: a\r\nExpect: ").append(other).append("\r\n") + body),
                    fault::expectation_failed, "an expectation other than 100-continue"});
  }
}

// RFC 6455, 4.1.
TEST(request_framing, recognises_a_websocket_handshake) {
  const std::string host = "Host: a\r\n";
  const std::string keys =
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
  const std::string upgrade = "Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n";
  const auto wanted = [](const std::string& fields, std::string_view start = "GET / HTTP/1.1") {
    const auto read = read_request(get(fields, start));
    EXPECT_TRUE(*read) << read->detail();
    return read->head.wants_websocket;
  };
  EXPECT_TRUE(wanted(host + upgrade + keys));
  EXPECT_TRUE(wanted(host + upgrade + keys + "Content-Length: 0\r\n"));
  EXPECT_FALSE(wanted(host + upgrade));
  EXPECT_FALSE(wanted(host + keys));
  EXPECT_FALSE(wanted(host + upgrade + keys, "POST / HTTP/1.1"));
  EXPECT_FALSE(wanted(host + upgrade + keys, "GET / HTTP/1.0"));
  EXPECT_FALSE(wanted(host + keys + "Upgrade: websocket\r\n"));
  EXPECT_FALSE(wanted(host + keys + "Connection: Upgrade\r\nUpgrade: h2c\r\n"));
  EXPECT_FALSE(wanted(host + keys + "Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n"));
  EXPECT_FALSE(wanted(host + upgrade + keys + "Upgrade: h2c\r\n"));
  for (const std::string body : {"Content-Length: 1\r\n", "Transfer-Encoding: chunked\r\n"}) {
    expect_refused({"body", get(host + upgrade + keys + body), fault::malformed,
                    "a body on a WebSocket handshake"});
  }
}

}  // namespace
}  // namespace ferroway::http1
