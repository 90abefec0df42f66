// What is counted and shown of one endpoint of an upstream. Picks are counted by workers in cells
// of their own; what changes seldom is atomic. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "telemetry/counter.hpp"

namespace ferroway::telemetry {

enum class endpoint_state : std::uint8_t {
  available,
  unhealthy,  // by active checks
  ejected,    // by what became of requests
  on_trial    // ejected, and one request is on its way to see whether it is well again
};
std::string_view to_string(endpoint_state is) noexcept;

struct endpoint_totals {
  std::uint64_t picks = 0;
  std::uint64_t failures = 0;
  std::uint64_t ejections = 0;
  std::uint64_t checks_passed = 0;
  std::uint64_t checks_failed = 0;
};

class endpoint_stats {
 public:
  // Of one worker. `failures` are requests that it did not answer, or (where that counts) with 5xx.
  struct alignas(64) cell {
    counter picks, failures;
  };

  endpoint_stats(std::string_view name, std::uint32_t workers) : name_(name), cells_(workers) {}
  // The upstream's and the endpoint's: "users 10.0.0.1:8000".
  const std::string& name() const noexcept { return name_; }
  std::string_view upstream() const noexcept { return std::string_view(name_).substr(0, space()); }
  std::string_view endpoint() const noexcept { return std::string_view(name_).substr(space() + 1); }
  static std::string name_of(std::string_view upstream, std::string_view endpoint) {
    return std::string(upstream) + " " + std::string(endpoint);
  }

  cell& of(std::uint32_t worker) noexcept { return cells_.of(worker); }
  void ejected() noexcept { ejections_.fetch_add(1, std::memory_order_relaxed); }
  void checked(bool passed) noexcept {
    (passed ? passed_ : failed_).fetch_add(1, std::memory_order_relaxed);
  }
  // `why` is a literal; `since` is the epoch where it has always been so.
  void show(endpoint_state is, const char* why, wall_time since) noexcept;

  // How many requests it may have at once, where latencies say that.
  void show_limit(std::uint32_t limit) noexcept { limit_.store(limit, std::memory_order_relaxed); }
  // 0: nobody has said.
  std::uint32_t limit() const noexcept { return limit_.load(std::memory_order_relaxed); }

  endpoint_state is() const noexcept { return is_.load(std::memory_order_relaxed); }
  std::string_view why() const noexcept { return why_.load(std::memory_order_relaxed); }
  wall_time since() const noexcept { return since_.load(std::memory_order_relaxed); }
  endpoint_totals totals() const noexcept;

 private:
  // No name of ours has a space.
  std::size_t space() const noexcept { return name_.find(' '); }

  const std::string name_;
  per_worker<cell> cells_;
  std::atomic<endpoint_state> is_{endpoint_state::available};
  std::atomic<const char*> why_{""};
  std::atomic<wall_time> since_{wall_time{}};
  std::atomic<std::uint64_t> ejections_{0};
  std::atomic<std::uint64_t> passed_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint32_t> limit_{0};
};

}  // namespace ferroway::telemetry
