// Wall-clock time as logs show it: UTC, RFC 3339, milliseconds.
#pragma once

#include <cstddef>

#include "base/clock.hpp"

namespace ferroway::telemetry {

inline constexpr std::size_t time_text_bytes = 24;

// "2026-11-24T04:00:00.000Z" into `to`, which has room for time_text_bytes. Years outside 0-9999
// are clamped.
void write_time(wall_time at, char* to) noexcept;

}  // namespace ferroway::telemetry
