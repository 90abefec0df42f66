#include "telemetry/metrics_text.hpp"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "telemetry/exposition.hpp"
#include "telemetry/mirror_text.hpp"

namespace ferroway::telemetry {
namespace {

constexpr std::string_view all_others = "(others)";  // nothing in a configuration can be called so

template <class Totals>
struct named {
  std::string name;
  Totals totals;
};

std::vector<named<route_totals>> route_figures(const metrics& all) {
  std::vector<std::shared_ptr<route_stats>> used = all.routes();
  std::erase_if(used, [](const auto& each) { return each->place() == 0; });
  std::vector<named<route_totals>> shown;
  if (used.size() > routes_shown_max) {
    std::ranges::sort(used, {}, [](const auto& each) { return each->place(); });
    named<route_totals> others{std::string(all_others), {}};
    for (std::size_t i = routes_shown_max; i < used.size(); ++i) {
      others.totals.add(used[i]->totals());
    }
    used.resize(routes_shown_max);
    shown.push_back(std::move(others));
  }
  for (const auto& each : used) shown.push_back({each->name(), each->totals()});
  return shown;
}

std::vector<named<upstream_totals>> upstream_figures(const metrics& all) {
  std::vector<named<upstream_totals>> shown;
  named<upstream_totals> others{std::string(all_others), {}};
  bool any_others = false;
  for (const auto& each : all.upstreams()) {
    if (!each->used()) continue;
    const upstream_totals totals = each->totals();
    if (shown.size() < upstreams_shown_max) {
      shown.push_back({each->name(), totals});
      continue;
    }
    any_others = true;
    others.totals.connected += totals.connected;
    others.totals.connect_failed += totals.connect_failed;
    others.totals.reused += totals.reused;
    others.totals.retries += totals.retries;
    others.totals.hedges += totals.hedges;
    others.totals.limited |= totals.limited;
    others.totals.in_flight += totals.in_flight;
    others.totals.pending += totals.pending;
    others.totals.queued += totals.queued;
    others.totals.refused += totals.refused;
    others.totals.waited_in_vain += totals.waited_in_vain;
  }
  if (any_others) shown.push_back(std::move(others));
  return shown;
}

void write_durations(exposition& out, const std::vector<named<route_totals>>& routes) {
  out.family("ferroway_request_duration_seconds", "histogram",
             "From the first byte of a request to the last of its answer.");
  for (const auto& each : routes) {
    std::uint64_t within = 0;
    for (std::size_t i = 0; i < duration_bounds.size(); ++i) {
      within += each.totals.by_duration[i];
      const std::string bound =
          seconds_text(static_cast<std::uint64_t>(duration_bounds[i].count()));
      out.sample({{"route", each.name}, {"le", bound}}, within, "_bucket");
    }
    within += each.totals.by_duration.back();
    out.sample({{"route", each.name}, {"le", "+Inf"}}, within, "_bucket");
    out.sample_seconds({{"route", each.name}}, each.totals.nanoseconds, "_sum");
    out.sample({{"route", each.name}}, within, "_count");
  }
}

void write_routes(exposition& out, const metrics& all) {
  const std::vector<named<route_totals>> routes = route_figures(all);
  out.family("ferroway_requests_total", "counter",
             "Requests that have ended, by route and class of status; of (none): those that no "
             "route took.");
  for (const auto& each : routes) {
    for (std::size_t i = 0; i < status_classes.size(); ++i) {
      out.sample({{"route", each.name}, {"class", status_classes[i]}}, each.totals.by_class[i]);
    }
  }
  out.family("ferroway_requests_in_flight", "gauge", "Requests that have begun and not ended.");
  std::uint64_t in_flight = 0;
  for (const auto& each : routes) in_flight += each.totals.begun - each.totals.ended();
  out.sample({}, in_flight);
  write_durations(out, routes);
  out.family("ferroway_request_body_bytes_total", "counter", "Bytes of requests' bodies.");
  for (const auto& each : routes) out.sample({{"route", each.name}}, each.totals.bytes_received);
  out.family("ferroway_response_body_bytes_total", "counter", "Bytes of answers' bodies.");
  for (const auto& each : routes) out.sample({{"route", each.name}}, each.totals.bytes_sent);
}

// Of upstreams that have `connections.max` or `max_requests`.
void write_limits(exposition& out, const std::vector<named<upstream_totals>>& upstreams) {
  const bool any = std::ranges::any_of(
      upstreams, [](const named<upstream_totals>& each) { return each.totals.limited; });
  if (!any) return;
  const auto write = [&](std::string_view name, std::string_view type, std::string_view help,
                         std::uint64_t upstream_totals::* which) {
    out.family(name, type, help);
    for (const auto& each : upstreams) {
      if (each.totals.limited) out.sample({{"upstream", each.name}}, each.totals.*which);
    }
  };
  write("ferroway_upstream_requests_in_flight", "gauge",
        "Requests at the endpoints of an upstream with limits.", &upstream_totals::in_flight);
  write("ferroway_upstream_requests_pending", "gauge",
        "Those that wait until an upstream has room for them.", &upstream_totals::pending);
  write("ferroway_upstream_requests_queued_total", "counter", "Those that have had to wait.",
        &upstream_totals::queued);
  out.family("ferroway_upstream_requests_refused_total", "counter",
             "Those that an upstream had no room for, by why they do not wait any more.");
  for (const auto& each : upstreams) {
    if (!each.totals.limited) continue;
    out.sample({{"upstream", each.name}, {"reason", "full"}}, each.totals.refused);
    out.sample({{"upstream", each.name}, {"reason", "timeout"}}, each.totals.waited_in_vain);
  }
}

void write_connections(exposition& out, const metrics& all) {
  std::vector<named<listener_totals>> listeners;
  for (const auto& each : all.listeners()) listeners.push_back({each->name(), each->totals()});
  out.family("ferroway_connections_open", "gauge", "Clients' connections.");
  for (const auto& each : listeners) out.sample({{"listener", each.name}}, each.totals.open);
  out.family("ferroway_connections_accepted_total", "counter", "Connections from clients.");
  for (const auto& each : listeners) out.sample({{"listener", each.name}}, each.totals.accepted);

  const std::vector<named<upstream_totals>> upstreams = upstream_figures(all);
  const auto write = [&](std::string_view name, std::string_view help,
                         std::uint64_t upstream_totals::* which) {
    out.family(name, "counter", help);
    for (const auto& each : upstreams) out.sample({{"upstream", each.name}}, each.totals.*which);
  };
  write("ferroway_upstream_connections_made_total", "Connections to endpoints.",
        &upstream_totals::connected);
  write("ferroway_upstream_connections_failed_total", "Connections that did not come about.",
        &upstream_totals::connect_failed);
  write("ferroway_upstream_connections_reused_total", "Requests on a connection that was kept.",
        &upstream_totals::reused);
  write("ferroway_upstream_retries_total", "Requests that were tried again.",
        &upstream_totals::retries);
  write("ferroway_upstream_hedges_total",
        "Requests that a second endpoint was asked beside the first.", &upstream_totals::hedges);
  write_limits(out, upstreams);
}

struct shown_endpoint {
  std::string upstream;
  std::string endpoint;
  endpoint_state is;
  std::uint32_t limit;
  endpoint_totals totals;
};

// Beyond the bound the later ones by name are not shown: a sum of states says nothing.
std::vector<shown_endpoint> endpoint_figures(const metrics& all) {
  std::vector<shown_endpoint> shown;
  for (const auto& each : all.endpoints()) {
    if (shown.size() == endpoints_shown_max) break;
    shown.push_back({std::string(each->upstream()), std::string(each->endpoint()), each->is(),
                     each->limit(), each->totals()});
  }
  return shown;
}

void write_endpoints(exposition& out, const metrics& all) {
  const std::vector<shown_endpoint> endpoints = endpoint_figures(all);
  out.family("ferroway_endpoint_available", "gauge",
             "1 where an endpoint has requests, 0 where it is unhealthy, ejected or on trial.");
  for (const shown_endpoint& each : endpoints) {
    out.sample({{"upstream", each.upstream}, {"endpoint", each.endpoint}},
               each.is == endpoint_state::available ? 1 : 0);
  }
  const auto write = [&](std::string_view name, std::string_view help,
                         std::uint64_t endpoint_totals::* which) {
    out.family(name, "counter", help);
    for (const shown_endpoint& each : endpoints) {
      out.sample({{"upstream", each.upstream}, {"endpoint", each.endpoint}}, each.totals.*which);
    }
  };
  write("ferroway_endpoint_picks_total",
        "Requests and retries that went there, of upstreams that choose among endpoints.",
        &endpoint_totals::picks);
  write("ferroway_endpoint_failures_total", "Those that it did not answer, or not to the end.",
        &endpoint_totals::failures);
  write("ferroway_endpoint_ejections_total", "How often what became of requests took it out.",
        &endpoint_totals::ejections);
  if (std::ranges::any_of(endpoints, [](const shown_endpoint& each) { return each.limit > 0; })) {
    out.family("ferroway_endpoint_requests_limit", "gauge",
               "How many requests an endpoint may have at once, where its latency says that.");
    for (const shown_endpoint& each : endpoints) {
      if (each.limit == 0) continue;
      out.sample({{"upstream", each.upstream}, {"endpoint", each.endpoint}}, each.limit);
    }
  }
  out.family("ferroway_endpoint_checks_total", "counter", "Active checks, by result.");
  for (const shown_endpoint& each : endpoints) {
    const auto sample = [&](std::string_view result, std::uint64_t count) {
      out.sample({{"upstream", each.upstream}, {"endpoint", each.endpoint}, {"result", result}},
                 count);
    };
    sample("passed", each.totals.checks_passed);
    sample("failed", each.totals.checks_failed);
  }
}

std::uint64_t nanoseconds_of(wall_time at) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count());
}

