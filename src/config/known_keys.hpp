// Every key of the language, by the mapping that it stands in: what its value may be, its default,
// what it is for; and those that this release does not support yet (refused by name, never
// ignored), and what other gateways call them.
//
// One table for all who must agree: the readers, `ferroway schema`, the tables of
// docs/CONFIGURATION.md. Each part of the language has a file of tables (keys_*.cpp). Constants;
// any thread may read.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/value_type.hpp"

namespace ferroway::config {

struct known_key {
  std::string_view name;
  value_type type = {};
  std::string_view fallback = {};  // a value in backquotes, or words; empty: there is none
  std::string_view note = {};      // a sentence, in Markdown
  bool works = true;               // false: "is not supported yet"
};

struct key_table {
  std::string_view what;  // "a route": how messages call such a mapping
  std::span<const known_key> keys;
  std::string_view name = {};  // "route": what the schema and the docs call it
  bool in_docs = false;        // has a table of its own there; else it is shown where it is used
  bool notes_allowed = true;   // keys that begin with `x-` are skipped
  std::span<const std::string_view> exactly_one = {};   // of these keys
  std::span<const std::string_view> at_least_one = {};  // of these keys

  // Null where the table does not have it.
  const known_key* find(std::string_view key) const noexcept;
};

namespace keys {
extern const key_table top, included, consumer, admin, listener, listener_limits, listener_timeouts,
    upstream, endpoint, balance, sticky, health_check, outlier_detection, retry, mirror,
    connections, adaptive, upstream_timeouts, group, route, path, condition, rewrite, rewrite_regex,
    redirect, weighted, respond, route_timeouts, header_edits, none, middleware, access_log,
    log_destination, rate_limit, cors, security_headers, ip_filter, body_limit, concurrency_limit,
    jwt, jwt_key, jwt_claim, api_key, basic_auth, hmac, hmac_key, compress, error_pages, error_page,
    forward_auth, dns;
}  // namespace keys

inline constexpr bool later = false;
inline constexpr std::string_view required = "required";

// The kinds of middleware.
std::span<const known_key> middleware_kinds();

std::vector<std::string_view> working_names(std::span<const known_key> keys);

// A hint about a key that `table` does not have: another gateway's word for one that it has, a slip
// of the fingers, a key of another place, or the list of what is valid.
std::string hint_for_unknown(std::string_view key, const key_table& table);

}  // namespace ferroway::config
