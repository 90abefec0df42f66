// How a route table is made: tries and regular expressions for each host and priority, shared by
// the listeners that serve the same routes.
#include <algorithm>
#include <map>
#include <optional>

#include "base/random.hpp"
#include "routing/parsed_pattern.hpp"
#include "routing/route_table.hpp"

namespace ferroway::routing {
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
    several_priorities_ = std::ranges::any_of(
        patterns_, [this](const auto& each) { return each.priority != patterns_[0].priority; });
    for (std::size_t i = 0; i < patterns_.size(); ++i) {
      pattern_ = i;
      if (const auto added = add(i); !added) {
        return std::unexpected(route_table::error{i, added.error()});
      }
    }
    if (const auto costly = costliest(); costly) {
      return std::unexpected(route_table::error{
          *costly,
          "literals and captures overlap on too many levels: some path would take more than " +
              std::to_string(route_table::steps_max) + " steps to match"});
    }
    for (route_table::terminal& each : table_.terminals_) put_in_order(each);
    let_priorities_go_on();
    if (!compile_expressions()) {
      return std::unexpected(route_table::error{
          pattern_, "the regular expressions of one host need too much memory together"});
    }
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

  std::expected<void, std::string> add(std::size_t which) {
    const route_pattern& pattern = patterns_[which];
    auto parsed = parse(pattern);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    if (pattern.kind == path_kind::regex) {
      const auto compiled = compile_path(pattern.path);
      if (!compiled) return std::unexpected(compiled.error());
      parsed->pattern = *compiled;
    }
    auto asks = table_.conditions_.add(pattern.headers, pattern.query);
    if (!asks) return std::unexpected(std::move(asks.error()));
    add_words(*parsed);
    entry_.asks = *asks;
    if (entry_.name_count > captures_max) {
      return std::unexpected("a route has at most " + std::to_string(captures_max) + " captures");
    }
    for (std::size_t v = 0; v < table_.views_.size(); ++v) {
      if (!std::ranges::binary_search(routes_of_view_[v], which)) continue;
      if (auto added = add(table_.views_[v], *parsed); !added) return added;
    }
    return {};
  }

  std::expected<const regular_expression*, std::string> compile_path(const std::string& text) {
    const auto known = table_.patterns_.find(text);
    if (known != table_.patterns_.end()) return &known->second;
    if (table_.patterns_.size() == regex_paths_max) {
      return std::unexpected("more than " + std::to_string(regex_paths_max) +
                             " regular expressions for paths");
    }
    auto made = regular_expression::compile(text);
    if (!made) return std::unexpected(std::move(made.error()));
    return &table_.patterns_.emplace(text, std::move(*made)).first->second;
  }

  // The methods and capture names of the pattern under way, shared by its entries in all views.
  void add_words(const parsed_pattern& parsed) {
    entry_ = {};
    entry_.route = patterns_[pattern_].route;
    entry_.answers_preflights = patterns_[pattern_].answers_preflights;
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
    if (parsed.pattern != nullptr) {
      for (const auto& group : parsed.pattern->named_groups()) {
        table_.names_.push_back(intern("path." + group.name));
      }
    }
    entry_.name_count = static_cast<std::uint8_t>(table_.names_.size() - entry_.names_at);
  }

  void add_method(std::string_view method) {
    const auto first = table_.methods_.begin() + entry_.methods_at;
    if (std::find(first, table_.methods_.end(), method) == table_.methods_.end()) {
      table_.methods_.push_back(intern(method));
    }
  }

  std::expected<void, std::string> add(route_table::view& routes, const parsed_pattern& parsed) {
    const route_pattern& pattern = patterns_[pattern_];
    const index host = host_for(routes, parsed.host);
    const index level = level_for(host);
    if (level == 0) {
      return std::unexpected("more than " + std::to_string(priorities_max) +
                             " different priorities for one host");
    }
    index& terminal = parsed.pattern != nullptr
                          ? regex_terminal(level, *parsed.pattern)
                          : segment_terminal(level, pattern.kind, parsed.segments);
    if (!add_entry(terminal)) {
      return std::unexpected("more than " + std::to_string(routes_per_path_max) +
                             " routes with one host and path");
    }
    if (several_priorities_) {
      same_path_[{host, pattern.kind, shape_of(pattern, parsed)}][-pattern.priority] = terminal;
    }
    return {};
  }

  index& segment_terminal(index level, path_kind kind, const std::vector<path_segment>& segments) {
    index root = kind == path_kind::exact ? table_.levels_[level].exact_root
                                          : table_.levels_[level].prefix_root;
    if (root == 0) {
      root = new_node(0, false);
      (kind == path_kind::exact ? table_.levels_[level].exact_root
                                : table_.levels_[level].prefix_root) = root;
    }
    index at = root;
    bool in_tail = false;
    for (const path_segment& segment : segments) {
      in_tail = segment.is == path_segment::kind::tail;
      if (!in_tail) at = child_for(at, segment);
    }
    return in_tail ? table_.nodes_[at].ends_in_tail : table_.nodes_[at].ends_here;
  }