// As many as endpoints: beyond the bound the later ones by name are not shown.
void write_names(exposition& out, const metrics& all) {
  std::vector<std::shared_ptr<name_stats>> names = all.resolved();
  if (names.empty()) return;
  if (names.size() > endpoints_shown_max) names.resize(endpoints_shown_max);
  std::vector<named<name_state>> shown;
  for (const auto& each : names) shown.push_back({each->name(), each->state()});
  out.family("ferroway_name_addresses", "gauge", "Addresses that a name of endpoints stands for.");
  for (const auto& each : shown) out.sample({{"name", each.name}}, each.totals.places.size());
  out.family("ferroway_name_failing", "gauge",
             "1 where the last lookup of a name failed: what was known before is used on.");
  for (const auto& each : shown) out.sample({{"name", each.name}}, each.totals.failing ? 1 : 0);
  out.family("ferroway_name_lookups_total", "counter", "Lookups of a name, by result.");
  for (const auto& each : shown) {
    out.sample({{"name", each.name}, {"result", "ok"}}, each.totals.succeeded);
    out.sample({{"name", each.name}, {"result", "failed"}}, each.totals.failed);
  }
  out.family("ferroway_name_resolved_timestamp_seconds", "gauge",
             "When a name was last resolved; 0: never.");
  for (const auto& each : shown) {
    out.sample_seconds({{"name", each.name}}, nanoseconds_of(each.totals.resolved_at));
  }
}

