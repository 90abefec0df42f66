// How many requests an endpoint may have at once, by how long its answers take: the limit of
// `connections: {adaptive: true}`. A gradient rule (after Netflix's concurrency-limits and Envoy's
// adaptive concurrency): while answers take as long as they usually do, there is room for somewhat
// more; as soon as they take longer, they queue somewhere behind the endpoint, and fewer are let
// through.
//
// Once in a window of at least `window` and `samples_min` answers, by whoever's answer ends it:
//     gradient = between 1/2 and 1: tolerance * usual / mean
//     wanted   = limit * gradient + sqrt(limit)
//     limit   += smoothing * (wanted - limit)
// `usual` is the least mean of a window in this `epoch` and the one before: what the endpoint can
// do, forgotten in time where it cannot any more. A window in which less than half of the limit was
// used says nothing about it.
//
// Shared by all workers: plain atomics. Two that end a window at once lose a sample or two.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.hpp"

namespace ferroway::upstream {

class alignas(64) adaptive_limit {
 public:
  static constexpr duration window = std::chrono::milliseconds(100);
  static constexpr duration epoch = std::chrono::seconds(30);
  static constexpr std::uint32_t samples_min = 10;
  static constexpr double smoothing = 0.2;

  struct bounds {
    std::uint32_t least;
    std::uint32_t most;
    std::uint32_t tolerance;  // percent
  };

  // Of those that may be in flight now; at first the most.
  std::uint32_t now(const bounds& within) const noexcept;
  // An answer took so long, with so many in flight. True: the limit is another one.
  bool took(duration length, std::uint32_t in_flight, time_point now,
            const bounds& within) noexcept;

 private:
  void end_window(std::uint32_t samples, time_point now, const bounds& within) noexcept;
  double usual(double mean, time_point now) noexcept;

  std::atomic<double> limit_{0};  // 0: nothing is known yet
  std::atomic<std::int64_t> window_began_{0};
  std::atomic<std::uint32_t> samples_{0};
  std::atomic<std::uint32_t> most_in_flight_{0};
  std::atomic<std::int64_t> nanoseconds_{0};  // of all samples together
  // Least means, in nanoseconds; 0: none yet.
  std::atomic<std::int64_t> epoch_began_{0};
  std::atomic<double> least_{0};
  std::atomic<double> least_before_{0};
};

}  // namespace ferroway::upstream