  index& regex_terminal(index level, const regular_expression& pattern) {
    index& group = table_.levels_[level].by_regex;
    if (group == 0) {
      group = static_cast<index>(table_.expressions_.size());
      table_.expressions_.emplace_back();
      in_group_.emplace_back();
    }
    std::vector<const regular_expression*>& members = in_group_[group];
    std::vector<index>& terminals = table_.expressions_[group].terminals;
    const auto known = std::ranges::find(members, &pattern);
    const auto at = static_cast<std::size_t>(known - members.begin());
    if (known == members.end()) {
      members.push_back(&pattern);
      terminals.push_back(0);
    }
    return terminals[at];
  }

  // The first level of the host, whatever its priority.
  index host_for(route_table::view& routes, const host_pattern& host) {
    if (host.is == host_pattern::kind::any) {
      if (routes.any_host == 0) routes.any_host = new_level();
      return routes.any_host;
    }
    const bool is_wildcard = host.is == host_pattern::kind::wildcard;
    const index parent = is_wildcard ? routes.wildcard_hosts : routes.exact_hosts;
    if (is_wildcard) {
      const auto labels = static_cast<index>(std::ranges::count(host.name, '.') + 1);
      routes.wildcard_labels = std::max(routes.wildcard_labels, labels);
    }
    index first = table_.edges_.find(parent, host.name);
    if (first == 0) {
      first = new_level();
      table_.edges_.insert(parent, host.name, first);
    }
    return first;
  }

  index new_level() {
    table_.levels_.emplace_back().priority = patterns_[pattern_].priority;
    return static_cast<index>(table_.levels_.size() - 1);
  }

  // The host's level of the pattern's priority, in its place from the highest. `first` is known to
  // the edges, so a new first one takes its slot, and what was there moves. 0: too many.
  index level_for(index first) {
    const std::int32_t priority = patterns_[pattern_].priority;
    index before = 0;
    std::size_t count = 0;
    for (index at = first; at != 0; at = table_.levels_[at].next, ++count) {
      if (table_.levels_[at].priority == priority) return at;
      if (table_.levels_[at].priority > priority) before = at;
    }
    if (count == priorities_max) return 0;
    const index made = new_level();
    if (before == 0) {
      table_.levels_[made].next = made;
      std::swap(table_.levels_[made], table_.levels_[first]);
      return first;
    }
    table_.levels_[made].next = table_.levels_[before].next;
    table_.levels_[before].next = made;
    return made;
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

  // False when there are too many.
  bool add_entry(index& terminal_index) {
    if (terminal_index == 0) {
      table_.terminals_.emplace_back();
      terminal_index = static_cast<index>(table_.terminals_.size() - 1);
    }
    route_table::terminal& terminal = table_.terminals_[terminal_index];
    if (terminal.count == routes_per_path_max) return false;
    table_.entries_.push_back(entry_);
    const auto added = static_cast<index>(table_.entries_.size() - 1);
    (terminal.count == 0 ? terminal.first : table_.entries_[terminal.last].next) = added;
    terminal.last = added;
    ++terminal.count;
    terminal.asks_more |= !entry_.asks.empty();
    return true;
  }

  // More header conditions first, then more query conditions, then file order.
  void put_in_order(route_table::terminal& terminal) {
    if (!terminal.asks_more || terminal.count < 2) return;
    std::vector<index> order;
    for (index at = terminal.first; at != 0; at = table_.entries_[at].next) order.push_back(at);
    std::ranges::sort(order, [this](index a, index b) {
      const conditions::range& first = table_.entries_[a].asks;
      const conditions::range& second = table_.entries_[b].asks;
      return std::tuple(second.headers, second.query, a) <
             std::tuple(first.headers, first.query, b);
    });
    for (std::size_t i = 0; i < order.size(); ++i) {
      table_.entries_[order[i]].next = i + 1 < order.size() ? order[i + 1] : 0;
    }
    terminal.first = order.front();
    terminal.last = order.back();
  }

  void let_priorities_go_on() {
    index number = 0;
    for (const auto& [path, terminals] : same_path_) {
      std::size_t lower = terminals.size();
      ++number;
      for (const auto& [priority, terminal] : terminals) {
        table_.terminals_[terminal].path = number;
        table_.terminals_[terminal].goes_on = --lower > 0;
      }
    }
  }

  bool compile_expressions() {
    for (std::size_t i = 1; i < table_.expressions_.size(); ++i) {
      route_table::expressions& group = table_.expressions_[i];
      for (const regular_expression* each : in_group_[i]) {
        std::vector<int>& numbers = group.named_groups.emplace_back();
        for (const auto& named : each->named_groups()) numbers.push_back(named.number);
      }
      group.set = regular_expression_set::compile(std::move(in_group_[i]));
      if (!group.set) return false;
    }
    return true;
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

  std::span<const route_pattern> patterns_;
  route_table table_;
  std::vector<std::vector<std::size_t>> routes_of_view_;             // ascending
  std::vector<std::vector<const regular_expression*>> in_group_{1};  // by expressions
  // Of each host and path, the terminals of its priorities from the highest.
  bool several_priorities_ = false;
  std::map<std::tuple<index, path_kind, std::string>, std::map<std::int64_t, index>> same_path_;
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