// There are few: each is fetched by this process.
void write_key_sets(exposition& out, const metrics& all) {
  std::vector<named<key_set_state>> shown;
  for (const auto& each : all.key_sets()) shown.push_back({each->name(), each->state()});
  if (shown.empty()) return;
  out.family("ferroway_key_set_fetches_total", "counter", "Fetches of a key set, by result.");
  for (const auto& each : shown) {
    out.sample({{"url", each.name}, {"result", "ok"}}, each.totals.succeeded);
    out.sample({{"url", each.name}, {"result", "failed"}}, each.totals.failed);
  }
  out.family("ferroway_key_set_keys", "gauge", "Keys that tokens are checked with.");
  for (const auto& each : shown) out.sample({{"url", each.name}}, each.totals.keys);
  out.family("ferroway_key_set_fetched_timestamp_seconds", "gauge",
             "When a key set was last had from there, whether or not it had changed; 0: never.");
  for (const auto& each : shown) {
    out.sample_seconds({{"url", each.name}}, nanoseconds_of(each.totals.fetched_at));
  }
}

void write_middlewares(exposition& out, const metrics& all) {
  out.family("ferroway_middleware_decisions_total", "counter",
             "What middlewares that may refuse requests decided; would_reject: in shadow mode.");
  for (const auto& each : all.middlewares()) {
    const middleware_totals totals = each->totals();
    const auto write = [&](std::string_view decision, std::uint64_t count) {
      out.sample({{"middleware", each->name()}, {"decision", decision}}, count);
    };
    write("passed", totals.passed);
    write("rejected", totals.rejected);
    write("would_reject", totals.would_reject);
  }
  out.family("ferroway_middleware_crowded_total", "counter",
             "Exchanges that had no room of their own: clients that shared a full table's, answers "
             "not compressed.");
  for (const auto& each : all.middlewares()) {
    out.sample({{"middleware", each->name()}}, each->totals().crowded);
  }
}

