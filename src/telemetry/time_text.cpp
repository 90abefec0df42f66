#include "telemetry/time_text.hpp"

#include <algorithm>

namespace ferroway::telemetry {
namespace {

char* write_digits(char* to, int value, int digits) noexcept {
  for (int i = digits - 1; i >= 0; --i, value /= 10) to[i] = static_cast<char>('0' + value % 10);
  return to + digits;
}

}  // namespace

void write_time(wall_time at, char* to) noexcept {
  using namespace std::chrono;
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<milliseconds>(at - day));
  to = write_digits(to, std::clamp(static_cast<int>(date.year()), 0, 9999), 4);
  *to++ = '-';
  to = write_digits(to, static_cast<int>(static_cast<unsigned>(date.month())), 2);
  *to++ = '-';
  to = write_digits(to, static_cast<int>(static_cast<unsigned>(date.day())), 2);
  *to++ = 'T';
  to = write_digits(to, static_cast<int>(clock.hours().count()), 2);
  *to++ = ':';
  to = write_digits(to, static_cast<int>(clock.minutes().count()), 2);
  *to++ = ':';
  to = write_digits(to, static_cast<int>(clock.seconds().count()), 2);
  *to++ = '.';
  to = write_digits(to, static_cast<int>(clock.subseconds().count()), 3);
  *to = 'Z';
}

}  // namespace ferroway::telemetry
