// All that the process counts, by name. Lives as long as the process: a reload makes new routes,
// listeners and upstreams, which find the figures of their name again, so that counters never go
// back. Any thread; the lock is for making, forgetting and scraping only.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/endpoint_stats.hpp"
#include "telemetry/key_set_stats.hpp"
#include "telemetry/mirror_stats.hpp"
#include "telemetry/name_stats.hpp"
#include "telemetry/traffic.hpp"

namespace ferroway::telemetry {

class metrics {
 public:
  explicit metrics(std::uint32_t workers) noexcept : workers_(workers) {}

  // Those of this name, made when nobody has asked before.
  std::shared_ptr<route_stats> route(std::string_view name) { return routes_.find(name, workers_); }
  std::shared_ptr<listener_stats> listener(std::string_view name) {
    return listeners_.find(name, workers_);
  }
  std::shared_ptr<upstream_stats> upstream(std::string_view name) {
    return upstreams_.find(name, workers_);
  }
  std::shared_ptr<middleware_stats> middleware(std::string_view name) {
    return middlewares_.find(name, workers_);
  }
  // Of a route's copies.
  std::shared_ptr<mirror_stats> mirror(std::string_view route) {
    return mirrors_.find(route, workers_);
  }
  std::shared_ptr<endpoint_stats> endpoint(std::string_view upstream, std::string_view endpoint) {
    return endpoints_.find(endpoint_stats::name_of(upstream, endpoint), workers_);
  }
  // Of a name of endpoints: "users.internal", "srv:_http._tcp.users.internal".
  std::shared_ptr<name_stats> name(std::string_view name) { return resolved_.find(name, workers_); }
  // Of a key set's address, without its query.
  std::shared_ptr<key_set_stats> key_set(std::string_view url) {
    return key_sets_.find(url, workers_);
  }

  // Null where nobody has asked for that name.
  std::shared_ptr<const route_stats> known_route(std::string_view name) const {
    return routes_.known(name);
  }
  std::shared_ptr<const upstream_stats> known_upstream(std::string_view name) const {
    return upstreams_.known(name);
  }
  std::shared_ptr<const mirror_stats> known_mirror(std::string_view route) const {
    return mirrors_.known(route);
  }
  std::shared_ptr<const endpoint_stats> known_endpoint(std::string_view upstream,
                                                       std::string_view endpoint) const {
    return endpoints_.known(endpoint_stats::name_of(upstream, endpoint));
  }
  std::shared_ptr<const name_stats> known_name(std::string_view name) const {
    return resolved_.known(name);
  }

  // Lets go of the names that nothing counts in any more. After a snapshot has been replaced.
  void forget_unused();

  // All there are, by name.
  std::vector<std::shared_ptr<route_stats>> routes() const { return routes_.all(); }
  std::vector<std::shared_ptr<listener_stats>> listeners() const { return listeners_.all(); }
  std::vector<std::shared_ptr<upstream_stats>> upstreams() const { return upstreams_.all(); }
  std::vector<std::shared_ptr<middleware_stats>> middlewares() const { return middlewares_.all(); }
  std::vector<std::shared_ptr<mirror_stats>> mirrors() const { return mirrors_.all(); }
  std::vector<std::shared_ptr<endpoint_stats>> endpoints() const { return endpoints_.all(); }
  std::vector<std::shared_ptr<name_stats>> resolved() const { return resolved_.all(); }
  std::vector<std::shared_ptr<key_set_stats>> key_sets() const { return key_sets_.all(); }

 private:
  struct by_name {
    using is_transparent = void;
    template <class Stats>
    static std::string_view key(const std::shared_ptr<Stats>& from) noexcept {
      return from->name();
    }
    static std::string_view key(std::string_view from) noexcept { return from; }
    bool operator()(const auto& a, const auto& b) const noexcept { return key(a) < key(b); }
  };

  template <class Stats>
  class names {
   public:
    std::shared_ptr<Stats> find(std::string_view name, std::uint32_t workers) {
      const std::scoped_lock lock(mutex_);
      const auto found = known_.lower_bound(name);
      if (found != known_.end() && (*found)->name() == name) return *found;
      return *known_.insert(found, std::make_shared<Stats>(name, workers));
    }
    std::shared_ptr<const Stats> known(std::string_view name) const {
      const std::scoped_lock lock(mutex_);
      const auto found = known_.find(name);
      return found == known_.end() ? nullptr : *found;
    }
    // Nobody else holds them, and only find(), under the lock, could give one out.
    void forget_unused() {
      const std::scoped_lock lock(mutex_);
      std::erase_if(known_, [](const auto& stats) { return stats.use_count() == 1; });
    }
    std::vector<std::shared_ptr<Stats>> all() const {
      const std::scoped_lock lock(mutex_);
      return {known_.begin(), known_.end()};
    }

   private:
    mutable std::mutex mutex_;
    std::set<std::shared_ptr<Stats>, by_name> known_;
  };

  const std::uint32_t workers_;
  names<route_stats> routes_;
  names<listener_stats> listeners_;
  names<upstream_stats> upstreams_;
  names<middleware_stats> middlewares_;
  names<mirror_stats> mirrors_;
  names<endpoint_stats> endpoints_;
  names<name_stats> resolved_;
  names<key_set_stats> key_sets_;
};

}  // namespace ferroway::telemetry
