#include "upstream/recent_latencies.hpp"

#include <algorithm>
#include <bit>

namespace ferroway::upstream {

void recent_latencies::took(duration length) noexcept {
  const auto micros = static_cast<std::uint64_t>(
      std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::microseconds>(length).count(),
                             static_cast<std::int64_t>(parts)));
  const auto power = static_cast<std::size_t>(std::bit_width(micros)) - 1;
  const std::size_t part = (micros >> (power - 2)) & (parts - 1);
  ++counts_[std::min(power * parts + part, buckets - 1)];
  if (++samples_ < samples_max) return;
  samples_ = 0;
  for (std::uint32_t& each : counts_) {
    each /= 2;
    samples_ += each;
  }
}

std::optional<duration> recent_latencies::percentile(unsigned of) const noexcept {
  if (samples_ < samples_min) return std::nullopt;
  const std::uint64_t wanted = std::uint64_t{samples_} * of / 100;
  std::uint64_t below = 0;
  std::size_t at = 0;
  while (at + 1 < buckets && below + counts_[at] <= wanted) below += counts_[at++];
  // The bucket's upper end.
  const std::size_t power = at / parts;
  const std::uint64_t end = (std::uint64_t{parts} + at % parts + 1) << (power - 2);
  return std::chrono::microseconds(end);
}

}  // namespace ferroway::upstream
