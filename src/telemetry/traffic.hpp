// What is counted of routes, listeners and upstreams. Each is made for a name, held by whatever
// counts in it, and found again under that name after a reload (metrics.hpp). Workers write their
// own cells; totals() adds them up, from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "telemetry/counter.hpp"

namespace ferroway::telemetry {

// The upper bounds of the durations' histogram; what is longer goes into one more bucket.
inline constexpr std::array<duration, 13> duration_bounds{
    std::chrono::milliseconds(1),   std::chrono::microseconds(2500), std::chrono::milliseconds(5),
    std::chrono::milliseconds(10),  std::chrono::milliseconds(25),   std::chrono::milliseconds(50),
    std::chrono::milliseconds(100), std::chrono::milliseconds(250),  std::chrono::milliseconds(500),
    std::chrono::seconds(1),        std::chrono::milliseconds(2500), std::chrono::seconds(5),
    std::chrono::seconds(10)};
inline constexpr std::size_t duration_buckets = duration_bounds.size() + 1;
// Which of them a duration is counted in.
std::size_t duration_bucket(duration took) noexcept;

// 1xx to 5xx by their first digit; 0: no answer was sent.
inline constexpr std::array<std::string_view, 6> status_classes{"none", "1xx", "2xx",
                                                                "3xx",  "4xx", "5xx"};

struct exchange_figures {
  std::uint16_t status = 0;  // 0: none was sent
  duration took{};
  std::uint64_t bytes_received = 0;  // of bodies
  std::uint64_t bytes_sent = 0;
};

struct route_totals {
  std::uint64_t begun = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t nanoseconds = 0;
  std::array<std::uint64_t, status_classes.size()> by_class{};
  std::array<std::uint64_t, duration_buckets> by_duration{};  // each bucket by itself

  std::uint64_t ended() const noexcept;
  void add(const route_totals& more) noexcept;
};

class route_stats {
 public:
  route_stats(std::string_view name, std::uint32_t workers) : name_(name), cells_(workers) {}
  const std::string& name() const noexcept { return name_; }

  // On that worker's thread.
  void began(std::uint32_t worker) noexcept;
  void ended(std::uint32_t worker, const exchange_figures& what) noexcept;

  // Where it stands among the routes that have had a request; 0: it has had none.
  std::uint64_t place() const noexcept { return place_.load(std::memory_order_relaxed); }
  route_totals totals() const noexcept;

 private:
  // Three cache lines; a fast 200 touches two of them.
  struct alignas(64) cell {
    counter begun, nanoseconds, bytes_received, bytes_sent;
    std::array<counter, status_classes.size()> by_class;
    std::array<counter, duration_buckets> by_duration;
  };
  [[gnu::noinline]] void take_place() noexcept;

  const std::string name_;
  per_worker<cell> cells_;
  std::atomic<std::uint64_t> place_{0};
};

struct listener_totals {
  std::uint64_t accepted = 0;
  std::uint64_t open = 0;
};

class listener_stats {
 public:
  listener_stats(std::string_view name, std::uint32_t workers) : name_(name), cells_(workers) {}
  const std::string& name() const noexcept { return name_; }

  void accepted(std::uint32_t worker) noexcept {
    cells_.of(worker).accepted.add();
    got(worker, 1);
  }
  void closed(std::uint32_t worker) noexcept { gave(worker, 1); }
  // Open connections that it takes over from another name, or loses to it.
  void got(std::uint32_t worker, std::size_t connections) noexcept {
    cells_.of(worker).came.add(connections);
  }
  void gave(std::uint32_t worker, std::size_t connections) noexcept {
    cells_.of(worker).went.add(connections);
  }
  listener_totals totals() const noexcept;

 private:
  struct alignas(64) cell {
    counter accepted, came, went;
  };
  const std::string name_;
  per_worker<cell> cells_;
};

// What a middleware that may refuse requests, or has only so much room for them, has decided.
struct middleware_totals {
  std::uint64_t passed = 0;
  std::uint64_t rejected = 0;
  std::uint64_t would_reject = 0;  // in shadow mode
  std::uint64_t crowded =
      0;  // had no room of its own: decided together with others, or left as it was
};

class middleware_stats {
 public:
  // Of one worker.
  struct alignas(64) cell {
    counter passed, rejected, would_reject, crowded;
  };

  middleware_stats(std::string_view name, std::uint32_t workers) : name_(name), cells_(workers) {}
  const std::string& name() const noexcept { return name_; }

  cell& of(std::uint32_t worker) noexcept { return cells_.of(worker); }
  middleware_totals totals() const noexcept;

 private:
  const std::string name_;
  per_worker<cell> cells_;
};

struct upstream_totals {
  std::uint64_t connected = 0;
  std::uint64_t connect_failed = 0;
  std::uint64_t reused = 0;
  std::uint64_t retries = 0;
  std::uint64_t hedges = 0;
  // Of one with limits.
  bool limited = false;
  std::uint64_t in_flight = 0;
  std::uint64_t pending = 0;
  std::uint64_t queued = 0;   // had to wait
  std::uint64_t refused = 0;  // no more may wait
  std::uint64_t waited_in_vain = 0;
};

class upstream_stats {
 public:
  // Of one worker. `retries` are those that the retry budget paid for; the rest is counted where
  // there are limits.
  struct alignas(64) cell {
    counter connected, connect_failed, reused, retries, hedges;
    counter began, ended, queued, dequeued, refused, waited_in_vain;
  };

  upstream_stats(std::string_view name, std::uint32_t workers) : name_(name), cells_(workers) {}
  const std::string& name() const noexcept { return name_; }

  cell& of(std::uint32_t worker) noexcept { return cells_.of(worker); }
  bool used() const noexcept { return cells_.used(); }
  // There are limits, or have been.
  void show_limited() noexcept { limited_.store(true, std::memory_order_relaxed); }
  upstream_totals totals() const noexcept;

 private:
  const std::string name_;
  per_worker<cell> cells_;
  std::atomic<bool> limited_{false};
};

}  // namespace ferroway::telemetry
