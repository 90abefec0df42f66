// How a route table is made: one trie per host, shared by the listeners that serve the same routes.
#include <algorithm>
#include <map>
#include <optional>

#include "base/random.hpp"
#include "routing/host_name.hpp"
#include "routing/route_table.hpp"

namespace ferroway::routing {
namespace {

constexpr std::string_view allow_of_any = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

struct parsed_pattern {
  host_pattern host;
  std::vector<path_segment> segments;
};

std::expected<parsed_pattern, std::string> parse(const route_pattern& from) {
  auto host = parse_host_pattern(from.host);
  if (!host) return std::unexpected(std::move(host.error()));
  auto segments = parse_path_pattern(from.path, from.kind);
  if (!segments) return std::unexpected(std::move(segments.error()));
  const auto in_path = static_cast<std::size_t>(std::ranges::count_if(
      *segments, [](const path_segment& s) { return s.is != path_segment::kind::literal; }));
  if (in_path + (host->capture.empty() ? 0 : 1) > captures_max) {
    return std::unexpected("a route has at most " + std::to_string(captures_max) + " captures");
  }
  return parsed_pattern{std::move(*host), std::move(*segments)};
}

}  // namespace

class route_table_builder {
 public:
  explicit route_table_builder(std::span<const route_pattern> patterns)
      : patterns_(patterns),
        table_(system_seed()),
        parents_(1),
        reached_by_capture_(1),
        made_by_(1) {}

  std::expected<route_table, route_table::error> build() {
    make_views();
    for (std::size_t i = 0; i < patterns_.size(); ++i) {
      const auto parsed = parse(patterns_[i]);
      if (!parsed) return std::unexpected(route_table::error{i, parsed.error()});
      pattern_ = i;
      add_words(*parsed);
      for (std::size_t v = 0; v < table_.views_.size(); ++v) {
        if (std::ranges::binary_search(routes_of_view_[v], i)) add(table_.views_[v], *parsed);
      }
    }
    if (const auto costly = costliest(); costly) {
      return std::unexpected(route_table::error{
          *costly,
          "literals and captures overlap on too many levels: some path would take more than " +
              std::to_string(route_table::steps_max) + " steps to match"});
    }
    write_allow();
    return std::move(table_);
  }

 private:
  using index = std::uint32_t;

  void make_views() {
    std::size_t listeners = 0;
    for (const route_pattern& pattern : patterns_) {
      for (const std::size_t listener : pattern.listeners)
        listeners = std::max(listeners, listener + 1);
    }
    std::vector<std::vector<std::size_t>> served(listeners +
                                                 1);  // the last: listeners that no route names
    for (std::size_t i = 0; i < patterns_.size(); ++i) {
      if (patterns_[i].listeners.empty()) {
        for (auto& routes : served) routes.push_back(i);
      }
      for (const std::size_t listener : patterns_[i].listeners) {
        if (served[listener].empty() || served[listener].back() != i) served[listener].push_back(i);
      }
    }
    std::map<std::vector<std::size_t>, index> known;
    for (auto& routes : served) {
      const auto [at, is_new] = known.try_emplace(routes, static_cast<index>(table_.views_.size()));
      if (is_new) {
        table_.views_.push_back({new_node(0, false), new_node(0, false), 0, 0});
        routes_of_view_.push_back(std::move(routes));
      }
      table_.view_of_listener_.push_back(at->second);
    }
    table_.view_of_others_ = table_.view_of_listener_.back();
    table_.view_of_listener_.pop_back();
  }

  index new_node(index parent, bool by_capture) {
    table_.nodes_.emplace_back();
    parents_.push_back(parent);
    reached_by_capture_.push_back(by_capture);
    made_by_.push_back(pattern_);
    return static_cast<index>(table_.nodes_.size() - 1);
  }

  std::string_view intern(std::string_view word) { return *table_.words_.emplace(word).first; }

  // The methods and capture names of the pattern under way, shared by its entries in all views.
  void add_words(const parsed_pattern& parsed) {
    entry_ = {};
    entry_.route = patterns_[pattern_].route;
    entry_.methods_at = static_cast<index>(table_.methods_.size());
    for (const std::string& method : patterns_[pattern_].methods) {
      add_method(method);
      if (method == "GET") add_method("HEAD");
    }
    entry_.method_count = static_cast<std::uint16_t>(table_.methods_.size() - entry_.methods_at);
    entry_.names_at = static_cast<index>(table_.names_.size());
    entry_.unnamed_host =
        parsed.host.is == host_pattern::kind::wildcard && parsed.host.capture.empty();
    if (!parsed.host.capture.empty())
      table_.names_.push_back(intern("host." + parsed.host.capture));
    for (const path_segment& segment : parsed.segments) {
      if (segment.is == path_segment::kind::literal) continue;
      table_.names_.push_back(intern("path." + std::string(segment.text)));
    }
    entry_.name_count = static_cast<std::uint8_t>(table_.names_.size() - entry_.names_at);
  }

