#include "upstream/adaptive_limit.hpp"

#include <algorithm>
#include <cmath>

namespace ferroway::upstream {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr double gradient_min = 0.5;

std::int64_t count_of(time_point at) noexcept { return at.time_since_epoch().count(); }

}  // namespace

std::uint32_t adaptive_limit::now(const bounds& within) const noexcept {
  const double known = limit_.load(relaxed);
  if (known == 0) return within.most;
  return std::clamp(static_cast<std::uint32_t>(known), within.least, within.most);
}

bool adaptive_limit::took(duration length, std::uint32_t in_flight, time_point now,
                          const bounds& within) noexcept {
  nanoseconds_.fetch_add(length.count(), relaxed);
  const std::uint32_t samples = samples_.fetch_add(1, relaxed) + 1;
  std::uint32_t seen = most_in_flight_.load(relaxed);
  while (seen < in_flight && !most_in_flight_.compare_exchange_weak(seen, in_flight, relaxed)) {
    continue;
  }
  std::int64_t began = window_began_.load(relaxed);
  if (samples < samples_min || count_of(now) - began < window.count()) return false;
  // The others go on in the next window.
  if (!window_began_.compare_exchange_strong(began, count_of(now), relaxed)) return false;
  const std::uint32_t before = this->now(within);
  end_window(samples, now, within);
  return this->now(within) != before;
}

void adaptive_limit::end_window(std::uint32_t samples, time_point now,
                                const bounds& within) noexcept {
  const double mean =
      std::max(static_cast<double>(nanoseconds_.exchange(0, relaxed)) / samples, 1.0);
  const std::uint32_t used = most_in_flight_.exchange(0, relaxed);
  samples_.store(0, relaxed);
  const double least = usual(mean, now);
  const double known = limit_.load(relaxed);
  const double limit = known == 0 ? within.most : known;
  if (used * 2 < limit) return;
  const double gradient = std::clamp(within.tolerance / 100.0 * least / mean, gradient_min, 1.0);
  const double wanted = limit * gradient + std::sqrt(limit);
  limit_.store(std::clamp(limit + smoothing * (wanted - limit), static_cast<double>(within.least),
                          static_cast<double>(within.most)),
               relaxed);
}

double adaptive_limit::usual(double mean, time_point now) noexcept {
  double least = least_.load(relaxed);
  const std::int64_t age = count_of(now) - epoch_began_.load(relaxed);
  if (age >= epoch.count()) {
    least_before_.store(age < 2 * epoch.count() ? least : 0, relaxed);
    epoch_began_.store(count_of(now), relaxed);
    least = 0;
  }
  if (least == 0 || mean < least) least = mean;
  least_.store(least, relaxed);
  const double before = least_before_.load(relaxed);
  return before == 0 ? least : std::min(least, before);
}

}  // namespace ferroway::upstream
