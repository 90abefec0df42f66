// How long answers of an upstream have taken lately, as one worker has seen it: for percentiles.
// Counts in buckets of a fifth of their value or less; older ones fade.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"

namespace ferroway::upstream {

class recent_latencies {
 public:
  // Before so many a percentile says nothing.
  static constexpr std::uint32_t samples_min = 100;
  // With so many all are halved.
  static constexpr std::uint32_t samples_max = 4096;

  void took(duration length) noexcept;
  // That many of a hundred have taken no longer; up to a fourth too much.
  std::optional<duration> percentile(unsigned of) const noexcept;

 private:
  // Four for each power of two of microseconds.
  static constexpr std::size_t parts = 4;
  static constexpr std::size_t buckets = 40 * parts;
  std::array<std::uint32_t, buckets> counts_{};
  std::uint32_t samples_ = 0;
};

}  // namespace ferroway::upstream
