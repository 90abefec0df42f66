// One address of an upstream: its connections, its health and its load. Shared by versions of its
// upstream, so that a reload leaves all three alone. The pool of a worker is touched by that worker
// alone; health and load are anybody's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "exchange/exchange.hpp"
#include "telemetry/endpoint_stats.hpp"
#include "upstream/adaptive_limit.hpp"
#include "upstream/connection_pool.hpp"
#include "upstream/endpoint_health.hpp"
#include "upstream/endpoint_load.hpp"
#include "upstream/endpoint_record.hpp"

namespace ferroway::upstream {

// What each worker has of something shared, counted by the worker's generations that hold it
// (server/generation.hpp): closed on the worker's thread when the last of them lets go.
template <class Part>
struct worker_slot {
  std::unique_ptr<Part> part;  // made at the first use
  std::uint32_t generations = 0;

  void enter() noexcept { ++generations; }
  void leave() noexcept {
    if (--generations == 0) part.reset();
  }
};

// "10.0.0.1:8000"; of one that is a name "users.internal:8000".
std::string text_of(const config::endpoint& from);

class endpoint {
 public:
  endpoint(const config::endpoint& from, const pool_settings& pools, std::uint32_t workers,
           std::shared_ptr<endpoint_group> group);

  const io::address address;
  const io::address other;      // another way to it; of no kind: none
  const std::string authority;  // for Host
  const std::string text;       // for logs: "10.0.0.1:8000"

  endpoint_load load;
  adaptive_limit adaptive;  // where its upstream has one
  endpoint_record record;
  endpoint_health health;

  // Whether a new endpoint made of these would do the same.
  bool is(const config::endpoint& from, const pool_settings& pools) const {
    return address == from.address && other == from.other && authority == from.authority &&
           pools_ == pools;
  }

  connection_pool& pool(worker_resources& worker);
  void enter(std::uint32_t worker) noexcept { pools_of_[worker].enter(); }
  void leave(std::uint32_t worker) noexcept { pools_of_[worker].leave(); }

  // Before the first exchange, and once: what is taken over goes on counting where it does.
  void count_in(const std::shared_ptr<telemetry::endpoint_stats>& stats);
  const std::shared_ptr<telemetry::endpoint_stats>& stats() const noexcept { return stats_; }

 private:
  pool_settings pools_;
  std::shared_ptr<telemetry::endpoint_stats> stats_;  // never null
  bool counted_ = false;
  std::vector<worker_slot<connection_pool>> pools_of_;  // by worker
};

}  // namespace ferroway::upstream
