// How much an upstream may have to do at once: `connections.max` of each endpoint, `max_requests`
// of all together, and how many may wait. Counted over all workers, and on through reloads: in the
// endpoint's load and in slots of the upstream's group; with `adaptive` latencies say how much of
// `max` an endpoint has (adaptive_limit.hpp). Immutable; any thread. An upstream without
// such limits has none of this.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "config/config.hpp"
#include "io/slot_table.hpp"
#include "upstream/endpoint.hpp"

namespace ferroway::upstream {

class request_limits {
 public:
  request_limits(const config::upstream_limits& by, std::shared_ptr<io::slot_table> slots)
      : patience_(by.pending_timeout),
        of_all_{counted(by.requests), static_cast<std::uint32_t>(by.pending)},
        per_endpoint_{static_cast<std::uint32_t>(by.adaptive_min), counted(by.connections),
                      by.tolerance},
        adaptive_(by.adaptive),
        slots_(std::move(slots)) {}

  using entry = io::slot_table::entry;
  static constexpr io::slot_table::cell cell = 0;

  // One of all requests begins, must wait or is refused. Who is admitted needs an endpoint's place
  // too: without, it stands back.
  entry enter() const noexcept { return slots_->enter(cell, of_all_); }
  // The same for one that does not wait.
  bool try_enter() const noexcept {
    return slots_->enter(cell, {of_all_.requests, 0}) == entry::admitted;
  }
  entry stand_back(std::uint32_t worker) const { return slots_->stand_back(cell, of_all_, worker); }
  // One has ended; its endpoint's place has been given back.
  void leave(std::uint32_t worker) const { slots_->leave(cell, worker); }

  bool claim(endpoint& of) const noexcept { return of.load.try_begin(most(of)); }
  // An answer took so long.
  void took(endpoint& of, duration length, time_point now) const noexcept {
    if (!adaptive_) return;
    const bool changed = of.adaptive.took(length, of.load.in_flight(), now, per_endpoint_);
    if (changed) of.stats()->show_limit(most(of));
  }

  io::slot_table& slots() const noexcept { return *slots_; }
  // For explain: "3 of 8 in flight there", and of all.
  std::string shown(const endpoint& of) const {
    const auto part = [](std::uint32_t count, std::uint32_t most) {
      return std::to_string(count) + " of " + std::to_string(most);
    };
    std::string text;
    if (per_endpoint_.most != none) {
      text += "; " + part(of.load.in_flight(), most(of)) + " in flight there";
      if (adaptive_) text += " (adaptive)";
    }
    if (requests() != none) text += "; " + part(slots_->in_flight(cell), requests()) + " in all";
    return text;
  }

  std::uint32_t requests() const noexcept { return of_all_.requests; }
  duration patience() const noexcept { return patience_; }

 private:
  std::uint32_t most(const endpoint& of) const noexcept {
    return adaptive_ ? of.adaptive.now(per_endpoint_) : per_endpoint_.most;
  }
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  static std::uint32_t counted(const std::optional<std::size_t>& limit) noexcept {
    return limit ? static_cast<std::uint32_t>(*limit) : none;
  }

  const duration patience_;
  const io::slot_table::limits of_all_;
  const adaptive_limit::bounds per_endpoint_;
  const bool adaptive_;
  const std::shared_ptr<io::slot_table> slots_;
};

}  // namespace ferroway::upstream
