// Durations and sizes as the file writes them, both ways. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace ferroway::config {

// `250ms` `5s` `1m` `1h`: a whole number and its unit, nothing between.
std::optional<duration> parse_duration(std::string_view text);
// In the largest unit that loses nothing; finer than a millisecond is cut off.
std::string format_duration(duration from);

// `64KiB` `10MB` `512B`: units B, KB, MB, GB, KiB, MiB, GiB.
std::optional<std::uint64_t> parse_size(std::string_view text);
std::string format_size(std::uint64_t bytes);

// `100/s` `6000/m` `1000/h` `10000/d`: a positive count and the period that it is for.
struct counted_rate {
  std::uint64_t count;
  duration period;
};
std::optional<counted_rate> parse_rate(std::string_view text);
std::string format_rate(std::uint64_t count, duration period);

// What may have been meant by a duration or size that is none, for a hint; may be empty.
std::string duration_hint(std::string_view text);
std::string size_hint(std::string_view text);

}  // namespace ferroway::config
