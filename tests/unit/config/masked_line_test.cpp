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

// Of api_key: somebody may have written keys where their digests stand.
TEST(masked_line, hides_what_stands_for_a_key_and_is_no_digest) {
  EXPECT_EQ(masked_line("api_key: {keys: {acme: abc, b: 'd e'}, header: X-Key}"),
            "api_key: {keys: {acme: ***, b: '***'}, header: X-Key}");
  EXPECT_EQ(masked_line("keys: {acme: [abc, def], b: ${file:b}}"),
            "keys: {acme: [********], b: ${file:b}}");
  const std::string digest = "a59b5d168bc2216d5762ca8203471e81b712c36ee0ec8c1d51ce92d6e7a12b6d";
  const std::string line = "keys: {acme: sha256:" + digest + ", b: '" + digest + "', c: abc}";
  EXPECT_EQ(masked_line(line), line.substr(0, line.size() - 4) + "***}");
}

TEST(masked_line, keeps_all_else) {
  for (const char* line :
       {"", ":", "token:", "token: ", "token: ${TOKEN}", "token: \"${file:a.token}\"",
        "{token: ${TOKEN}, x: 1}", "{token: '${TOKEN}', x: 1}", "jwt: {token: {cookie: id}}",
        "token: [a]", "keys: [{algorithm: HS256}]", "monkeys: {a: b}", "keys: a", "path: /token",
        "listen: 8080", "tokens: 5", "host: a:1"}) {
    EXPECT_EQ(masked_line(line), line);
  }
}

}  // namespace
}  // namespace ferroway::config
