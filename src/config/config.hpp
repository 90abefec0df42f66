// The configuration as plain values, in its long form: every short form of the file has been
// spelled out, every default filled in, every reference checked. Made by load() (config/load.hpp),
// turned into live objects by server/assemble. Nothing here knows YAML.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "config/position.hpp"
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
};

struct listener_timeouts {
  duration head = seconds(10);
  duration body = seconds(30);  // without progress
  duration send = seconds(30);  // without progress
  duration keep_alive = seconds(75);
};

struct listener {
  std::string name;
  io::address address;
  std::vector<io::ip_network> trusted_proxies;
  listener_limits limits;
  listener_timeouts timeouts;
  position at;
};

struct endpoint {
  std::string url;  // "http://10.0.0.1:8000" or "unix:/run/app.sock"
  io::address address;
  std::string authority;  // "10.0.0.1:8000": Host for `host: endpoint`
  position at;
};

enum class host_sent : std::uint8_t { client, endpoint, fixed };

struct upstream {
  std::string name;  // "users"; made from the route for upstreams written in place
  std::vector<endpoint> endpoints;
  host_sent host = host_sent::client;
  std::string host_name;               // for fixed
  std::size_t idle_connections = 256;  // per endpoint and worker
  duration idle_timeout = seconds(60);
  duration connect_timeout = seconds(2);
  position at;
};

// A text with variables, parsed: "x-${path.id}". Literal pieces and variables, in any order; a text
// may be empty.
struct template_piece {
  bool is_variable = false;
  std::string text;  // the literal, or the variable's name ("client.ip", "header.X-A", "path.id")
  std::string origin =
      {};  // where a literal came from outside: "${file:token}". Printed in its place (secrets).
};
using template_text = std::vector<template_piece>;

struct header_edits {
  std::vector<std::pair<std::string, template_text>> set;
  std::vector<std::pair<std::string, template_text>> add;
  std::vector<std::string> remove;
};

struct request_id_middleware {};
struct access_log_middleware {};
struct request_headers_middleware {
  header_edits edits;
};
struct response_headers_middleware {
  header_edits edits;
};

struct middleware {
  std::string
      name;  // unique: as under `middlewares`, or its kind ("request_headers-2") where in place
  std::string kind;  // "request_id", "access_log", "request_headers", "response_headers"
  std::variant<request_id_middleware, access_log_middleware, request_headers_middleware,
               response_headers_middleware>
      settings;
  position at;
};

enum class path_kind : std::uint8_t { prefix, exact };

struct respond {
  std::uint16_t status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>>
      headers;  // Content-Type defaults to text/plain; charset=utf-8
};

struct route_timeouts {
  std::optional<duration> request;  // the whole exchange; none: unbounded
  duration response = seconds(30);  // from the last byte of the request to the head of the answer
  duration idle = seconds(60);      // between bytes of a body
  duration tunnel = hours(1);       // a WebSocket without traffic
};

struct route {
  std::string name;  // unique; "route-3" or the like where the file gives none
  std::string
      host;  // lower case; "" any; "api.example.com", "*.example.com", "{tenant}.example.com"
  path_kind path = path_kind::prefix;
  std::string pattern = "/";         // "/users/{id}/orders", "/files/{rest...}"
  std::vector<std::string> methods;  // upper case; empty: any (TRACE never)
  std::vector<std::size_t>
      pipeline;  // indices into config::middlewares, in effective order, config::use included
  std::vector<std::size_t> listeners;  // indices into config::listeners; never empty
  std::optional<std::size_t>
      upstream;  // index into config::upstreams; exactly one of this and respond
  std::optional<respond> fixed;
  route_timeouts timeouts;
  bool websocket = true;  // upgrades may pass to the upstream
  position at;
};

struct config {
  std::optional<unsigned> workers;  // none: auto
  std::optional<io::backend> io;    // none: auto
  duration drain_timeout = seconds(30);
  std::vector<listener> listeners;  // at least one
  std::vector<upstream> upstreams;
  std::vector<middleware> middlewares;  // every middleware in use, once per instance, by first use
  std::vector<std::size_t> use;         // the top level's pipeline: around 404 and 405 too
  std::vector<route> routes;            // in file order, groups flattened
};

}  // namespace ferroway::config
