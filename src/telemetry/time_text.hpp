// Wall-clock time as logs show it, in UTC.
#pragma once

#include <cstddef>

#include "base/clock.hpp"

namespace ferroway::telemetry {

inline constexpr std::size_t time_text_bytes = 24;

// RFC 3339: "2026-11-24T04:00:00.000Z" into `to`, which has room for time_text_bytes. Years outside
// 0-9999 are clamped.
void write_time(wall_time at, char* to) noexcept;

// The same of the common log format, "24/Nov/2026:04:00:00 +0000".
inline constexpr std::size_t common_time_bytes = 26;
void write_common_time(wall_time at, char* to) noexcept;

}  // namespace ferroway::telemetry
