// Whether an endpoint may have requests, and why not. Two judge it, and both must be content: the
// prober, which asks it (active checks), and the workers, by what becomes of requests (passive
// detection): they eject it for a time, after which it gets one request on trial.
//
// Read by all workers without a lock; changed under the lock of its group, seldom.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "io/loop.hpp"
#include "telemetry/endpoint_stats.hpp"
#include "upstream/endpoint_group.hpp"

namespace ferroway::upstream {

// How long an endpoint is out, the first time and later ones.
struct ejection {
  duration first = std::chrono::seconds(10);
  duration longest = std::chrono::minutes(5);
  const char* why = "";      // a literal
  bool unreachable = false;  // connections failed: a check that passes says that this is over
};

class endpoint_health {
 public:
  endpoint_health(std::shared_ptr<endpoint_group> group, std::string_view endpoint)
      : group_(std::move(group)), endpoint_(endpoint) {}

  using state = telemetry::endpoint_state;

  bool available() const noexcept { return bits_.load(std::memory_order_acquire) == 0; }
  state is() const noexcept;
  // Since when it has been available again (slow start); long ago where it always was.
  time_point available_since() const noexcept { return since_.load(std::memory_order_relaxed); }
  // Called before anybody else knows it.
  void begins_at(time_point now) noexcept { since_.store(now, std::memory_order_relaxed); }

  // The prober's judgement. `why` is a literal.
  void judge(bool healthy, const char* why, const io::loop& on);
  bool passes_checks() const noexcept {
    return (bits_.load(std::memory_order_acquire) & failed_check) == 0;
  }
  // Without a word, before anybody picks: what holds until the first check.
  void assume(bool healthy);
  // A check has just passed: an ejection of an endpoint that could not be reached, or of which
  // checks have said the same, is over but for the trial.
  void passed_a_check(const io::loop& on);

  bool ejected() const noexcept { return (bits_.load(std::memory_order_acquire) & out_bits) != 0; }
  // Takes it out, longer each time in a row. False where it is out already.
  bool eject(const ejection& how, const io::loop& on);
  // When it may be tried; `never` where it is in, or on trial.
  time_point trial_due() const noexcept { return due_.load(std::memory_order_acquire); }
  // True for one caller, who then sends it one request and says what came of that.
  bool begin_trial(const io::loop& on);
  void trial_succeeded(const io::loop& on);
  void trial_failed(const ejection& how, const io::loop& on);
  // Nothing came of it that would tell (the client left): the next may try.
  void trial_undecided(const io::loop& on);
  // It is in again, if passive detection has it out. `why` is a literal.
  void forgive(const char* why = "passive detection is off");

  // Where its state is shown.
  void show_in(std::shared_ptr<telemetry::endpoint_stats> stats);

 private:
  static constexpr std::uint32_t failed_check = 1;
  static constexpr std::uint32_t out = 2;
  static constexpr std::uint32_t on_trial = 4;
  static constexpr std::uint32_t out_bits = out | on_trial;

  void change(std::uint32_t to, const char* why, const io::loop* on);
  duration ejected_for(const ejection& how);

  const std::shared_ptr<endpoint_group> group_;
  const std::string_view endpoint_;
  std::atomic<std::uint32_t> bits_{0};
  std::atomic<time_point> since_{time_point::min()};
  std::atomic<time_point> due_{never};
  // Under the lock.
  std::uint32_t in_a_row_ = 0;  // ejections without a long good time between them
  time_point in_again_ = time_point::min();
  duration last_ejection_{};
  bool unreachable_ = false;                          // or checks have failed too meanwhile
  std::shared_ptr<telemetry::endpoint_stats> stats_;  // null: nobody counts
};

}  // namespace ferroway::upstream
