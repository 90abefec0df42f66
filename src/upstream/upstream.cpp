#include "upstream/upstream.hpp"

#include <algorithm>
#include <unordered_map>

namespace ferroway::upstream {

upstream::upstream(const config::upstream& from, std::uint32_t workers, const upstream* previous,
                   time_point now)
    : from_(from),
      group_(previous != nullptr ? previous->group_ : std::make_shared<endpoint_group>(from.name)),
      balancer_(make_balancer(from)),
      sticky_(from.sticky.cookie.empty() ? nullptr : std::make_unique<sticky_sessions>(from)),
      loads_(loads_of(from.balance)),
      outliers_(from.outliers),
      watched_(from.check.is != config::health_check::kind::none ||
               (from.outliers.on && from.endpoints.size() > 1)),
      stats_(std::make_shared<telemetry::upstream_stats>(from.name, workers)),
      parts_(workers) {
  take_endpoints(previous, workers, now);
  set_limits(workers);
}

void upstream::set_limits(std::uint32_t workers) {
  if (!from_.limits.any()) return;
  if (!group_->slots) group_->slots = std::make_shared<io::slot_table>(workers, false);
  limits_ = std::make_unique<request_limits>(from_.limits, group_->slots);
  loads_.in_flight = true;
}

void upstream::take_endpoints(const upstream* previous, std::uint32_t workers, time_point now) {
  const pool_settings pools{from_.idle_connections, from_.idle_timeout, from_.lifetime, from_.warm};
  // Each is taken once: an endpoint that stands twice has two pools.
  std::unordered_multimap<std::string_view, std::shared_ptr<endpoint>> known;
  if (previous != nullptr) {
    for (const auto& item : previous->endpoints_) known.emplace(item->text, item);
  }
  endpoints_.reserve(from_.endpoints.size());
  for (const config::endpoint& item : from_.endpoints) {
    const auto found = known.find(text_of(item));
    if (found != known.end() && found->second->is(item, pools)) {
      // Where nobody ejects any more, nobody would try it either.
      if (!from_.outliers.on || from_.endpoints.size() == 1) found->second->health.forgive();
      endpoints_.push_back(std::move(found->second));
      known.erase(found);
      continue;
    }
    endpoints_.push_back(std::make_shared<endpoint>(item, pools, workers, group_));
    endpoint_health& health = endpoints_.back()->health;
    if (previous != nullptr && previous->size() > 0) health.begins_at(now);
    health.assume(from_.check.is == config::health_check::kind::none || from_.check.assume_healthy);
  }
}

void upstream::resolve_from(std::shared_ptr<upstream> first, std::uint32_t workers,
                            std::vector<config::endpoint> until_known) {
  until_known_ = std::move(until_known);
  versions_ = std::make_unique<versions>(std::move(first), workers);
}

void upstream::count_in(telemetry::metrics& all) {
  if (versions_) return versions_->newest()->count_in(all);
  if (std::exchange(counted_, true)) return;
  stats_ = all.upstream(name());
  if (limits_) stats_->show_limited();
  for (const auto& item : endpoints_) item->count_in(all.endpoint(name(), item->text));
}

bool upstream::somebody_serves() const noexcept {
  for (std::size_t i = 0; i < endpoints_.size(); ++i) {
    if (from_.endpoints[i].weight > 0 && endpoints_[i]->health.available()) return true;
  }
  return false;
}

void upstream::serve_on_after(const upstream& before) {
  if (somebody_serves() || !before.somebody_serves()) return;
  for (const auto& item : endpoints_) {
    const bool is_new = std::ranges::find(before.endpoints_, item) == before.endpoints_.end();
    if (is_new) item->health.assume(true);
    item->health.forgive("nobody else is left");
  }
}

void upstream::assume_healthy() {
  for (const auto& item : endpoints_) item->health.assume(true);
}

void upstream::make_part(worker_resources& worker) {
  parts_[worker.index].part =
      std::make_unique<worker_part>(worker, *this, stats_->of(worker.index));
}

void upstream::warm_up(worker_resources& worker) {
  if (from_.warm == 0 || versions_) return;
  part(worker).warm_up();
}

void upstream::enter(std::uint32_t worker) noexcept {
  if (versions_) return versions_->enter(worker);
  parts_[worker].enter();
  for (const auto& item : endpoints_) item->enter(worker);
}

void upstream::leave(std::uint32_t worker) noexcept {
  if (versions_) return versions_->leave(worker);
  parts_[worker].leave();
  for (const auto& item : endpoints_) item->leave(worker);
}

failure nobody(const upstream& of) noexcept {
  // A file has endpoints; only names may stand for none.
  const char* why =
      of.size() == 0 ? "the names of its endpoints are not resolved" : "no endpoint is available";
  return {fault::no_endpoint, side::upstream, false, why};
}

}  // namespace ferroway::upstream
