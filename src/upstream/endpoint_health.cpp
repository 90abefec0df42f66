#include "upstream/endpoint_health.hpp"

#include <algorithm>

#include "telemetry/log.hpp"

namespace ferroway::upstream {
namespace {

using telemetry::log_level;

// An endpoint that fails again within as many ejections' time is ejected for longer.
constexpr int good_times = 4;

}  // namespace

endpoint_health::state endpoint_health::is() const noexcept {
  const std::uint32_t bits = bits_.load(std::memory_order_acquire);
  if ((bits & failed_check) != 0) return state::unhealthy;
  if ((bits & on_trial) != 0) return state::on_trial;
  return (bits & out) != 0 ? state::ejected : state::available;
}

// Under the lock. Told once, whoever of the workers was first.
void endpoint_health::change(std::uint32_t to, const char* why, const io::loop* on) {
  const state before = is();
  const bool was_available = available();
  if (to == 0 && !was_available && on != nullptr) {
    since_.store(on->now(), std::memory_order_relaxed);
  }
  bits_.store(to, std::memory_order_release);
  group_->version.fetch_add(1, std::memory_order_release);
  const state now = is();
  if (now == before) return;
  if (stats_) stats_->show(now, why, on == nullptr ? wall_time() : on->wall_now());
  // Trials that come to nothing change nothing for operators.
  const bool of_trials =
      now != state::available && (now == state::on_trial || before == state::on_trial);
  if (on == nullptr || of_trials) return;
  telemetry::log(now == state::available ? log_level::info : log_level::warning,
                 now == state::available ? "an endpoint is back" : "an endpoint is out",
                 {{"upstream", group_->name},
                  {"endpoint", endpoint_},
                  {"state", telemetry::to_string(now)},
                  {"why", why}});
}

void endpoint_health::judge(bool healthy, const char* why, const io::loop& on) {
  const std::scoped_lock lock(group_->changing);
  const std::uint32_t bits = bits_.load(std::memory_order_relaxed);
  const std::uint32_t next = healthy ? bits & ~failed_check : bits | failed_check;
  if (!healthy) unreachable_ = true;
  if (next != bits) change(next, why, &on);
}

void endpoint_health::assume(bool healthy) {
  const std::scoped_lock lock(group_->changing);
  const std::uint32_t bits = bits_.load(std::memory_order_relaxed);
  const std::uint32_t next = healthy ? bits & ~failed_check : bits | failed_check;
  if (next != bits) change(next, "", nullptr);
}

void endpoint_health::passed_a_check(const io::loop& on) {
  if (!ejected()) return;
  const std::scoped_lock lock(group_->changing);
  const std::uint32_t bits = bits_.load(std::memory_order_relaxed);
  if ((bits & out) == 0 || !unreachable_ || trial_due() <= on.now()) return;
  due_.store(on.now(), std::memory_order_release);
  group_->version.fetch_add(1, std::memory_order_release);
}

// Doubles with each that follows a short good time.
duration endpoint_health::ejected_for(const ejection& how) {
  ++in_a_row_;
  duration length = how.first;
  for (std::uint32_t i = 1; i < in_a_row_ && length < how.longest; ++i) length *= 2;
  last_ejection_ = std::min(length, std::max(how.first, how.longest));
  return last_ejection_;
}

bool endpoint_health::eject(const ejection& how, const io::loop& on) {
  const std::scoped_lock lock(group_->changing);
  const std::uint32_t bits = bits_.load(std::memory_order_relaxed);
  if ((bits & out_bits) != 0) return false;
  if (in_a_row_ > 0 && on.now() - in_again_ > last_ejection_ * good_times) in_a_row_ = 0;
  unreachable_ = how.unreachable || (bits & failed_check) != 0;
  due_.store(on.now() + ejected_for(how), std::memory_order_release);
  if (stats_) stats_->ejected();
  change(bits | out, how.why, &on);
  return true;
}

bool endpoint_health::begin_trial(const io::loop& on) {
  const std::scoped_lock lock(group_->changing);
  const std::uint32_t bits = bits_.load(std::memory_order_relaxed);
  // One that checks say is down is not worth a request.
  if (bits != out || trial_due() > on.now()) return false;
  due_.store(never, std::memory_order_release);
  change((bits & ~out) | on_trial, "one request says whether it is well", &on);
  return true;
}

void endpoint_health::trial_succeeded(const io::loop& on) {
  const std::scoped_lock lock(group_->changing);
  const std::uint32_t bits = bits_.load(std::memory_order_relaxed);
  if ((bits & on_trial) == 0) return;
  in_again_ = on.now();
  change(bits & ~on_trial, "a request on trial succeeded", &on);
}

void endpoint_health::trial_failed(const ejection& how, const io::loop& on) {
  const std::scoped_lock lock(group_->changing);
  const std::uint32_t bits = bits_.load(std::memory_order_relaxed);
  if ((bits & on_trial) == 0) return;
  unreachable_ = how.unreachable;
  due_.store(on.now() + ejected_for(how), std::memory_order_release);
  if (stats_) stats_->ejected();
  change((bits & ~on_trial) | out, how.why, &on);
}

void endpoint_health::trial_undecided(const io::loop& on) {
  const std::scoped_lock lock(group_->changing);
  const std::uint32_t bits = bits_.load(std::memory_order_relaxed);
  if ((bits & on_trial) == 0) return;
  due_.store(on.now(), std::memory_order_release);
  change((bits & ~on_trial) | out, "the request on trial said nothing", &on);
}

void endpoint_health::forgive(const char* why) {
  const std::scoped_lock lock(group_->changing);
  const std::uint32_t bits = bits_.load(std::memory_order_relaxed);
  if ((bits & out_bits) == 0) return;
  due_.store(never, std::memory_order_release);
  in_a_row_ = 0;
  change(bits & ~out_bits, why, nullptr);
}

void endpoint_health::show_in(std::shared_ptr<telemetry::endpoint_stats> stats) {
  const std::scoped_lock lock(group_->changing);
  stats_ = std::move(stats);
  stats_->show(is(), "", {});
}

}  // namespace ferroway::upstream
