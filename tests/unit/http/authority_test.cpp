#include "http/authority.hpp"

#include <gtest/gtest.h>

namespace ferroway::http {
namespace {

TEST(is_authority, takes_names_addresses_and_ports) {
  for (const std::string_view text :
       {"a", "example.com", "EXAMPLE.com:8080", "10.0.0.1", "10.0.0.1:0", "a:65535", "a:", "[::1]",
        "[::1]:80", "[2001:db8::1]", "[::ffff:10.0.0.1]", "a%20b", "under_score", "a-b.c~d"}) {
    EXPECT_TRUE(is_authority(text)) << text;
  }
}

TEST(is_authority, refuses_everything_else) {
  for (const std::string_view text : {"",        ":80",
                                      "a b",     "a,b c",
                                      "a/b",     "a?b",
                                      "a#b",     "a@b",
                                      "u:p@h",   "a:b",
                                      "a:65536", "a:99999999999999999999",
                                      "a:80:80", "a:-1",
                                      "a: 80",   "[]",
                                      "[::1",    "::1",
                                      "[::1]x",  "[::1]80",
                                      "[g::]",   "[fe80::1%25eth0]",
                                      "[v1.a]",  "a%",
                                      "a%2",     "a%zz",
                                      "a\\b",    "a\tb",
                                      "a\"b",    "<a>",
                                      "a\x80",   "[1:2:3:4:5:6:7:8:9]"}) {
    EXPECT_FALSE(is_authority(text)) << text;
  }
  EXPECT_FALSE(is_authority(std::string_view("a\0", 2)));
  EXPECT_FALSE(is_authority(std::string_view("[::1\0]", 6)));
}

}  // namespace
}  // namespace ferroway::http
