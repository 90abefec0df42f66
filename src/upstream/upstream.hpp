// A named service: its endpoints, how they are balanced, and for each worker a part of its own.
// Shared by all routes that name it, and by every snapshot in which it is the same; an endpoint
// also by versions of its upstream that differ elsewhere, so that a reload leaves connections and
// what is known of it alone.
//
// Where some endpoint is a name, exchanges go by versions of it that have addresses (versions.hpp);
// its own endpoints stand for the names then, and only rehearsals pick among them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "exchange/exchange.hpp"
#include "telemetry/metrics.hpp"
#include "upstream/balancer/balancer.hpp"
#include "upstream/endpoint.hpp"
#include "upstream/outlier_detector.hpp"
#include "upstream/request_limits.hpp"
#include "upstream/sticky_sessions.hpp"
#include "upstream/versions.hpp"
#include "upstream/worker_part.hpp"

namespace ferroway::upstream {

class upstream {
 public:
  // Endpoints that `previous` has too, with the same settings for their connections, are its. Those
  // that it has not are new at `now`; where it has none, or is null, all have always been there.
  upstream(const config::upstream& from, std::uint32_t workers, const upstream* previous = nullptr,
           time_point now = time_point::min());

  const std::string& name() const noexcept { return from_.name; }
  std::size_t size() const noexcept { return endpoints_.size(); }
  endpoint& at(std::size_t index) noexcept { return *endpoints_[index]; }
  const endpoint& at(std::size_t index) const noexcept { return *endpoints_[index]; }
  const std::shared_ptr<endpoint>& shared(std::size_t index) const { return endpoints_[index]; }
  config::host_sent host_sent() const noexcept { return from_.host; }
  const std::string& host_name() const noexcept { return from_.host_name; }
  duration connect_timeout() const noexcept { return from_.connect_timeout; }
  const config::upstream& made_from() const noexcept { return from_; }

  endpoint_group& group() noexcept { return *group_; }
  balancer& balance() noexcept { return *balancer_; }
  // Null where none are kept.
  const sticky_sessions* sticky() const noexcept { return sticky_.get(); }
  // Null where there are none.
  const request_limits* limits() const noexcept { return limits_.get(); }
  loads_kept loads() const noexcept { return loads_; }
  const outlier_detector& outliers() const noexcept { return outliers_; }
  // Some endpoint may become unavailable.
  bool watched() const noexcept { return watched_; }

  // Before the first exchange: `first` has what the names stand for by now.
  void resolve_from(std::shared_ptr<upstream> first, std::uint32_t workers,
                    std::vector<config::endpoint> until_known = {});
  // Endpoints of the configuration before: versions have them too until all names are known.
  std::span<const config::endpoint> until_known() const noexcept { return until_known_; }
  // Null where no names are resolved.
  versions* resolved() noexcept { return versions_.get(); }
  // What it is at the moment; the control thread's.
  upstream& newest() noexcept { return versions_ ? *versions_->newest() : *this; }
  // What the exchange goes by, to its end.
  upstream& now(exchange& ex) { return versions_ ? versions_->lease(ex) : *this; }

  // Before the first exchange: counts there instead of in figures of its own. Once: one that a
  // snapshot takes over from another goes on counting where it does.
  void count_in(telemetry::metrics& all);

  // Where somebody of `before` served and nobody of this would: those that are new count as healthy
  // until a check says otherwise, and who was ejected is given another chance.
  void serve_on_after(const upstream& before);

  // For rehearsals: checks that nobody makes have passed.
  void assume_healthy();

  // Made at the worker's first call.
  worker_part& part(worker_resources& worker) {
    std::unique_ptr<worker_part>& mine = parts_[worker.index].part;
    if (!mine) [[unlikely]]
      make_part(worker);
    return *mine;
  }

  // On the worker's thread: makes the connections that it is to have before anybody asks. Versions
  // make theirs at their first use.
  void warm_up(worker_resources& worker);
  const std::shared_ptr<telemetry::upstream_stats>& stats() const noexcept { return stats_; }

  // Null where the worker has not used it.
  const retry_budget* budget_of(std::uint32_t worker) const noexcept {
    return parts_[worker].part ? &parts_[worker].part->retries : nullptr;
  }

  // A generation of the worker holds it, or does not any more; with the last one, what the worker
  // has of it is closed. On the worker's thread, before its loop goes.
  void enter(std::uint32_t worker) noexcept;
  void leave(std::uint32_t worker) noexcept;

 private:
  bool somebody_serves() const noexcept;
  void take_endpoints(const upstream* previous, std::uint32_t workers, time_point now);
  void set_limits(std::uint32_t workers);
  void make_part(worker_resources& worker);

  config::upstream from_;
  std::shared_ptr<endpoint_group> group_;
  std::vector<std::shared_ptr<endpoint>> endpoints_;
  std::unique_ptr<balancer> balancer_;
  std::unique_ptr<sticky_sessions> sticky_;
  std::unique_ptr<request_limits> limits_;
  loads_kept loads_;
  outlier_detector outliers_;
  bool watched_;
  std::shared_ptr<telemetry::upstream_stats> stats_;
  bool counted_ = false;
  std::vector<worker_slot<worker_part>> parts_;  // by worker
  std::unique_ptr<versions> versions_;           // null where there are no names
  std::vector<config::endpoint> until_known_;
};

// Why there is nobody to send a request to.
failure nobody(const upstream& of) noexcept;

}  // namespace ferroway::upstream
