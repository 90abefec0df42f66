// What operators are told outside the access log: start-up, shutdown, and what goes wrong. One line
// of text on standard error:
//   2026-11-24T04:00:00.000Z warning cannot accept reason=out_of_descriptors suppressed=12
// Any thread; never blocks (a line is lost when standard error is full); lines are whole. Values
// are escaped and quoted where they hold more than plain words, so that nobody's bytes can forge a
// line.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace ferroway::telemetry {

enum class log_level : std::uint8_t { debug, info, warning, error };
std::string_view to_string(log_level level) noexcept;

class log_field {
 public:
  log_field(std::string_view key, std::string_view value) noexcept : key_(key), text_(value) {}
  log_field(std::string_view key, const char* value) noexcept : key_(key), text_(value) {}
  template <std::integral Number>
  log_field(std::string_view key, Number value) noexcept
      : key_(key), number_(static_cast<std::int64_t>(value)) {}

  std::string_view key() const noexcept { return key_; }
  std::string_view text() const noexcept { return text_; }
  std::optional<std::int64_t> number() const noexcept { return number_; }

 private:
  std::string_view key_;
  std::string_view text_;
  std::optional<std::int64_t> number_;
};

// Lines are cut at 4 KiB.
void log(log_level level, std::string_view message,
         std::initializer_list<log_field> fields = {}) noexcept;

// Where lines go instead of standard error; for tests. Returns what it was.
int set_log_descriptor(int descriptor) noexcept;

// For warnings that could repeat thousands of times a second: one `static` at the call site.
//   static log_limiter limiter;
//   if (const auto suppressed = limiter.admit(now)) log(..., {{"suppressed", *suppressed}});
class log_limiter {
 public:
  explicit constexpr log_limiter(duration interval = std::chrono::seconds(10)) noexcept
      : interval_(interval) {}
  // Once in each interval: how many were suppressed since the last. Else nothing. Any thread.
  std::optional<std::uint64_t> admit(time_point now) noexcept;

 private:
  duration interval_;
  std::atomic<std::int64_t> open_from_{INT64_MIN};  // nanoseconds of the clock
  std::atomic<std::uint64_t> suppressed_{0};
};

}  // namespace ferroway::telemetry
