// Every key of the language, by the mapping that it stands in: those that work, those that this
// release does not support yet (refused by name, never ignored), and what other gateways call them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ferroway::config {

struct known_key {
  std::string_view name;
  bool works = true;  // false: "is not supported yet"
};

struct key_table {
  std::string_view what;  // "a route": how messages call such a mapping
  std::span<const known_key> keys;
};

namespace keys {
extern const key_table top, listener, listener_limits, listener_timeouts, upstream, endpoint,
    connections, upstream_timeouts, group, route, path, respond, route_timeouts, header_edits, none;
}  // namespace keys

// The kinds of middleware.
std::span<const known_key> middleware_kinds();

std::vector<std::string_view> working_names(std::span<const known_key> keys);

// A hint about a key that `table` does not have: another gateway's word for one that it has, a slip
// of the fingers, a key of another place, or the list of what is valid.
std::string hint_for_unknown(std::string_view key, const key_table& table);

}  // namespace ferroway::config