void write_reloads(exposition& out, const reload_figures& reloads) {
  out.family("ferroway_reloads_total", "counter", "Reloads of the configuration, by result.");
  out.sample({{"result", "ok"}}, reloads.succeeded);
  out.sample({{"result", "failed"}}, reloads.failed);
  out.family("ferroway_config_generation", "gauge",
             "1 for what the process began with, one more for each reload that changed something.");
  out.sample({}, reloads.generation);
  out.family("ferroway_last_reload_timestamp_seconds", "gauge",
             "When the last reload with this result was; 0: never.");
  out.sample_seconds({{"result", "ok"}}, nanoseconds_of(reloads.last_success));
  out.sample_seconds({{"result", "failed"}}, nanoseconds_of(reloads.last_failure));
}

std::optional<std::uint64_t> resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return std::nullopt;
  unsigned long long all = 0;
  unsigned long long resident = 0;
  const int found = std::fscanf(file, "%llu %llu", &all, &resident);
  (void)std::fclose(file);
  if (found != 2) return std::nullopt;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::optional<std::uint64_t> open_descriptors() {
  DIR* folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return std::nullopt;
  std::uint64_t count = 0;
  while (const dirent* entry = ::readdir(folder)) {
    if (entry->d_name[0] != '.') ++count;
  }
  ::closedir(folder);
  return count - 1;  // the folder itself
}

void write_process(exposition& out, const process_figures& process) {
  out.family("ferroway_log_lines_total", "counter", "Access-log lines that were written.");
  for (const log_figures& each : process.logs) {
    out.sample({{"destination", each.destination}}, each.written);
  }
  out.family("ferroway_log_lines_dropped_total", "counter",
             "Access-log lines that were lost: nobody took them fast enough, or they could not be "
             "written.");
  for (const log_figures& each : process.logs) {
    out.sample({{"destination", each.destination}}, each.dropped);
  }
  out.family("ferroway_workers", "gauge", "Threads that serve.");
  out.sample({}, process.workers);
  out.family("ferroway_build_info", "gauge", "Always 1; the label says which release this is.");
  out.sample({{"version", process.version}}, 1);
  out.family("process_start_time_seconds", "gauge", "When the process began.");
  out.sample_seconds({}, nanoseconds_of(process.started));
  if (const auto bytes = resident_bytes()) {
    out.family("process_resident_memory_bytes", "gauge", "Memory in use.");
    out.sample({}, *bytes);
  }
  if (const auto count = open_descriptors()) {
    out.family("process_open_fds", "gauge", "Open file descriptors.");
    out.sample({}, *count);
  }
}

}  // namespace

std::string metrics_text(const metrics& all, const process_figures& process) {
  exposition out;
  write_routes(out, all);
  write_connections(out, all);
  write_endpoints(out, all);
  write_names(out, all);
  write_key_sets(out, all);
  write_middlewares(out, all);
  write_mirrors(out, all);
  write_reloads(out, process.reloads);
  write_process(out, process);
  return out.take();
}

}  // namespace ferroway::telemetry
