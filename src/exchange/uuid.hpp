// UUID version 7 (RFC 9562, 5.7): a millisecond clock in front, so that ids sort by time, and 74
// random bits.
#pragma once

#include <cstddef>

#include "base/clock.hpp"
#include "base/random.hpp"

namespace ferroway {

inline constexpr std::size_t uuid_text_bytes = 36;

// "0193d5f2-7c1e-7abc-8def-0123456789ab" into `to`, without a terminator.
void write_uuid_v7(char* to, wall_time now, random_source& random) noexcept;

}  // namespace ferroway
