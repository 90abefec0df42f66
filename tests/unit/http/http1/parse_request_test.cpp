#include <gtest/gtest.h>

#include <string>

#include "unit/http/http1/requests.hpp"

namespace ferroway::http1 {
namespace {

using http::field_id;
using http::framing;
using http::method;
using http::version;

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
