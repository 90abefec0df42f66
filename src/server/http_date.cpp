#include "server/http_date.hpp"

#include <chrono>
#include <cstring>

namespace ferroway::server {
namespace {

char* write_two(char* to, unsigned value) {
  to[0] = static_cast<char>('0' + value / 10 % 10);
  to[1] = static_cast<char>('0' + value % 10);
  return to + 2;
}

char* write_text(char* to, const char* text, std::size_t bytes) {
  std::memcpy(to, text, bytes);
  return to + bytes;
}

}  // namespace

void write_http_date(char* to, std::int64_t second) noexcept {
  using namespace std::chrono;
  static constexpr char days[] = "SunMonTueWedThuFriSat";
  static constexpr char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const sys_seconds time{seconds(second)};
  const sys_days day = floor<std::chrono::days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  to = write_text(to, days + std::size_t{weekday(day).c_encoding()} * 3, 3);
  to = write_text(to, ", ", 2);
  to = write_two(to, static_cast<unsigned>(date.day()));
  *to++ = ' ';
  to = write_text(to, months + (std::size_t{static_cast<unsigned>(date.month())} - 1) * 3, 3);
  *to++ = ' ';
  to = write_two(to, year / 100);
  to = write_two(to, year % 100);
  *to++ = ' ';
  to = write_two(to, static_cast<unsigned>(clock.hours().count()));
  *to++ = ':';
  to = write_two(to, static_cast<unsigned>(clock.minutes().count()));
  *to++ = ':';
  to = write_two(to, static_cast<unsigned>(clock.seconds().count()));
  write_text(to, " GMT", 4);
}

}  // namespace ferroway::server
