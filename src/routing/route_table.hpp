// Which route a request takes. Compiled once from the routes of a configuration, then immutable and
// shared by all workers; match() costs in the length of the path, not in the number of routes, and
// allocates nothing but in the exchange's arena: the lower-case copy of a captured host where a
// client wrote capitals, a condition's value where it must be decoded, the list of a 405.
//
// The order in which routes win:
//   host      exact, then the longest wildcard or capture (`*.example.com`, `{tenant}.example.com`:
//             one or more labels, never the apex), then routes without a host. If no path of a host
//             matches, the next one is tried.
//   priority  the higher first.
//   path      exact paths; then regular expressions, in file order; then prefixes of whole
//             segments, compared segment by segment from the left: a literal before `{name}`,
//             `{name}` before `{name...}`, the longer before the shorter.
//   route     of those with that host and path whose header and query conditions hold: more header
//             conditions before fewer, then more query conditions, then file order.
// A path wins as soon as the conditions of one of its routes hold. Methods do not fall through:
// when none of these takes the method (GET takes HEAD), the answer is 405, never another path (but
// the same path's routes of a lower priority are asked too). TRACE is always 405. A trailing slash
// of a path matters to exact paths and regular expressions only. `*` (of OPTIONS) is matched by the
// prefix `/` alone.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.hpp"
#include "routing/conditions.hpp"
#include "routing/route_pattern.hpp"
#include "routing/segment_table.hpp"

namespace ferroway::routing {

inline constexpr std::size_t captures_max = 16;  // of one route, its host's included

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
  std::string_view query = {};               // without `?`
  const http::field_list* fields = nullptr;  // null: none
  http::path_ambiguities ambiguous = {};     // of `path`; match() leaves them to its caller
  // It asks what `method` would find (a CORS preflight): conditions on headers hold, since they are
  // not those of the request to come, and only routes that answer preflights are found.
  bool is_preflight = false;
};

// What a table takes; more is refused.
inline constexpr std::size_t regex_paths_max = 1000;
inline constexpr std::size_t priorities_max = 16;  // that differ, of one host
inline constexpr std::size_t routes_per_path_max = 256;

class route_table {
 public:
  struct error {
    std::size_t pattern;  // index into what was given
    std::string message;
  };
  // `patterns` in file order. Refuses what parse_path_pattern and parse_host_pattern refuse, what
  // is over the limits above, more than captures_max captures, and patterns whose literals and
  // captures overlap on so many levels that a path could cost more than steps_max look-ups.
  static std::expected<route_table, error> compile(std::span<const route_pattern> patterns);
  static constexpr std::uint32_t steps_max = 1024;

  route_table() : route_table(0) {}  // no routes

  // Views of the result live as long as the query's texts, `memory` and the table.
  route_match match(const route_query& query, arena& memory) const;

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
  // The routes with one host, priority and path.
  struct terminal {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::uint16_t count = 0;
    bool asks_more = false;  // some have conditions
    bool goes_on = false;    // the same path has routes of a lower priority
    std::uint32_t path = 0;  // equal for the same path's terminals of several priorities; 0: one
  };
  struct entry {
    std::uint32_t next = 0;  // in the order in which they are tried
    std::uint32_t route = 0;
    std::uint32_t methods_at = 0;
    std::uint32_t names_at = 0;
    std::uint16_t method_count = 0;  // 0: any
    std::uint8_t name_count = 0;
    std::uint8_t unnamed_host = 0;  // 1: the first captured value has no name
    conditions::range asks;
    bool answers_preflights = false;
  };
  // The regular expressions of a level, in file order.
  struct expressions {
    std::unique_ptr<regular_expression_set> set;
    std::vector<std::uint32_t> terminals;        // by index in the set
    std::vector<std::vector<int>> named_groups;  // their numbers, likewise
  };
  // What a host has of one priority.
  struct level {
    std::uint32_t exact_root = 0;
    std::uint32_t prefix_root = 0;
    std::uint32_t by_regex = 0;  // expressions
    std::uint32_t next = 0;      // of lower priority
    std::int32_t priority = 0;
  };
  // What one listener serves; listeners that serve the same routes share one.
  struct view {
    std::uint32_t exact_hosts = 0;  // parents in edges_, whose children are a host's first level
    std::uint32_t wildcard_hosts = 0;
    std::uint32_t any_host = 0;         // first level
    std::uint32_t wildcard_labels = 0;  // of the longest wildcard: "example.com" has 2
  };

  explicit route_table(std::uint64_t seed)
      : edges_(seed), nodes_(1), terminals_(1), entries_(1), levels_(1), expressions_(1) {}

  segment_table edges_;
  std::vector<node> nodes_;
  std::vector<terminal> terminals_;
  std::vector<entry> entries_;
  std::vector<level> levels_;
  std::vector<expressions> expressions_;
  std::map<std::string, regular_expression, std::less<>> patterns_;  // of paths, each once
  conditions conditions_;
  std::vector<view> views_;
  std::vector<std::uint32_t> view_of_listener_;  // 0-based
  std::uint32_t view_of_others_ = 0;             // listeners that no route names
  std::vector<std::string_view> methods_;
  std::vector<std::string_view> names_;
  std::set<std::string, std::less<>> words_;  // what the views point into
};

}  // namespace ferroway::routing
