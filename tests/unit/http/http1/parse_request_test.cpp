#include <gtest/gtest.h>

#include <string>

#include "unit/http/http1/reading.hpp"

namespace ferroway::http1 {
namespace {

using http::field_id;
using http::framing;
using http::method;
using http::version;

std::string get(std::string_view fields, std::string_view line = "GET / HTTP/1.1") {
  return std::string(line).append("\r\n").append(fields).append("\r\n");
}

TEST(parse_request, reads_a_plain_request) {
  const auto read = read_request(
      "GET /a/b?x=1&y=%2f HTTP/1.1\r\nHost: example.com:80\r\nAccept:*/*\r\nX-Empty:\r\n"
      "X-Trimmed: \t two  words \t\r\nX-Obs: \xe4\r\n\r\n");
  ASSERT_TRUE(*read) << read->detail();
  const http::request_head& head = read->head;
  EXPECT_EQ(head.verb, method::get);
  EXPECT_EQ(head.method_text, "GET");
  EXPECT_EQ(head.target, "/a/b?x=1&y=%2f");
  EXPECT_EQ(head.path, "/a/b");
  EXPECT_TRUE(head.has_query);
  EXPECT_EQ(head.query, "x=1&y=%2f");
  EXPECT_EQ(head.authority, "example.com:80");
  EXPECT_EQ(head.spoken, version::http_1_1);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_EQ(head.body.is, framing::kind::none);
  EXPECT_EQ(head.fields.value(field_id::accept), "*/*");
  ASSERT_NE(head.fields.find("x-empty"), nullptr);
  EXPECT_EQ(head.fields.find("x-empty")->value(), "");
  EXPECT_EQ(head.fields.find("x-trimmed")->value(), "two  words");
  EXPECT_EQ(head.fields.find("x-obs")->value(), "\xe4");
}

struct refused {
  std::string_view name;
  std::string bytes;
  fault kind;
  std::string_view detail;
};

void expect_refused(const refused& wanted) {
  const auto read = read_request(wanted.bytes);
  ASSERT_FALSE(*read) << wanted.name;
  EXPECT_EQ(read->kind(), wanted.kind) << wanted.name << ": " << read->detail();
  EXPECT_EQ(read->detail(), wanted.detail) << wanted.name;
  EXPECT_EQ(read->outcome.error().from, side::client) << wanted.name;
}

std::string line(std::string_view text) { return get("Host: a\r\n", text); }

// RFC 9112, 3.
TEST(parse_request, refuses_malformed_request_lines) {
  constexpr fault bad = fault::malformed;
  const refused cases[] = {
      {"no method", line(" / HTTP/1.1"), bad, "an invalid method"},
      {"control in method", line("G\tT / HTTP/1.1"), bad, "an invalid method"},
      {"delimiter in method", line("GE(T / HTTP/1.1"), bad, "an invalid method"},
      {"high byte in method", line("G\xc3T / HTTP/1.1"), bad, "an invalid method"},
      {"long method", line(std::string(33, 'A') + " / HTTP/1.1"), bad, "a method that is too long"},
      {"method only", line("GET"), bad, "an invalid method"},
      {"two spaces before target", line("GET  / HTTP/1.1"), bad, "an empty target"},
      {"two spaces after target", line("GET /  HTTP/1.1"), bad, "an invalid HTTP version"},
      {"tab after method", line("GET\t/ HTTP/1.1"), bad, "an invalid method"},
      {"tab after target", line("GET /\tHTTP/1.1"), bad, "a request line without a version"},
      {"space at the end", line("GET / HTTP/1.1 "), bad, "an invalid HTTP version"},
      {"space in target", line("GET /a b HTTP/1.1"), bad, "an invalid HTTP version"},
      {"HTTP/0.9 form", line("GET /"), bad, "a request line without a version"},
      {"lower-case version", line("GET / http/1.1"), bad, "an invalid HTTP version"},
      {"long version", line("GET / HTTP/1.10"), bad, "an invalid HTTP version"},
      {"short version", line("GET / HTTP/1"), bad, "an invalid HTTP version"},
      {"letters in version", line("GET / HTTP/a.b"), bad, "an invalid HTTP version"},
      {"other protocol", line("GET / RTSP/1.1"), bad, "an invalid HTTP version"},
      {"2.0", line("GET / HTTP/2.0"), fault::unsupported_version,
       "only HTTP/1.0 and HTTP/1.1 are spoken here"},
      {"1.2", line("GET / HTTP/1.2"), fault::unsupported_version,
       "only HTTP/1.0 and HTTP/1.1 are spoken here"},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", fault::unsupported_version,
       "only HTTP/1.0 and HTTP/1.1 are spoken here"},
      {"folded first line", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", bad, "an invalid method"},
  };
  for (const refused& wanted : cases) expect_refused(wanted);
}

// RFC 9112, 3.2; RFC 9110, 7.1.
TEST(parse_request, refuses_malformed_targets) {
  constexpr fault bad = fault::malformed;
  constexpr std::string_view odd_path = "a control, blank or non-ASCII byte in the target";
  constexpr std::string_view odd_query = "a control, blank, non-ASCII or '#' byte in the query";
  const refused cases[] = {
      {"fragment", line("GET /a#b HTTP/1.1"), bad, "a fragment in the target"},
      {"fragment in query", line("GET /a?b#c HTTP/1.1"), bad, odd_query},
      {"backslash", line("GET /a\\b HTTP/1.1"), bad, "a backslash in the path"},
      {"high byte", line("GET /\xc3\xa4 HTTP/1.1"), bad, odd_path},
      {"high byte in query", line("GET /?\xc3\xa4 HTTP/1.1"), bad, odd_query},
      {"tab in query", line("GET /?a\tb HTTP/1.1"), bad, odd_query},
      {"relative", line("GET a HTTP/1.1"), bad, "an invalid target"},
      {"query only", line("GET ?a HTTP/1.1"), bad, "an invalid target"},
      {"star with GET", line("GET * HTTP/1.1"), bad,
       "the target * with another method than OPTIONS"},
      {"star and more", line("OPTIONS *a HTTP/1.1"), bad, "an invalid target"},
      {"authority form", line("GET a:80 HTTP/1.1"), bad, "an invalid target"},
      {"other scheme", line("GET ftp://a/ HTTP/1.1"), bad, "an invalid target"},
      {"scheme without slashes", line("GET http:a HTTP/1.1"), bad, "an invalid target"},
      {"userinfo", line("GET http://u@a/ HTTP/1.1"), bad, "user information in the target"},
      {"userinfo and password", line("GET http://u:p@a/ HTTP/1.1"), bad,
       "user information in the target"},
      {"empty authority", line("GET http:/// HTTP/1.1"), bad, "an invalid authority in the target"},
      {"bad authority", line("GET http://a:b/ HTTP/1.1"), bad,
       "an invalid authority in the target"},
      {"backslash in authority", line("GET http://a\\b/ HTTP/1.1"), bad,
       "an invalid authority in the target"},
      {"fragment in authority", line("GET http://a#b HTTP/1.1"), bad,
       "an invalid authority in the target"},
      {"CONNECT", line("CONNECT a:80 HTTP/1.1"), fault::unsupported, "CONNECT is not offered"},
      {"CONNECT to a path", line("CONNECT / HTTP/1.1"), fault::unsupported,
       "CONNECT is not offered"},
  };
  for (const refused& wanted : cases) expect_refused(wanted);
}

TEST(parse_request, takes_every_form_of_target) {
  struct {
    std::string_view line, path, query, authority;
    bool has_query;
  } const cases[] = {
      {"GET / HTTP/1.1", "/", "", "a", false},
      {"GET /? HTTP/1.1", "/", "", "a", true},
      {"GET /a/../b?c?d/../%2F\\|\"{} HTTP/1.1", "/b", "c?d/../%2F\\|\"{}", "a", true},
      {"OPTIONS * HTTP/1.1", "*", "", "a", false},
      {"GET http://B:81 HTTP/1.1", "/", "", "B:81", false},
      {"GET HTTPS://b/c/./d?e HTTP/1.1", "/c/d", "e", "b", true},
      {"GET http://b?q HTTP/1.1", "/", "q", "b", true},
      {"GET http://[::1]:80/ HTTP/1.1", "/", "", "[::1]:80", false},
      {"GET /http://u@b/ HTTP/1.1", "/http:/u@b/", "", "a", false},
  };
  for (const auto& wanted : cases) {
    const auto read = read_request(line(wanted.line));
    ASSERT_TRUE(*read) << wanted.line << ": " << read->detail();
    EXPECT_EQ(read->head.path, wanted.path) << wanted.line;
    EXPECT_EQ(read->head.query, wanted.query) << wanted.line;
    EXPECT_EQ(read->head.has_query, wanted.has_query) << wanted.line;
    EXPECT_EQ(read->head.authority, wanted.authority) << wanted.line;
    EXPECT_EQ(read->head.fields.value(field_id::host), wanted.authority) << wanted.line;
    EXPECT_EQ(read->head.fields.count(field_id::host), 1u) << wanted.line;
  }
}

TEST(parse_request, passes_on_methods_it_does_not_know) {
  const auto read = read_request(line("get / HTTP/1.1"));
  ASSERT_TRUE(*read);
  EXPECT_EQ(read->head.verb, method::other);
  EXPECT_EQ(read->head.method_text, "get");
  for (const method verb : {method::get, method::head, method::post, method::put, method::delete_,
                            method::options, method::patch, method::trace}) {
    const auto known = read_request(line(std::string(to_string(verb)) + " / HTTP/1.1"));
    ASSERT_TRUE(*known);
    EXPECT_EQ(known->head.verb, verb);
  }
}

// RFC 9112, 3.2: exactly one valid Host.
TEST(parse_request, wants_exactly_one_valid_host) {
  constexpr fault bad = fault::malformed;
  const refused cases[] = {
      {"none", get(""), bad, "no Host field"},
      {"none with absolute target", get("", "GET http://a/ HTTP/1.1"), bad, "no Host field"},
      {"two", get("Host: a\r\nHost: b\r\n"), bad, "two Host fields"},
      {"two equal", get("Host: a\r\nhost: a\r\n"), bad, "two Host fields"},
      {"two with absolute target", get("Host: a\r\nHost: a\r\n", "GET http://a/ HTTP/1.1"), bad,
       "two Host fields"},
      {"two in HTTP/1.0", get("Host: a\r\nHost: a\r\n", "GET / HTTP/1.0"), bad, "two Host fields"},
      {"empty", get("Host:\r\n"), bad, "an invalid Host"},
      {"list", get("Host: a, b\r\n"), bad, "an invalid Host"},
      {"path", get("Host: a/b\r\n"), bad, "an invalid Host"},
      {"userinfo", get("Host: u@a\r\n"), bad, "an invalid Host"},
      {"bad one beside absolute target", get("Host: a/b\r\n", "GET http://a/ HTTP/1.1"), bad,
       "an invalid Host"},
  };
  for (const refused& wanted : cases) expect_refused(wanted);

  const auto old = read_request(get("", "GET / HTTP/1.0"));
  ASSERT_TRUE(*old) << old->detail();
  EXPECT_EQ(old->head.authority, "");
  EXPECT_FALSE(old->head.fields.has(field_id::host));
}

TEST(parse_request, the_authority_of_an_absolute_target_replaces_host) {
  for (const std::string_view start : {"GET http://real/ HTTP/1.1", "GET http://real/ HTTP/1.0"}) {
    const auto read = read_request(get("Host: fake\r\n", start));
    ASSERT_TRUE(*read) << read->detail();
    EXPECT_EQ(read->head.authority, "real");
    EXPECT_EQ(read->head.fields.value(field_id::host), "real");
  }
  const auto old = read_request(get("", "GET http://real/ HTTP/1.0"));
  ASSERT_TRUE(*old);
  EXPECT_EQ(old->head.fields.value(field_id::host), "real");
}

// RFC 9112, 5.
TEST(parse_request, refuses_malformed_fields) {
  constexpr fault bad = fault::malformed;
  constexpr std::string_view odd = "an invalid byte in a field name";
  constexpr std::string_view blank = "white space in or after a field name";
  const refused cases[] = {
      {"space before colon", get("Host: a\r\nX : b\r\n"), bad, blank},
      {"tab before colon", get("Host: a\r\nX\t: b\r\n"), bad, blank},
      {"space in name", get("Host: a\r\nX Y: b\r\n"), bad, blank},
      {"obs-fold", get("Host: a\r\nX: b\r\n c\r\n"), bad, "a folded field line"},
      {"obs-fold by tab", get("Host: a\r\nX: b\r\n\tc: d\r\n"), bad, "a folded field line"},
      {"fold of the request line", get(" X: b\r\nHost: a\r\n"), bad, "a folded field line"},
      {"blank line of spaces", get("Host: a\r\n \r\n"), bad, "a folded field line"},
      {"no colon", get("Host: a\r\nX\r\n"), bad, "a field line without a colon"},
      {"empty name", get("Host: a\r\n: b\r\n"), bad, "an empty field name"},
      {"delimiter", get("Host: a\r\nX(Y): b\r\n"), bad, odd},
      {"slash", get("Host: a\r\nX/Y: b\r\n"), bad, odd},
      {"at", get("Host: a\r\n@Y: b\r\n"), bad, odd},
      {"high byte in name", get("Host: a\r\nX\xc3: b\r\n"), bad, odd},
      {"quoted name", get("Host: a\r\n\"X\": b\r\n"), bad, odd},
      {"bare CR", get("Host: a\r\nX: b\rY: c\r\n"), bad, "a bare carriage return in the head"},
      {"bare LF", get("Host: a\r\nX: b\nY: c\r\n"), bad, "a bare line feed in the head"},
      {"NUL", get(std::string("Host: a\r\nX: b\0\r\n", 16)), bad, "a control byte in the head"},
      {"vertical tab",
       get("Host: a\r\nTransfer-Encoding:\x0b"
           "chunked\r\n"),
       bad, "a control byte in the head"},
  };
  for (const refused& wanted : cases) expect_refused(wanted);
}

// RFC 9112, 6: request smuggling lives here.
TEST(parse_request, refuses_every_ambiguous_framing) {
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

TEST(parse_request, reads_framing) {
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
TEST(parse_request, decides_whether_the_connection_stays) {
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
TEST(parse_request, understands_one_expectation) {
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
TEST(parse_request, recognises_a_websocket_handshake) {
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

TEST(parse_request, keeps_its_limits) {
  const head_limits limits{.header_fields = 3, .target_bytes = 10};
  EXPECT_TRUE(*read_request(get("Host: a\r\nX: 1\r\nY: 2\r\n", "GET /123456789 HTTP/1.1"), limits));
  const auto many = read_request(get("Host: a\r\nX: 1\r\nY: 2\r\nZ: 3\r\n"), limits);
  ASSERT_FALSE(*many);
  EXPECT_EQ(many->kind(), fault::head_too_large);
  const auto target = read_request(line("GET /1234567890 HTTP/1.1"), limits);
  ASSERT_FALSE(*target);
  EXPECT_EQ(target->kind(), fault::target_too_long);
}

TEST(parse_request, takes_no_view_of_bytes_that_were_not_scanned) {
  // The parser is given scanned heads only; it stays in bounds whatever it is given.
  for (const std::string_view bytes :
       {"", "\n", "GET / HTTP/1.1", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\n\n",
        "GET / HTTP/1.1\r\nHost: a\r\n", "\r\n\r\n"}) {
    arena memory;
    http::request_head head;
    const std::vector<char> exact(bytes.begin(), bytes.end());
    EXPECT_FALSE(parse_request_head({exact.data(), exact.size()}, {}, memory, head)) << bytes;
  }
}

}  // namespace
}  // namespace ferroway::http1
