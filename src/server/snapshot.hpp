// One validated configuration as live objects, immutable: what routes match, what their pipelines
// are, how listeners behave. Made by assemble(), shared by all workers; exchanges in flight keep
// the one they began with.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "exchange/identity_headers.hpp"
#include "exchange/route.hpp"
#include "http/http1/parse.hpp"
#include "routing/route_table.hpp"
#include "telemetry/traffic.hpp"
#include "upstream/upstream.hpp"

namespace ferroway::server {

struct listener_settings {
  std::string name;
  io::address address;
  std::vector<io::ip_network> trusted_proxies;
  http1::head_limits heads;
  std::optional<std::uint64_t> body_bytes_max;
  std::optional<std::size_t> connections_max;  // per worker
  config::listener_timeouts timeouts;
  std::shared_ptr<telemetry::listener_stats> stats = nullptr;  // null: nobody counts
};

// A middleware, and what it was made from: the next snapshot takes the object over where that has
// not changed, and with it what the middleware remembers.
struct middleware_in_use {
  config::middleware from;
  std::shared_ptr<middleware> step;
};

struct snapshot {
  routing::route_table table;
  std::vector<route> routes;       // by the table's index
  std::unique_ptr<route> refused;  // what no route may serve: 400, 404, 405 and the like
  std::vector<listener_settings> listeners;
  std::vector<std::shared_ptr<upstream::upstream>> upstreams;
  std::vector<middleware_in_use> middlewares;
  std::vector<std::string> secret_parameters;  // of queries: not for logs
  identity_headers identities;                 // that clients may not send
  duration drain_timeout;
};

}  // namespace ferroway::server
