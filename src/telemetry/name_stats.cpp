#include "telemetry/name_stats.hpp"

#include <utility>

namespace ferroway::telemetry {

void name_stats::resolved(std::vector<name_state::place> places, wall_time at) {
  const std::scoped_lock lock(mutex_);
  state_.places = std::move(places);
  state_.resolved_at = at;
  state_.failing = false;
  ++state_.succeeded;
}

void name_stats::failed(std::string_view why, wall_time at) {
  const std::scoped_lock lock(mutex_);
  state_.failure = why;
  state_.failed_at = at;
  state_.failing = true;
  ++state_.failed;
}

name_state name_stats::state() const {
  const std::scoped_lock lock(mutex_);
  return state_;
}

}  // namespace ferroway::telemetry
