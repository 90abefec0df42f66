// What one worker has of an upstream: its pools, its view of who may be picked, its retry budget.
// Touched by that worker alone.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "exchange/exchange.hpp"
#include "telemetry/traffic.hpp"
#include "upstream/balancer/balancer.hpp"
#include "upstream/endpoint.hpp"
#include "upstream/recent_latencies.hpp"
#include "upstream/retry_budget.hpp"

namespace ferroway::upstream {

class upstream;
class request_limits;

class worker_part {
 public:
  // `of` outlives it.
  worker_part(worker_resources& worker, upstream& of, telemetry::upstream_stats::cell& counted);

  static constexpr std::size_t nobody = static_cast<std::size_t>(-1);
  static constexpr std::size_t full = nobody - 1;

  // Where the request goes: an endpoint that is available, in the balancer's way, and where there
  // is one not among `tried`; `nobody` where none is. An endpoint whose ejection is over gets one
  // request on trial, if there soon is one that is `repeatable` elsewhere such a one.
  std::size_t pick(exchange& ex, std::span<const std::uint32_t> tried = {},
                   bool repeatable = true) {
    // One endpoint that nobody watches: there is nothing to choose.
    if (only_) return 0;
    return choose(ex, tried, repeatable, nullptr);
  }
  // The same of an upstream with limits: one that has room, which is taken with the pick; `full`
  // where all that are available have none.
  std::size_t pick_place(exchange& ex, const request_limits& by,
                         std::span<const std::uint32_t> tried, bool repeatable) {
    return choose(ex, tried, repeatable, &by);
  }
  // Connections that are to be there before anybody asks, to whoever is available.
  void warm_up();

  // For explain, before the next pick: how that endpoint was picked.
  std::string why(exchange& ex, std::size_t picked);

  // The last pick is of one that has been ejected: it is the request that says whether it is well.
  bool is_on_trial() const noexcept { return on_trial_; }

  connection_pool& pool(std::size_t endpoint) noexcept { return *pools_[endpoint]; }
  std::size_t endpoints() const noexcept { return pools_.size(); }

  retry_budget retries;
  std::unique_ptr<recent_latencies> latencies;  // null where no route hedges by a percentile
  telemetry::upstream_stats::cell& counted;

 private:
  std::string how_picked(exchange& ex, std::size_t picked);
  std::size_t choose(exchange& ex, std::span<const std::uint32_t> tried, bool repeatable,
                     const request_limits* by);
  std::size_t with_room(const request_limits& by, std::span<const std::uint32_t> tried,
                        const pick_input& in, std::uint32_t picked);
  std::optional<std::uint32_t> known_to(exchange& ex) const;
  std::uint32_t pick_one(const pick_input& in);
  std::uint32_t other_than(std::span<const std::uint32_t> tried, const pick_input& in,
                           std::uint32_t picked);
  std::size_t begin_trial(const exchange& ex, bool repeatable, const request_limits* by);
  bool starts_slowly(std::uint32_t index, const pick_input& in) const;
  void look_again();
  void warm_up(std::size_t endpoint);

  worker_resources& worker_;
  upstream& of_;
  std::vector<connection_pool*> pools_;  // the endpoints'
  bool only_ = false;
  std::uint64_t seen_ = 0;  // version of the states that `among_` was made from
  candidates among_;
  time_point trial_due_ = never;               // of the first endpoint that may be tried
  time_point slow_until_ = time_point::min();  // somebody has less than its share until then
  bool on_trial_ = false;                      // the last pick was
  bool by_cookie_ = false;
};

}  // namespace ferroway::upstream
