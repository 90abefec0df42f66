#include "config/masked_line.hpp"

#include <gtest/gtest.h>

namespace ferroway::config {
namespace {

TEST(masked_line, hides_what_stands_as_the_value_of_a_secret) {
  EXPECT_EQ(masked_line("token: abc def"), "token: *******");
  EXPECT_EQ(masked_line("  admin: {token: abc, address: x:1}"),
            "  admin: {token: ***, address: x:1}");
  EXPECT_EQ(masked_line(R"({"admin": {"token": "a\b}c", "x": 1}})"),
            R"({"admin": {"token": "*****", "x": 1}})");
  EXPECT_EQ(masked_line(R"(token: "a\"b\\" # c)"), R"(token: "******" # c)");
  EXPECT_EQ(masked_line("{token: 'a''b', x: 'c'}"), "{token: '****', x: 'c'}");
  EXPECT_EQ(masked_line("token: 'a, b' # c"), "token: '****' # c");
  EXPECT_EQ(masked_line("token: 'not closed"), "token: '**********");
  EXPECT_EQ(masked_line("{api_key: a, Secret: b}"), "{api_key: *, Secret: *}");
  EXPECT_EQ(masked_line("set: {Authorization: Basic eDp5}"), "set: {Authorization: **********}");
  EXPECT_EQ(masked_line("token: ${TOKEN:-abc}"), "token: *************");
  EXPECT_EQ(masked_line("{token: ${TOKEN:-abc}, x: 1}"), "{token: *************, x: 1}");
  EXPECT_EQ(masked_line("token: a${TOKEN}"), "token: *********");
}

TEST(masked_line, keeps_all_else) {
  for (const char* line :
       {"", ":", "token:", "token: ", "token: ${TOKEN}", "token: \"${file:a.token}\"",
        "{token: ${TOKEN}, x: 1}", "{token: '${TOKEN}', x: 1}", "jwt: {token: {cookie: id}}",
        "token: [a]", "path: /token", "listen: 8080", "tokens: 5", "host: a:1"}) {
    EXPECT_EQ(masked_line(line), line);
  }
}

}  // namespace
}  // namespace ferroway::config
