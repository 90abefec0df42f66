#include "telemetry/combined_text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "telemetry/time_text.hpp"

namespace ferroway::telemetry {
namespace {

std::string combined(std::string_view value, std::size_t bytes_max = 100) {
  std::array<char, 256> room;
  bounded_text text(room);
  append_combined(text, value, bytes_max);
  return std::string(text.view());
}

TEST(CombinedText, LeavesPrintableTextAsItIs) {
  EXPECT_EQ(combined("Mozilla/5.0 (X11; it's)"), "Mozilla/5.0 (X11; it's)");
}

TEST(CombinedText, IsADashForNothing) { EXPECT_EQ(combined(""), "-"); }

TEST(CombinedText, EscapesAsApacheDoes) {
  EXPECT_EQ(combined("a\"b\\c"), R"(a\"b\\c)");
  EXPECT_EQ(combined("\n\r\t\b\v"), R"(\n\r\t\b\v)");
  EXPECT_EQ(combined(std::string_view("\0\x1b\x7f\xff\xc3\xa4", 6)), R"(\x00\x1b\x7f\xff\xc3\xa4)");
}

TEST(CombinedText, IsCutBetweenCharactersAndSaysSo) {
  EXPECT_EQ(combined("abcdefghij", 10), "abcdefghij");
  EXPECT_EQ(combined("abcdefghijk", 10), "abcdefg...");
  EXPECT_EQ(combined("abcdef\x1b\x1b", 10), "abcdef...");
}

TEST(CommonTime, IsOfTheCommonLogFormat) {
  std::array<char, common_time_bytes> text;
  const auto at = std::chrono::sys_days(std::chrono::year(2026) / 2 / 9) +
                  std::chrono::seconds(4 * 3600 + 5 * 60 + 6);
  write_common_time(at, text.data());
  EXPECT_EQ(std::string_view(text.data(), text.size()), "09/Feb/2026:04:05:06 +0000");
}

}  // namespace
}  // namespace ferroway::telemetry
