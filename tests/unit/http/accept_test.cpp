#include "http/accept.hpp"

#include <gtest/gtest.h>

namespace ferroway::http {
namespace {

TEST(accept, without_one_everything_is_wanted) {
  EXPECT_EQ(wanted_of("", "text/html"), 1000U);
  EXPECT_EQ(wanted_of(" ", "text/html"), 1000U);
}

TEST(accept, the_most_specific_range_counts) {
  EXPECT_EQ(wanted_of("text/html", "text/html"), 1000U);
  EXPECT_EQ(wanted_of("TEXT/HTML;q=0.3, text/*;q=0.9, */*", "text/html"), 300U);
  EXPECT_EQ(wanted_of("text/html;q=0.3, text/*;q=0.9, */*", "text/plain"), 900U);
  EXPECT_EQ(wanted_of("text/html;q=0.3, text/*;q=0.9, */*;q=0.1", "application/json"), 100U);
  EXPECT_EQ(wanted_of("application/json", "text/html"), 0U);
  EXPECT_EQ(wanted_of("*/*, text/html;q=0", "text/html"), 0U);
  EXPECT_EQ(wanted_of("text/html;level=1;q=0.5", "text/html"), 500U);
}

TEST(accept, hostile_values_are_worth_nothing_special) {
  EXPECT_EQ(wanted_of("text/html;q=9", "text/html"), 1000U);
  EXPECT_EQ(wanted_of("text/html;q=0.12345", "text/html"), 1000U);
  EXPECT_EQ(wanted_of("text/html;q=0.x", "text/html"), 1000U);
  EXPECT_EQ(wanted_of("text/html;q=0.125", "text/html"), 125U);
  EXPECT_EQ(wanted_of(",,;;,/,*/,", "text/html"), 0U);
  EXPECT_EQ(wanted_of("/*", "text/html"), 0U);
}

TEST(accept, json_only_is_json_without_pages) {
  EXPECT_TRUE(asks_for_json_only("application/json"));
  EXPECT_TRUE(asks_for_json_only("application/json, text/plain, */*"));
  EXPECT_TRUE(asks_for_json_only("application/problem+json"));
  EXPECT_TRUE(asks_for_json_only("application/json, text/html;q=0"));
  EXPECT_FALSE(asks_for_json_only("text/html, application/json"));
  EXPECT_FALSE(asks_for_json_only("application/json, application/xhtml+xml"));
  EXPECT_FALSE(asks_for_json_only("application/json;q=0, */*"));
  EXPECT_FALSE(asks_for_json_only("*/*"));
  EXPECT_FALSE(asks_for_json_only(""));
}

}  // namespace
}  // namespace ferroway::http
