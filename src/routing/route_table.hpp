// Which route a request takes. Compiled once from the routes of a configuration, then immutable and
// shared by all workers; match() costs in the length of the path, not in the number of routes, and
// allocates nothing (but the lower-case copy of a captured host, in the exchange's arena, where a
// client wrote capitals).
//
// The order in which routes win:
//   host    exact, then the longest wildcard or capture (`*.example.com`, `{tenant}.example.com`:
//   one or more labels,
//           never the apex), then routes without a host. If no path of a host matches, the next one
//           is tried.
//   path    exact paths; then prefixes of whole segments, compared segment by segment from the
//   left: a literal
//           before `{name}`, `{name}` before `{name...}`, the longer before the shorter.
//   method  of the routes with that host and path, the first in file order that takes the method
//   (GET takes HEAD).
//           When none does, the answer is 405, never another path. TRACE is always 405.
// A trailing slash of a path matters to exact paths only. `*` (of OPTIONS) is matched by the prefix
// `/` alone.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.hpp"
#include "routing/path_pattern.hpp"
#include "routing/segment_table.hpp"

namespace ferroway::routing {

inline constexpr std::size_t captures_max = 16;  // of one route, its host's included

struct route_pattern {
  std::string host = {};  // "" any; "api.example.com", "*.example.com", "{tenant}.example.com"
  path_kind kind = path_kind::prefix;
  std::string path = "/";                   // literals in the normal form of http/path.hpp
  std::vector<std::string> methods = {};    // empty: any
  std::vector<std::size_t> listeners = {};  // those it is served on; empty: all
  std::uint32_t route = 0;                  // what match() returns
};

// What a pattern's captures stand for in one request. Values are views of the request, names of the
// table.
class captures {
 public:
  std::size_t size() const noexcept { return names_.size(); }
  // "path.id", "host.tenant": named as variables are.
  std::string_view name(std::size_t index) const noexcept { return names_[index]; }
  std::string_view value(std::size_t index) const noexcept { return values_[first_ + index]; }
  // Empty if there is none of that name.
  std::string_view find(std::string_view name) const noexcept;

 private:
  friend class route_search;
  std::span<const std::string_view> names_;
  std::size_t first_ = 0;  // 1 where the host's wildcard has no name
  std::array<std::string_view, captures_max + 1> values_;
};

struct route_match {
  enum class outcome : std::uint8_t { found, no_route, method_not_allowed };
  outcome is = outcome::no_route;
  std::uint32_t route = 0;  // found; for method_not_allowed the first route of the path that won
  std::string_view
      allow;  // method_not_allowed: for the Allow field; empty if no path matched (TRACE)
  captures captured;
};

struct route_query {
  std::size_t listener = 0;         // index into the configuration's listeners
  std::string_view authority = {};  // host[:port], any case
  std::string_view path = {};       // in normal form
  std::string_view method = {};
};

class route_table {
 public:
  struct error {
    std::size_t pattern;  // index into what was given
    std::string message;
  };
  // `patterns` in file order. Refuses what parse_path_pattern and parse_host_pattern refuse, more
  // than captures_max captures, and patterns whose literals and captures overlap on so many levels
  // that a path could cost more than steps_max look-ups.
  static std::expected<route_table, error> compile(std::span<const route_pattern> patterns);
  static constexpr std::uint32_t steps_max = 1024;

  route_table() : route_table(0) {}  // no routes

  // Views of the result live as long as the query's texts, `memory` and the table.
  route_match match(const route_query& query, arena& memory) const noexcept;

 private:
  friend class route_search;
  friend class route_table_builder;

  // Indices are 1-based where 0 means none.
  struct node {
    std::uint32_t capture = 0;       // child for any one segment
    std::uint32_t ends_here = 0;     // terminal
    std::uint32_t ends_in_tail = 0;  // terminal of `{name...}`
    bool has_literals = false;       // children in edges_
  };
  struct terminal {
    std::uint32_t first = 0;  // of the routes with this host and path
    std::uint32_t last = 0;
    const std::string* allow = nullptr;
  };
  struct entry {
    std::uint32_t next = 0;  // with the same host and path, in file order
    std::uint32_t route = 0;
    std::uint32_t methods_at = 0;
    std::uint32_t names_at = 0;
    std::uint16_t method_count = 0;  // 0: any
    std::uint8_t name_count = 0;
    std::uint8_t unnamed_host = 0;  // 1: the first captured value has no name
  };
  struct host_group {
    std::uint32_t exact_root = 0;
    std::uint32_t prefix_root = 0;
  };
  // What one listener serves; listeners that serve the same routes share one.
  struct view {
    std::uint32_t exact_hosts = 0;  // parents in edges_, whose children are groups
    std::uint32_t wildcard_hosts = 0;
    std::uint32_t any_host = 0;         // group
    std::uint32_t wildcard_labels = 0;  // of the longest wildcard: "example.com" has 2
  };

  explicit route_table(std::uint64_t seed)
      : edges_(seed), nodes_(1), terminals_(1), entries_(1), groups_(1) {}

  segment_table edges_;
  std::vector<node> nodes_;
  std::vector<terminal> terminals_;
  std::vector<entry> entries_;
  std::vector<host_group> groups_;
  std::vector<view> views_;
  std::vector<std::uint32_t> view_of_listener_;  // 0-based
  std::uint32_t view_of_others_ = 0;             // listeners that no route names
  std::vector<std::string_view> methods_;
  std::vector<std::string_view> names_;
  std::set<std::string, std::less<>> words_;  // what the views and `allow` point into
};

}  // namespace ferroway::routing
