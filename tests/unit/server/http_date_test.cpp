#include "server/http_date.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ferroway::server {
namespace {

std::string date_of(std::int64_t second) {
  std::string text(31, '#');
  write_http_date(text.data() + 1, second);
  EXPECT_EQ(text.front(), '#');
  EXPECT_EQ(text.back(), '#') << "nothing beyond its 29 bytes is written";
  return text.substr(1, 29);
}

TEST(HttpDate, IsAnImfFixdate) {
  EXPECT_EQ(date_of(784111777), "Sun, 06 Nov 1994 08:49:37 GMT") << "the example of RFC 9110";
  EXPECT_EQ(date_of(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(date_of(951782400), "Tue, 29 Feb 2000 00:00:00 GMT");
  EXPECT_EQ(date_of(1767225599), "Wed, 31 Dec 2025 23:59:59 GMT");
  EXPECT_EQ(date_of(1767225600), "Thu, 01 Jan 2026 00:00:00 GMT");
  EXPECT_EQ(date_of(4107542400), "Mon, 01 Mar 2100 00:00:00 GMT") << "2100 is no leap year";
  EXPECT_EQ(date_of(253402300799), "Fri, 31 Dec 9999 23:59:59 GMT");
}

TEST(HttpDate, NamesEveryDayAndMonth) {
  constexpr const char* days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  for (int day = 0; day < 7; ++day) EXPECT_EQ(date_of(day * 86400).substr(0, 3), days[day]);
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::int64_t firsts[] = {0,   31,  59,  90,  120, 151,
                                     181, 212, 243, 273, 304, 334};  // of 1970
  for (int month = 0; month < 12; ++month) {
    EXPECT_EQ(date_of(firsts[month] * 86400).substr(5, 11),
              std::string("01 ") + months[month] + " 1970");
  }
}

}  // namespace
}  // namespace ferroway::server
