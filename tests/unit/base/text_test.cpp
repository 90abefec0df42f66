#include "base/text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ferroway {
namespace {

constexpr std::string_view names[] = {"rate_limit", "retries", "cors", "headers"};

std::optional<std::string_view> nearest(std::string_view wanted) {
  return nearest_name(wanted, names, std::size(names));
}

TEST(text, suggests_the_name_that_was_meant) {
  EXPECT_EQ(nearest("rate_limt"), "rate_limit");
  EXPECT_EQ(nearest("rate-limit"), "rate_limit");
  EXPECT_EQ(nearest("ratelimit"), "rate_limit");
  EXPECT_EQ(nearest("HEADERS"), "headers");
  EXPECT_EQ(nearest("haeders"), "headers");
  EXPECT_EQ(nearest("crs"), "cors");
}

TEST(text, suggests_nothing_far_fetched) {
  EXPECT_EQ(nearest("tls"), std::nullopt);
  EXPECT_EQ(nearest("compression"), std::nullopt);
  EXPECT_EQ(nearest(""), std::nullopt);
  EXPECT_EQ(nearest(std::string(100'000, 'r')), std::nullopt);
}

TEST(text, parses_decimals_strictly) {
  EXPECT_EQ(parse_decimal("0"), 0U);
  EXPECT_EQ(parse_decimal("18446744073709551615"), 18446744073709551615U);
  for (const char* text : {"", "+1", "-1", " 1", "1 ", "0x1", "18446744073709551616", "1.0"}) {
    EXPECT_EQ(parse_decimal(text), std::nullopt) << text;
  }
}

TEST(text, knows_only_ascii_letters) {
  EXPECT_TRUE(equals_ignoring_case("Content-Length", "content-LENGTH"));
  EXPECT_FALSE(equals_ignoring_case("a", "ab"));
  EXPECT_FALSE(equals_ignoring_case("@", "`"));
  EXPECT_EQ(lower_case("\xc3\x84 ABC[]"), "\xc3\x84 abc[]");
  EXPECT_EQ(hex_value('f'), 15);
  EXPECT_EQ(hex_value('A'), 10);
  EXPECT_EQ(hex_value('g'), -1);
  EXPECT_EQ(hex_value('/'), -1);
  EXPECT_EQ(hex_value(':'), -1);
}

TEST(text, trims_and_splits) {
  EXPECT_EQ(trim(" \t a b \t"), "a b");
  EXPECT_EQ(trim(" \t "), "");
  std::string_view rest = "a,,b";
  EXPECT_EQ(split_off(rest, ','), "a");
  EXPECT_EQ(split_off(rest, ','), "");
  EXPECT_EQ(split_off(rest, ','), "b");
  EXPECT_TRUE(rest.empty());
}

}  // namespace
}  // namespace ferroway
