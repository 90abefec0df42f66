// The configuration as plain values, in its long form: every short form of the file has been
// spelled out, every default filled in, every reference checked. Made by load() (config/load.hpp),
// turned into live objects by server/assemble. Nothing here knows YAML. Values are compared without
// regard to where they stand in the file (config/position.hpp).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/boxed.hpp"
#include "base/clock.hpp"
#include "config/position.hpp"
#include "http/path_ambiguities.hpp"
#include "io/address.hpp"
#include "io/backend.hpp"

namespace ferroway::config {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct listener_limits {
  std::size_t head_bytes = 32 * 1024;
  std::size_t header_fields = 100;
  std::size_t target_bytes = 8 * 1024;
  std::optional<std::size_t> body_bytes;   // none: unlimited (413 over it)
  std::optional<std::size_t> connections;  // per worker; none: what RLIMIT_NOFILE leaves
  bool operator==(const listener_limits&) const = default;
};

struct listener_timeouts {
  duration head = seconds(10);
  duration body = seconds(30);  // without progress
  duration send = seconds(30);  // without progress
  duration keep_alive = seconds(75);
  bool operator==(const listener_timeouts&) const = default;
};

struct listener {
  std::string name;
  io::address address;
  std::vector<io::ip_network> trusted_proxies;
  listener_limits limits;
  listener_timeouts timeouts;
  position at;
  bool operator==(const listener&) const = default;
};

// A text with variables, parsed: "x-${path.id}". Literal pieces and variables, in any order; a text
// may be empty.
struct template_piece {
  bool is_variable = false;
  std::string text;  // the literal, or the variable's name ("client.ip", "header.X-A", "path.id")
  std::string origin =
      {};  // where a literal came from outside: "${file:token}". Printed in its place (secrets).
  bool operator==(const template_piece&) const = default;
};
using template_text = std::vector<template_piece>;

// An address, or a name that stands for as many as DNS says, which changes while the gateway runs.
struct endpoint {
  std::string url;  // "http://10.0.0.1:8000", "unix:/run/app.sock", "http://users.internal:8000"
  io::address address;    // of no kind where it is a name
  std::string authority;  // "10.0.0.1:8000": Host for `host: endpoint`
  position at;
  std::uint32_t weight = 1;    // its share of the requests; 0: none
  std::uint32_t priority = 0;  // those with the lowest number are used, others when these are out
  std::string name = {};       // "users.internal", "_http._tcp.users.internal"; empty: an address
  std::uint16_t port = 0;      // of a name; 0: its SRV records say it
  io::address other = {};  // a second way to the same, of what a name stands for; of no kind: none
  bool is_name() const noexcept { return !name.empty(); }
  // What is asked for: names of hosts and of services are two things.
  std::string lookup() const { return port == 0 ? "srv:" + name : name; }
  bool operator==(const endpoint&) const = default;
};

// Which addresses of a name are used: of that family, of the other one where it has none of the
// first, or all of both, where one of each is two ways to the same host.
enum class family : std::uint8_t { ipv4_first, ipv6_first, ipv4, ipv6, both };

// What the file calls them, in their order.
inline constexpr std::array<std::string_view, 5> family_words{"ipv4_first", "ipv6_first", "ipv4",
                                                              "ipv6", "both"};

// How names of endpoints are resolved.
struct dns {
  std::vector<io::address> servers;   // none: those of /etc/resolv.conf
  duration refresh_min = seconds(1);  // an answer is asked for again when its TTL has passed,
  duration refresh_max = minutes(5);  // within these bounds
  duration timeout = seconds(2);      // of one question to one server
  family use = family::ipv4_first;
  bool operator==(const dns&) const = default;
};

enum class balancing : std::uint8_t {
  round_robin,
  least_request,
  peak_ewma,
  random,
  consistent_hash
};

// What the file calls them, in their order; the last one with a variable.
inline constexpr std::array<std::string_view, 4> balancing_words{"round_robin", "least_request",
                                                                 "peak_ewma", "random"};

struct status_range {
  std::uint16_t first = 200;
  std::uint16_t last = 299;
  bool operator==(const status_range&) const = default;
};

// Asks each endpoint whether it is well.
struct health_check {
  enum class kind : std::uint8_t { none, http, tcp };
  kind is = kind::none;
  std::string path = "/";
  std::string method = "GET";
  std::string host = {};  // empty: the endpoint's
  duration interval = seconds(5);
  duration unhealthy_interval = seconds(1);  // while it is not well
  duration timeout = seconds(1);
  std::uint32_t unhealthy_after = 3;  // checks in a row that fail
  std::uint32_t healthy_after = 2;    // that pass
  std::vector<status_range> expect = {{200, 299}};
  std::string body = {};  // must stand in the answer's first 64 KiB; empty: anything
  bool assume_healthy = true;
  bool operator==(const health_check&) const = default;
};

// Judges endpoints by what becomes of requests.
struct outlier_detection {
  bool on = true;
  std::uint32_t consecutive_failures = 5;
  bool server_errors = false;          // 5xx are failures too
  std::optional<unsigned> error_rate;  // percent of failures, 5xx among them, in `window`
  std::uint32_t requests_min = 20;     // in `window`, for a rate
  duration window = seconds(10);
  std::optional<std::uint32_t> slower_than;  // percent of the others' median latency
  duration eject_for = seconds(10);          // the first time; twice as long each further time
  duration eject_for_max = minutes(5);
  unsigned eject_at_most = 50;  // percent of the endpoints
  bool operator==(const outlier_detection&) const = default;
};

// A client that has met an endpoint meets it again, by a cookie that only the gateway can write.
struct sticky_sessions {
  std::string cookie = {};  // its name; empty: none
  template_text key = {};   // that it is signed with; empty: one of the process
  bool secure = false;
  bool operator==(const sticky_sessions&) const = default;
};

// How much an upstream may have to do at once, over all workers.
struct upstream_limits {
  std::optional<std::size_t> connections;  // in use, of each endpoint
  std::optional<std::size_t> requests;     // in flight, of all endpoints together
  std::size_t pending = 1024;              // that wait until there is room again
  duration pending_timeout = seconds(1);
  bool adaptive = false;  // `connections` is the most, and latencies say how many there may be
  std::size_t adaptive_min = 4;
  std::uint32_t tolerance = 150;  // percent of the usual latency
  bool any() const noexcept { return connections || requests; }
  bool operator==(const upstream_limits&) const = default;
};

enum class host_sent : std::uint8_t { client, endpoint, fixed };

struct upstream {
  std::string name;  // "users"; made from the route for upstreams written in place
  std::vector<endpoint> endpoints;
  host_sent host = host_sent::client;
  std::string host_name;               // for fixed
  std::size_t idle_connections = 256;  // per endpoint and worker
  duration idle_timeout = seconds(60);
  duration lifetime{0};  // 0: any
  std::size_t warm = 0;  // made before anybody asks, per endpoint and worker
  upstream_limits limits = {};
  duration connect_timeout = seconds(2);
  balancing balance = balancing::round_robin;
  std::string hash_by = {};      // a variable, for consistent_hash
  unsigned panic_threshold = 0;  // percent: with fewer available, all are used; 0: never
  health_check check = {};
  outlier_detection outliers = {};
  sticky_sessions sticky = {};
  duration slow_start{0};  // until an endpoint that has come or come back has its whole share
  position at;
  bool operator==(const upstream&) const = default;
};

// Whom a middleware may find to be asking, by the name that it tells.
struct consumer {
  std::string name;
  std::vector<std::string> groups;
  position at;
  bool operator==(const consumer&) const = default;
};

struct middleware_settings;  // config/middlewares.hpp

struct middleware {
  std::string
      name;  // unique: as under `middlewares`, or its kind ("request_headers-2") where in place
  std::string kind;                                     // "request_id", "rate_limit"
  std::shared_ptr<const middleware_settings> settings;  // never null
  position at;
  bool operator==(const middleware& other) const;
};

enum class path_kind : std::uint8_t { prefix, exact, regex };

// What a route asks of a header or of a query parameter.
struct condition {
  enum class kind : std::uint8_t { equals, regex, present, absent };
  std::string name;
  kind is = kind::equals;
  std::string value = {};  // to be equal to, or the pattern
  bool operator==(const condition&) const = default;
};

// Where a route's requests go: with several, each by its weight.
struct target {
  std::size_t upstream = 0;  // index into config::upstreams
  std::uint32_t weight = 1;  // of the sum of all; 0: none
  bool operator==(const target&) const = default;
};

// The path that the upstream sees. Either `path` or `match` or prefixes.
struct path_rewrite {
  std::string strip_prefix = {};  // "/users": whole segments that the route's path begins with
  std::string add_prefix = {};    // put in front of what is left
  template_text path = {};        // all of it
  std::string match = {};    // a regular expression for the whole path; another one stays as it is
  std::string replace = {};  // with \1 to \9 for its groups, \0 for all
  bool operator==(const path_rewrite&) const = default;
};

// Sends the client elsewhere; what is not said stays as the request has it.
struct redirect {
  std::uint16_t status = 308;
  std::string scheme = {};
  std::string host = {};
  std::optional<std::uint16_t> port = {};
  template_text path = {};
  bool operator==(const redirect&) const = default;
};

struct respond {
  std::uint16_t status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>>
      headers;  // Content-Type defaults to text/plain; charset=utf-8
  bool operator==(const respond&) const = default;
};

struct route_timeouts {
  std::optional<duration> request;  // the whole exchange; none: unbounded
  duration response = seconds(30);  // from the last byte of the request to the head of the answer
  duration idle = seconds(60);      // between bytes of a body
  duration tunnel = hours(1);       // a WebSocket without traffic
  bool operator==(const route_timeouts&) const = default;
};

inline constexpr unsigned retries_max = 10;

// When a request is sent again: to another endpoint where there is one, and only what can do no
// harm.
struct retry {
  unsigned retries = 1;
  bool on_connect = true;   // no byte of the request has gone out
  bool on_reset = true;     // the connection broke before any byte of an answer
  bool on_timeout = false;  // no answer within `per_try`
  std::vector<std::uint16_t> statuses = {};
  std::optional<duration> per_try = {};  // for the answer's head; none: what the route waits
  unsigned budget = 20;                  // percent of the requests, over a small reserve
  bool non_idempotent = false;           // also what may then be done twice
  // A second endpoint is asked beside the first: after a time, or a percentile of answers' times.
  enum class hedging : std::uint8_t { never, after_time, after_percentile };
  hedging hedges = hedging::never;
  unsigned hedge_percentile = 0;
  duration hedge_after{0};
  std::size_t buffer = 0;  // of a body that still arrives, kept to be sent again; 0: none is
  bool operator==(const retry&) const = default;
};

// Where copies of a route's requests go as well, and of which.
struct mirror {
  std::size_t to = 0;      // index into config::upstreams
  unsigned percent = 100;  // of those with one of the methods
  std::vector<std::string> methods = {"GET", "HEAD"};
  duration timeout = seconds(5);       // for all of a copy
  std::uint32_t in_flight = 64;        // copies at once, of all workers together
  std::size_t body_bytes = 16 * 1024;  // requests with a longer body are not copied
  bool operator==(const mirror&) const = default;
};

// Of a route that has no settings of its own.
inline constexpr retry usual_retry;

inline const retry& retry_of(const boxed<retry>& own) noexcept { return own ? *own : usual_retry; }

struct route {
  std::string name;  // unique; "route-3" or the like where the file gives none
  std::string
      host;  // lower case; "" any; "api.example.com", "*.example.com", "{tenant}.example.com"
  path_kind path = path_kind::prefix;
  std::string pattern = "/";  // "/users/{id}/orders", "/files/{rest...}"; of a regex its text
  std::vector<std::string> methods;  // upper case; empty: any (TRACE never)
  std::vector<condition> headers;    // all of them must hold
  std::vector<condition> query;
  std::int32_t priority = 0;  // the higher wins, within a host
  std::vector<std::size_t>
      pipeline;  // indices into config::middlewares, in effective order, config::use included
  std::vector<std::size_t> listeners;  // indices into config::listeners; never empty
  std::vector<target> targets;         // exactly one of these ends a route
  boxed<respond> fixed;
  boxed<redirect> elsewhere;
  std::string stick_by;  // a variable: who has the same value gets the same of several targets
  boxed<path_rewrite> rewrite;
  http::path_ambiguities allowed_in_path = {};
  route_timeouts timeouts;
  bool websocket = true;  // upgrades may pass to the upstream
  boxed<retry> again;     // none: the defaults
  boxed<mirror> copies;   // none: nothing is copied
  position at;
  bool operator==(const route&) const = default;
};

// Where the process can be asked about itself (docs/ADMIN.md).
struct admin_listener {
  io::address address;    // of no kind: off
  bool required = false;  // the process does not start without it
  template_text token;    // what a client must show; empty: nothing
  position at;            // nowhere where the file says nothing of it
  bool operator==(const admin_listener&) const = default;
  bool is_on() const noexcept { return address.is() != io::address::kind::none; }
};

// Where the process says whether it is well, and nothing else.
struct probe_listener {
  io::address address;  // of no kind: off
  position at;
  bool operator==(const probe_listener&) const = default;
  bool is_on() const noexcept { return address.is() != io::address::kind::none; }
};

// Values that came from outside the file, or have a part that did, and how the file has them. What
// shows a configuration shows them so: they may be secrets.
struct outside_values {
  static constexpr std::size_t bytes_min = 4;               // shorter ones are no secrets
  std::map<std::string, std::string, std::less<>> written;  // "s3cret": "${file:token}"

  // How the file has `value`; nothing where it has it literally.
  std::optional<std::string_view> find(std::string_view value) const {
    const auto found = written.find(value);
    if (found == written.end()) return std::nullopt;
    return found->second;
  }
  // For people.
  std::string_view shown(std::string_view value) const { return find(value).value_or(value); }
  // A text in which such values may stand somewhere.
  std::string masked(std::string_view text) const;
  // No part of what a configuration means.
  friend bool operator==(const outside_values&, const outside_values&) noexcept { return true; }
};

struct config {
  std::optional<unsigned> workers;  // none: auto
  std::optional<io::backend> io;    // none: auto
  duration drain_timeout = seconds(30);
  bool watch = false;  // reload when a file that was read changes
  admin_listener admin;
  probe_listener probe;
  dns names;
  std::vector<listener> listeners;  // at least one
  std::vector<consumer> consumers;
  std::vector<upstream> upstreams;
  std::vector<middleware> middlewares;  // every middleware in use, once per instance, by first use
  std::vector<std::size_t> use;         // the top level's pipeline: around 404 and 405 too
  std::vector<route> routes;            // in file order, groups flattened
  outside_values outside;
  bool operator==(const config&) const = default;
};

}  // namespace ferroway::config
