// What is counted of a route's copies (upstream/mirror.hpp): how many there are at the moment, what
// became of them, and how their times compare. Kept under the route's name through reloads, so that
// the bound on copies holds across one.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "telemetry/counter.hpp"
#include "telemetry/traffic.hpp"

namespace ferroway::telemetry {

// A copy, once it has ended. Statuses are of answers; 0: there was none.
struct mirrored_figures {
  std::uint16_t original = 0;
  std::uint16_t copy = 0;
  duration original_took{};  // both until the answer's head
  duration copy_took{};
};

struct mirror_totals {
  std::uint64_t same = 0;       // the same status
  std::uint64_t different = 0;  // another one
  std::uint64_t failed = 0;     // the copy was not answered
  std::uint64_t crowded = 0;    // not made: there were as many as there may be
  std::uint64_t too_long = 0;   // not made: its body was too long, or had not come yet
  // Of those that were answered.
  std::uint64_t original_nanoseconds = 0;
  std::uint64_t copy_nanoseconds = 0;
  std::array<std::uint64_t, duration_buckets> original_by_duration{};
  std::array<std::uint64_t, duration_buckets> copy_by_duration{};
};

class mirror_stats {
 public:
  mirror_stats(std::string_view route, std::uint32_t workers) : name_(route), cells_(workers) {}
  const std::string& name() const noexcept { return name_; }

  // A place for one more copy, of so many for all workers together. Any thread.
  bool enter(std::uint32_t at_most) noexcept {
    if (in_flight_.fetch_add(1, std::memory_order_relaxed) < at_most) return true;
    leave();
    return false;
  }
  void leave() noexcept { in_flight_.fetch_sub(1, std::memory_order_relaxed); }
  std::uint32_t in_flight() const noexcept { return in_flight_.load(std::memory_order_relaxed); }

  // On that worker's thread.
  void ended(std::uint32_t worker, const mirrored_figures& what) noexcept;
  void crowded(std::uint32_t worker) noexcept { cells_.of(worker).crowded.add(); }
  void too_long(std::uint32_t worker) noexcept { cells_.of(worker).too_long.add(); }

  mirror_totals totals() const noexcept;

 private:
  struct alignas(64) cell {
    counter same, different, failed, crowded, too_long, original_nanoseconds, copy_nanoseconds;
    std::array<counter, duration_buckets> original_by_duration, copy_by_duration;
  };

  const std::string name_;
  std::atomic<std::uint32_t> in_flight_{0};
  per_worker<cell> cells_;
};

}  // namespace ferroway::telemetry
