// What an endpoint has to do and how long it takes for it, as all workers together see it: for the
// balancers that go by it. Plain counts that workers share, each endpoint's on a cache line of its
// own; kept only where the balancer reads them, or a limit goes by them.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.hpp"

namespace ferroway::upstream {

class alignas(64) endpoint_load {
 public:
  void began() noexcept { in_flight_.fetch_add(1, std::memory_order_relaxed); }
  // False where as many are in flight: then it has not begun.
  bool try_begin(std::uint32_t most) noexcept {
    std::uint32_t seen = in_flight_.load();
    while (seen < most) {
      if (in_flight_.compare_exchange_weak(seen, seen + 1)) return true;
    }
    return false;
  }
  void ended() noexcept { in_flight_.fetch_sub(1, std::memory_order_relaxed); }
  std::uint32_t in_flight() const noexcept { return in_flight_.load(std::memory_order_relaxed); }

  // An answer's head took so long. The average jumps up to a slower answer at once and goes down
  // slowly (peak EWMA, after Finagle): who has just stalled is avoided at once.
  void took(duration length, time_point now) noexcept;
  // In nanoseconds, by now: it fades, so that one who was slow is tried again. 0: not known.
  double latency(time_point now) const noexcept;

  // In how long a latency fades to a third.
  static constexpr duration fades_in = std::chrono::seconds(10);

 private:
  std::atomic<std::uint32_t> in_flight_{0};
  // Two workers that write at once lose one of two answers' times, which changes little.
  std::atomic<float> latency_{0};
  std::atomic<std::int64_t> latency_at_{0};
};

}  // namespace ferroway::upstream
