#include "telemetry/log_outputs.hpp"

#include <algorithm>

namespace ferroway::telemetry {

std::expected<std::shared_ptr<log_sink>, std::string> log_outputs::find(const log_destination& to) {
  if (only_ != nullptr) return only_;
  const std::scoped_lock lock(mutex_);
  const auto known = std::ranges::find(all_, to, &in_use::to);
  if (known != all_.end()) return known->sink;
  if (all_.size() == destinations_max) {
    return std::unexpected("access logs go to more than " + std::to_string(destinations_max) +
                           " places");
  }
  auto opened = open_output(to);
  if (!opened) return std::unexpected(std::move(opened.error()));
  all_.push_back({to, std::make_shared<log_sink>(std::move(*opened), to_string(to))});
  return all_.back().sink;
}

void log_outputs::reopen() {
  const std::scoped_lock lock(mutex_);
  for (const in_use& each : all_) each.sink->reopen();
}

void log_outputs::forget_unused() {
  std::vector<in_use> ended;  // writes out what waits, and not under the lock
  const std::scoped_lock lock(mutex_);
  const auto unused =
      std::ranges::partition(all_, [](const in_use& each) { return each.sink.use_count() > 1; });
  std::ranges::move(unused, std::back_inserter(ended));
  all_.erase(unused.begin(), unused.end());
}

std::vector<log_figures> log_outputs::figures() const {
  const std::scoped_lock lock(mutex_);
  std::vector<log_figures> shown;
  for (const in_use& each : all_) {
    shown.push_back({to_string(each.to), each.sink->written(), each.sink->dropped()});
  }
  return shown;
}

void log_outputs::close(std::chrono::milliseconds within) {
  if (only_ != nullptr) only_->close(within);
  const std::scoped_lock lock(mutex_);
  for (const in_use& each : all_) each.sink->begin_close(within);
  for (const in_use& each : all_) each.sink->close(within);
}

}  // namespace ferroway::telemetry
