#include "telemetry/endpoint_stats.hpp"

#include <utility>

namespace ferroway::telemetry {

std::string_view to_string(endpoint_state is) noexcept {
  switch (is) {
    case endpoint_state::available:
      return "available";
    case endpoint_state::unhealthy:
      return "unhealthy";
    case endpoint_state::ejected:
      return "ejected";
    case endpoint_state::on_trial:
      return "on trial";
  }
  std::unreachable();
}

void endpoint_stats::show(endpoint_state is, const char* why, wall_time since) noexcept {
  why_.store(why, std::memory_order_relaxed);
  since_.store(since, std::memory_order_relaxed);
  is_.store(is, std::memory_order_relaxed);
}

endpoint_totals endpoint_stats::totals() const noexcept {
  endpoint_totals all;
  cells_.each([&all](const cell& one) {
    all.picks += one.picks.value();
    all.failures += one.failures.value();
  });
  all.ejections = ejections_.load(std::memory_order_relaxed);
  all.checks_passed = passed_.load(std::memory_order_relaxed);
  all.checks_failed = failed_.load(std::memory_order_relaxed);
  return all;
}

}  // namespace ferroway::telemetry
