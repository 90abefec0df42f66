#include "telemetry/time_text.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace ferroway::telemetry {
namespace {

char* write_digits(char* to, int value, int digits) noexcept {
  for (int i = digits - 1; i >= 0; --i, value /= 10) to[i] = static_cast<char>('0' + value % 10);
  return to + digits;
}

// All but the milliseconds.
void write_second(wall_time at, char* to) noexcept {
  using namespace std::chrono;
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<seconds>(at - day));
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
  std::ranges::copy(std::string_view(".000Z"), to);
}

}  // namespace

void write_time(wall_time at, char* to) noexcept {
  using namespace std::chrono;
  // Most lines of a thread are of the second of the one before.
  struct second_text {
    wall_time of = wall_time::min();
    std::array<char, time_text_bytes> text{};
  };
  thread_local constinit second_text last;
  const auto second = floor<seconds>(at);
  if (last.of != second) {
    write_second(second, last.text.data());
    last.of = second;
  }
  std::memcpy(to, last.text.data(), last.text.size());
  write_digits(to + time_text_bytes - 4, static_cast<int>(floor<milliseconds>(at - second).count()),
               3);
}

void write_common_time(wall_time at, char* to) noexcept {
  using namespace std::chrono;
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<seconds>(at - day));
  to = write_digits(to, static_cast<int>(static_cast<unsigned>(date.day())), 2);
  *to++ = '/';
  to = std::ranges::copy(months.substr((static_cast<unsigned>(date.month()) - 1) * 3, 3), to).out;
  *to++ = '/';
  to = write_digits(to, std::clamp(static_cast<int>(date.year()), 0, 9999), 4);
  *to++ = ':';
  to = write_digits(to, static_cast<int>(clock.hours().count()), 2);
  *to++ = ':';
  to = write_digits(to, static_cast<int>(clock.minutes().count()), 2);
  *to++ = ':';
  to = write_digits(to, static_cast<int>(clock.seconds().count()), 2);
  std::ranges::copy(std::string_view(" +0000"), to);
}

}  // namespace ferroway::telemetry
