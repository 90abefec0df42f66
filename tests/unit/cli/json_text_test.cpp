#include "cli/json_text.hpp"

#include <gtest/gtest.h>

namespace ferroway::cli {
namespace {

TEST(json_text, escapes_what_would_end_or_break_the_string) {
  EXPECT_EQ(json_text("a\"b\\c\nd\te\r"), R"("a\"b\\c\nd\te\r")");
  EXPECT_EQ(json_text(std::string_view("\0\x1f\x7f", 3)), R"("\u0000\u001f\u007f")");
  EXPECT_EQ(json_text(""), R"("")");
}

TEST(json_text, keeps_utf8) {
  for (const char* text : {"é", "€", "😀", "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(json_text(text), std::string("\"") + text + '"');
  }
}

TEST(json_text, replaces_what_is_not_utf8) {
  const struct {
    const char* name;
    std::string_view text;
    const char* json;
  } cases[] = {
      {"a lone continuation", "\x80", R"("\ufffd")"},
      {"an overlong slash", "\xC0\xAF", R"("\ufffd\ufffd")"},
      {"an overlong three-byte form", "\xE0\x80\xAF", R"("\ufffd\ufffd\ufffd")"},
      {"a surrogate", "\xED\xA0\x80", R"("\ufffd\ufffd\ufffd")"},
      {"beyond the last code point", "\xF4\x90\x80\x80", R"("\ufffd\ufffd\ufffd\ufffd")"},
      {"cut off at the end", "a\xE2\x82", R"("a\ufffd\ufffd")"},
      {"cut off before a quote", "\xC3\"", R"("\ufffd\"")"},
  };
  for (const auto& given : cases) EXPECT_EQ(json_text(given.text), given.json) << given.name;
}

}  // namespace
}  // namespace ferroway::cli
