// The arithmetic of rate limits: GCRA, the generic cell rate algorithm (ITU-T I.371), which is a
// token bucket that keeps one number, the theoretical arrival time (TAT): when the bucket will be
// full again. In any time t a client gets at most burst + rate * t requests.
//
// Pure functions of plain values; any thread.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.hpp"

namespace ferroway {

// In 64ths of a nanosecond, so that the intervals of odd rates lose nothing that could be measured:
// 1/64 ns in the time between two requests. Wraps after nine years.
using limit_time = std::uint64_t;

inline constexpr limit_time ticks_per_nanosecond = 64;

constexpr limit_time limit_time_of(time_point at) noexcept {
  return static_cast<limit_time>(at.time_since_epoch().count()) * ticks_per_nanosecond;
}

// How far `later` is after `now`; 0 where it is not.
constexpr limit_time ahead(limit_time later, limit_time now) noexcept {
  const auto difference = static_cast<std::int64_t>(later - now);
  return difference > 0 ? static_cast<limit_time>(difference) : 0;
}

struct limit_policy {
  limit_time interval = 0;  // between requests at the steady rate; positive
  std::uint64_t burst = 0;  // requests at once from a full bucket; positive

  // `count` requests in `period`. The interval is rounded up: never more than was allowed.
  static constexpr limit_policy of(std::uint64_t count, duration period, std::uint64_t burst) {
    const auto ticks = static_cast<limit_time>(period.count()) * ticks_per_nanosecond;
    return {(ticks + count - 1) / count, burst};
  }
};

struct limit_decision {
  bool admitted = false;
  bool crowded = false;         // made together with other clients, for want of room
  std::uint64_t remaining = 0;  // requests that would be admitted at once after this one
  duration retry_after{};       // until this one would be admitted; 0 where it was
  duration full_after{};        // until the whole burst is there again
};

// What a bucket becomes: `tat` is its new arrival time where the request is admitted.
struct gcra_step {
  limit_time tat;
  limit_decision decision;
};

// A request that costs `cost` requests, at `now`. One that costs more than the burst never passes.
constexpr gcra_step gcra(limit_time tat, const limit_policy& by, std::uint64_t cost,
                         limit_time now) noexcept {
  constexpr auto nanoseconds = [](limit_time ticks) {
    return duration(
        static_cast<duration::rep>((ticks + ticks_per_nanosecond - 1) / ticks_per_nanosecond));
  };
  const limit_time owed = ahead(tat, now);
  const limit_time wanted = owed + cost * by.interval;
  const limit_time room = by.burst * by.interval;
  if (wanted > room) {
    const std::uint64_t left = owed > room ? 0 : (room - owed) / by.interval;
    return {tat, {false, false, left, nanoseconds(wanted - room), nanoseconds(owed)}};
  }
  return {now + wanted,
          {true, false, (room - wanted) / by.interval, duration(0), nanoseconds(wanted)}};
}

}  // namespace ferroway
