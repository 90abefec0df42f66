#include "http/http1/head_scanner.hpp"

#include <gtest/gtest.h>

#include "unit/http/http1/reading.hpp"

namespace ferroway::http1 {
namespace {

TEST(head_scanner, finds_the_head_and_leaves_what_follows) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const scanned found = scan_head(head + "body \n\0", side::client);
  ASSERT_TRUE(found.verdict);
  EXPECT_EQ(*found.verdict, scan_verdict::complete);
  EXPECT_EQ(found.begin, 0u);
  EXPECT_EQ(found.end, head.size());
}

TEST(head_scanner, skips_two_empty_lines_before_a_request_and_none_before_a_response) {
  const scanned found = scan_head("\r\n\r\nGET / HTTP/1.1\r\n\r\n", side::client);
  ASSERT_TRUE(found.verdict);
  EXPECT_EQ(*found.verdict, scan_verdict::complete);
  EXPECT_EQ(found.begin, 4u);
  EXPECT_FALSE(scan_head("\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n", side::client).verdict);
  EXPECT_FALSE(scan_head("\r\nHTTP/1.1 200 OK\r\n\r\n", side::upstream).verdict);
}

TEST(head_scanner, refuses_bare_line_ends_and_controls_as_soon_as_they_arrive) {
  struct {
    std::string_view bytes, detail;
  } const cases[] = {
      {"\n", "a bare line feed in the head"},
      {"GET / HTTP/1.1\n", "a bare line feed in the head"},
      {"GET / HTTP/1.1\r\nA: b\n", "a bare line feed in the head"},
      {"GET / HTTP/1.1\r\r", "a bare carriage return in the head"},
      {"GET / HTTP/1.1\r\nA: b\rc", "a bare carriage return in the head"},
      {"GET / HTTP/1.1\r\nA: b\r\n\r\r", "a bare carriage return in the head"},
      {{"GET / HTTP/1.1\r\nA: \0", 20}, "a control byte in the head"},
      {"GET / HTTP/1.1\r\nA: \x7f", "a control byte in the head"},
      {"GET / HTTP/1.1\r\nA: \x0b", "a control byte in the head"},
      {"\x16\x03\x01", "a control byte in the head"},
  };
  for (const auto& [bytes, detail] : cases) {
    const scanned found = scan_head(bytes, side::client);
    ASSERT_FALSE(found.verdict) << bytes;
    EXPECT_EQ(found.verdict.error().kind, fault::malformed);
    EXPECT_STREQ(found.verdict.error().detail, std::string(detail).c_str()) << bytes;
  }
}

TEST(head_scanner, leaves_tabs_and_high_bytes_to_the_parser) {
  EXPECT_TRUE(scan_head("GET / HTTP/1.1\r\nA:\tb\xff\x80\r\n\r\n", side::client).verdict);
}

TEST(head_scanner, counts_the_start_line_before_it_ends) {
  head_scanner scanner;
  ASSERT_TRUE(scanner.scan("\r\nGET /abc"));
  EXPECT_EQ(scanner.start_line_bytes(), 8u);
  ASSERT_TRUE(scanner.scan("\r\nGET /abc HTTP/1.1\r\nHost: a"));
  EXPECT_EQ(scanner.start_line_bytes(), 17u);
}

TEST(trailer_scanner, ends_at_the_first_empty_line) {
  for (const std::string_view section : {"\r\n", "A: b\r\n\r\n", "A: b\r\nC: d\r\n\r\n"}) {
    trailer_scanner scanner(side::upstream);
    const std::string with_more = std::string(section) + "HTTP/1.1 200";
    for (std::size_t size = 0; size < section.size(); ++size) {
      const auto early = scanner.scan(std::string_view(with_more).substr(0, size));
      ASSERT_TRUE(early);
      EXPECT_EQ(*early, scan_verdict::incomplete);
    }
    const auto verdict = scanner.scan(with_more);
    ASSERT_TRUE(verdict);
    EXPECT_EQ(*verdict, scan_verdict::complete);
    EXPECT_EQ(scanner.end(), section.size());
  }
  trailer_scanner bare(side::upstream);
  EXPECT_FALSE(bare.scan("A: b\n\n"));
  trailer_scanner nul(side::upstream);
  EXPECT_FALSE(nul.scan(std::string_view("A: \0", 4)));
}

}  // namespace
}  // namespace ferroway::http1
