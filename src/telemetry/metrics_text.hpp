// What GET /metrics answers: everything that is counted, in the Prometheus text format.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "telemetry/log_outputs.hpp"
#include "telemetry/metrics.hpp"

namespace ferroway::telemetry {

// Routes that are shown by themselves: the first that had a request. What is beyond is one more,
// route="(others)", so that a scrape has a bound.
inline constexpr std::size_t routes_shown_max = 2000;
inline constexpr std::size_t upstreams_shown_max = 2000;
inline constexpr std::size_t endpoints_shown_max = 5000;

struct reload_figures {
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t generation = 1;  // of the configuration that is served
  wall_time last_success{};      // the epoch: never
  wall_time last_failure{};
};

struct process_figures {
  std::string_view version;
  wall_time started;
  std::vector<log_figures> logs = {};
  std::uint64_t workers = 0;
  reload_figures reloads = {};
};

// Any thread; takes the time of a copy of all figures. A route or upstream that was never used is
// left out.
std::string metrics_text(const metrics& all, const process_figures& process);

}  // namespace ferroway::telemetry