  void add_method(std::string_view method) {
    const auto first = table_.methods_.begin() + entry_.methods_at;
    if (std::find(first, table_.methods_.end(), method) == table_.methods_.end()) {
      table_.methods_.push_back(intern(method));
    }
  }

  void add(route_table::view& routes, const parsed_pattern& parsed) {
    route_table::host_group& group = table_.groups_[group_for(routes, parsed.host)];
    const bool is_exact = patterns_[pattern_].kind == path_kind::exact;
    index& root = is_exact ? group.exact_root : group.prefix_root;
    if (root == 0) root = new_node(0, false);
    index at = root;
    bool in_tail = false;
    for (const path_segment& segment : parsed.segments) {
      in_tail = segment.is == path_segment::kind::tail;
      if (!in_tail) at = child_for(at, segment);
    }
    add_entry(in_tail ? table_.nodes_[at].ends_in_tail : table_.nodes_[at].ends_here);
  }

  index group_for(route_table::view& routes, const host_pattern& host) {
    if (host.is == host_pattern::kind::any) {
      if (routes.any_host == 0) routes.any_host = new_group();
      return routes.any_host;
    }
    const bool is_wildcard = host.is == host_pattern::kind::wildcard;
    const index parent = is_wildcard ? routes.wildcard_hosts : routes.exact_hosts;
    if (is_wildcard) {
      const auto labels = static_cast<index>(std::ranges::count(host.name, '.') + 1);
      routes.wildcard_labels = std::max(routes.wildcard_labels, labels);
    }
    index group = table_.edges_.find(parent, host.name);
    if (group == 0) {
      group = new_group();
      table_.edges_.insert(parent, host.name, group);
    }
    return group;
  }

  index new_group() {
    table_.groups_.emplace_back();
    return static_cast<index>(table_.groups_.size() - 1);
  }

  index child_for(index parent, const path_segment& segment) {
    if (segment.is == path_segment::kind::capture) {
      index child = table_.nodes_[parent].capture;
      if (child == 0) {
        child = new_node(parent, true);
        table_.nodes_[parent].capture = child;
      }
      return child;
    }
    index child = table_.edges_.find(parent, segment.text);
    if (child == 0) {
      child = new_node(parent, false);
      table_.edges_.insert(parent, segment.text, child);
      table_.nodes_[parent].has_literals = true;
    }
    return child;
  }

  void add_entry(index& terminal_index) {
    table_.entries_.push_back(entry_);
    const auto added = static_cast<index>(table_.entries_.size() - 1);
    if (terminal_index == 0) {
      table_.terminals_.push_back({added, added, nullptr});
      terminal_index = static_cast<index>(table_.terminals_.size() - 1);
      return;
    }
    route_table::terminal& terminal = table_.terminals_[terminal_index];
    table_.entries_[terminal.last].next = added;
    terminal.last = added;
  }

  // The most nodes that a walk can visit from each node is 1, plus the worst literal child, plus
  // the capture child. Children come after their parents, so one pass from the back adds it up.
  // Returns the pattern behind an excess.
  std::optional<std::size_t> costliest() const {
    std::vector<index> worst_literal(parents_.size()), capture(parents_.size());
    for (index at = static_cast<index>(parents_.size()) - 1; at != 0; --at) {
      const index steps = 1 + worst_literal[at] + capture[at];
      if (steps > route_table::steps_max) return made_by_[at];
      if (reached_by_capture_[at]) {
        capture[parents_[at]] = steps;
      } else {
        worst_literal[parents_[at]] = std::max(worst_literal[parents_[at]], steps);
      }
    }
    return std::nullopt;
  }

  void write_allow() {
    for (std::size_t i = 1; i < table_.terminals_.size(); ++i) {
      table_.terminals_[i].allow = &*table_.words_.emplace(allow_for(table_.terminals_[i])).first;
    }
  }

  std::string allow_for(const route_table::terminal& terminal) const {
    std::vector<std::string_view> listed;
    for (index at = terminal.first; at != 0; at = table_.entries_[at].next) {
      const route_table::entry& entry = table_.entries_[at];
      if (entry.method_count == 0) return std::string(allow_of_any);
      for (std::size_t i = 0; i < entry.method_count; ++i) {
        const std::string_view method = table_.methods_[entry.methods_at + i];
        if (method != "TRACE" && std::ranges::find(listed, method) == listed.end())
          listed.push_back(method);
      }
    }
    std::string allow;
    for (const std::string_view method : listed) {
      if (!allow.empty()) allow += ", ";
      allow += method;
    }
    return allow;
  }

  std::span<const route_pattern> patterns_;
  route_table table_;
  std::vector<std::vector<std::size_t>> routes_of_view_;  // ascending
  // Of each node:
  std::vector<index> parents_;
  std::vector<bool> reached_by_capture_;
  std::vector<std::size_t> made_by_;
  // Of the pattern under way:
  std::size_t pattern_ = 0;
  route_table::entry entry_;
};

std::expected<route_table, route_table::error> route_table::compile(
    std::span<const route_pattern> patterns) {
  return route_table_builder(patterns).build();
}

}  // namespace ferroway::routing
