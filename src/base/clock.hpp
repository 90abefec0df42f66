// The one notion of time: monotonic, injected (each loop holds `now`, read once a turn; simulated
// loops make it up).
#pragma once

#include <chrono>

namespace ferroway {

using duration = std::chrono::nanoseconds;
using time_point = std::chrono::time_point<std::chrono::steady_clock, duration>;
using wall_time = std::chrono::time_point<std::chrono::system_clock, duration>;

inline constexpr time_point never = time_point::max();

// now + after, without overflow: a timeout of 'forever' stays `never`.
constexpr time_point deadline_after(time_point now, duration after) {
  return after >= never - now ? never : now + after;
}

}  // namespace ferroway
