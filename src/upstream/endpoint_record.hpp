// What has become of an endpoint's requests lately, as passive detection counts it
// (outlier_detector.hpp). Shared by the workers; a failure is seldom, so that the count of those in
// a row is read by all and written by few. The rest is kept only where a rate or a latency is asked
// for.
#pragma once

#include <atomic>
#include <cstdint>

namespace ferroway::upstream {

struct alignas(64) endpoint_record {
  std::atomic<std::uint32_t> failures_in_a_row{0};

  // Of the window that began then (nanoseconds of the clock).
  std::atomic<std::int64_t> window_began{0};
  std::atomic<std::uint32_t> requests{0};
  std::atomic<std::uint32_t> failures{0};
  std::atomic<std::uint64_t> nanoseconds{0};  // of all answers together

  // Of the window before: the mean time of an answer, 0 where there were too few.
  std::atomic<std::uint64_t> last_mean{0};
};

}  // namespace ferroway::upstream
