#include "upstream/endpoint_load.hpp"

#include <algorithm>
#include <cmath>

namespace ferroway::upstream {
namespace {

float faded(std::int64_t nanoseconds) noexcept {
  const auto age = static_cast<float>(std::max<std::int64_t>(nanoseconds, 0));
  return std::exp(-age / static_cast<float>(endpoint_load::fades_in.count()));
}

}  // namespace

void endpoint_load::took(duration length, time_point now) noexcept {
  const std::int64_t at = now.time_since_epoch().count();
  const auto sample = static_cast<float>(length.count());
  const float before = latency_.load(std::memory_order_relaxed);
  const float weight = faded(at - latency_at_.load(std::memory_order_relaxed));
  const float next = sample > before ? sample : before * weight + sample * (1 - weight);
  latency_.store(next, std::memory_order_relaxed);
  latency_at_.store(at, std::memory_order_relaxed);
}

double endpoint_load::latency(time_point now) const noexcept {
  const float known = latency_.load(std::memory_order_relaxed);
  if (known <= 0) return 0;
  const std::int64_t age =
      now.time_since_epoch().count() - latency_at_.load(std::memory_order_relaxed);
  // What has just been written needs no exp().
  return age < 100'000'000 ? known : known * faded(age);
}

}  // namespace ferroway::upstream
