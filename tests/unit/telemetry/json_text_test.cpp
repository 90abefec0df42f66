#include "telemetry/json_text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

namespace ferroway::telemetry {
namespace {

std::string escaped(std::string_view text) {
  std::array<char, 512> buffer;
  bounded_text out(buffer);
  EXPECT_TRUE(out.append_escaped(text));
  return std::string(out.view());
}

TEST(json_text, escapes_what_could_end_a_string_or_a_line) {
  const std::string nul(1, '\0');
  const std::pair<std::string, std::string> cases[] = {
      {"plain /a?b=c", "plain /a?b=c"},
      {"a\"b\\c", R"(a\"b\\c)"},
      {"a\r\nb\tc", R"(a\r\nb\tc)"},
      {nul + "\x01\x1b[31m\x7f", R"(\u0000\u0001\u001b[31m\u007f)"},
      {"\xc2\x85\xc2\x9f", R"(\u0085\u009f)"},  // C1 controls
      {"\xc2\xa0", "\xc2\xa0"},
      {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x8c\x8d",
       "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x8c\x8d"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(escaped(text), expected);
}

TEST(json_text, replaces_what_is_not_utf8) {
  const std::pair<std::string, int> cases[] = {// text -> how many replacements
                                               {"\x80", 1},
                                               {"\xff", 1},
                                               {"\xc3", 1},
                                               {"\xc0\xaf", 2},
                                               {"\xe0\x80\xaf", 3},
                                               {"\xed\xa0\x80", 3},
                                               {"\xf4\x90\x80\x80", 4},
                                               {"\xf5\x80\x80\x80", 4},
                                               {"\xe2\x82", 2},
                                               {"\xf0\x9f\x8c", 3},
                                               {"\xf0\x80\x80\x80", 4}};
  for (const auto& [text, count] : cases) {
    std::string expected;
    for (int i = 0; i < count; ++i) expected += "\\ufffd";
    EXPECT_EQ(escaped(text), expected);
    EXPECT_EQ(escaped("a" + text + "z"), "a" + expected + "z");
  }
}

TEST(json_text, stops_between_two_characters_when_full) {
  for (const std::string text :
       {"abcdefghij", "\n\n\n\n", "\x01\x01", "\xe2\x82\xac\xe2\x82\xac", "ab\"\"\"\""}) {
    std::set<std::string> starts;  // of whole characters
    for (std::size_t size = 0; size <= text.size(); ++size)
      starts.insert(escaped(text.substr(0, size)));
    const std::string whole = escaped(text);
    for (std::size_t room = 0; room < whole.size(); ++room) {
      std::array<char, 64> buffer;
      bounded_text out(std::span(buffer).first(room));
      EXPECT_FALSE(out.append_escaped(text));
      EXPECT_TRUE(out.truncated());
      EXPECT_LE(out.view().size(), room);
      EXPECT_TRUE(starts.contains(std::string(out.view()))) << out.view();
    }
  }
}

TEST(json_text, writes_an_object) {
  std::array<char, 512> buffer;
  json_line line(buffer);
  line.time("time", wall_time(std::chrono::milliseconds(1795492800123)));
  line.text("target", "/a\"\n");
  line.number("status", 200);
  line.boolean("reused", true);
  line.milliseconds("duration_ms", std::chrono::microseconds(1234567));
  line.milliseconds("short_ms", std::chrono::microseconds(5));
  line.milliseconds("negative_ms", std::chrono::seconds(-1));
  EXPECT_EQ(line.finish(),
            R"({"time":"2026-11-24T04:00:00.123Z","target":"/a\"\n","status":200,"reused":true,)"
            R"("duration_ms":1234.567,"short_ms":0.005,"negative_ms":0.000})");
}

TEST(json_text, an_empty_object_is_one) {
  std::array<char, 64> buffer;
  EXPECT_EQ(json_line(buffer).finish(), "{}");
}

TEST(json_text, a_long_text_is_cut_and_the_object_stays_whole) {
  std::array<char, 100> buffer;
  json_line line(buffer);
  line.text("target", std::string(1000, '\x01'));
  line.number("status", 200);
  const std::string text(line.finish());
  EXPECT_LE(text.size(), buffer.size());
  EXPECT_TRUE(text.starts_with(R"({"target":"\u0001\u0001)")) << text;
  EXPECT_TRUE(text.ends_with(R"(\u0001","truncated":true})")) << text;
}

TEST(json_text, any_size_of_buffer_gives_a_whole_object) {
  const auto write = [](std::span<char> into) {
    json_line line(into);
    line.text("first", std::string(40, '"'));
    line.number("number", 18446744073709551615U);
    line.text("second", "\xff\xff\xff");
    return std::string(line.finish());
  };
  std::array<char, 400> buffer;
  const std::string whole = write(buffer);
  for (std::size_t room = 64; room < buffer.size(); ++room) {
    const std::string text = write(std::span(buffer).first(room));
    EXPECT_LE(text.size(), room);
    EXPECT_TRUE(text == whole || text.ends_with("\",\"truncated\":true}") ||
                text.ends_with("5,\"truncated\":true}"))
        << text;
    EXPECT_EQ(text == whole, room >= whole.size() + std::string_view(",\"truncated\":true").size())
        << room;
  }
}

}  // namespace
}  // namespace ferroway::telemetry
