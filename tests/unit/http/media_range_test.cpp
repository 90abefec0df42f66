#include "http/media_range.hpp"

#include <gtest/gtest.h>

namespace ferroway::http {
namespace {

TEST(media_range, is_a_type_a_subtype_and_a_star_in_its_place) {
  for (const char* text : {"text/html", "text/*", "application/*+json", "Application/LD+JSON",
                           "application/vnd.api+json", "x/y"}) {
    EXPECT_TRUE(is_media_range(text)) << text;
  }
  for (const char* text :
       {"", "text", "/", "text/", "/html", "*/*", "*", "*/html", "text/*html", "text/h*", "text/*+",
        "text/*+*", "text/html; q=1", "text/html ", "text /html", "text/a/b", "text/\xc3\xa9"}) {
    EXPECT_FALSE(is_media_range(text)) << text;
  }
}

TEST(media_range, case_and_parameters_do_not_matter) {
  EXPECT_TRUE(in_media_range("text/html", "text/html"));
  EXPECT_TRUE(in_media_range("Text/HTML ; charset=utf-8", "text/html"));
  EXPECT_FALSE(in_media_range("text/htmlx", "text/html"));
  EXPECT_FALSE(in_media_range("text/htm", "text/html"));
  EXPECT_FALSE(in_media_range("", "text/html"));
}

TEST(media_range, a_star_is_any_subtype_or_what_stands_before_a_suffix) {
  EXPECT_TRUE(in_media_range("text/x", "text/*"));
  EXPECT_FALSE(in_media_range("text/", "text/*"));
  EXPECT_FALSE(in_media_range("texts/x", "text/*"));
  EXPECT_TRUE(in_media_range("application/problem+json;a=b", "application/*+json"));
  EXPECT_TRUE(in_media_range("application/problem+JSON", "application/*+json"));
  EXPECT_FALSE(in_media_range("application/json", "application/*+json"));
  EXPECT_FALSE(in_media_range("application/+json", "application/*+json"));
  EXPECT_FALSE(in_media_range("image/a+json", "application/*+json"));
}

}  // namespace
}  // namespace ferroway::http
