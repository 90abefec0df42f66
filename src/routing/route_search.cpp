#include "routing/route_search.hpp"

#include <algorithm>

namespace ferroway::routing {

using outcome = route_match::outcome;

bool route_search::try_host(std::uint32_t first_level, std::string_view host_part,
                            bool is_wildcard) {
  depth_ = 0;
  if (is_wildcard) push(host_part);
  for (std::uint32_t at = first_level; at != 0; at = table_.levels_[at].next) {
    if (try_level(table_.levels_[at])) return true;
  }
  return refused_;
}

bool route_search::try_level(const route_table::level& here) {
  exact_ = false;
  if (path_ == "*") return walk(here.prefix_root, path_.size());
  if (!path_.starts_with('/')) return false;
  exact_ = true;
  if (walk(here.exact_root, 0)) return true;
  exact_ = false;
  if (here.by_regex != 0 && try_expressions(table_.expressions_[here.by_regex])) return true;
  return walk(here.prefix_root, 0);
}

bool route_search::try_expressions(const route_table::expressions& here) {
  for (const int match : here.set->matches(path_)) {
    const auto index = static_cast<std::size_t>(match);
    if (!settle(here.terminals[index])) continue;
    const std::vector<int>& named = here.named_groups[index];
    if (into_.is == outcome::found && !named.empty()) {
      std::array<std::string_view, regular_expression::groups_max + 1> groups;
      here.set->at(index).matches(path_, groups);
      for (const int number : named) push(groups[static_cast<std::size_t>(number)]);
    }
    return true;
  }
  return false;
}

// `at` is the position of the slash before the next segment, or the end. Only an exact path sees
// the empty segment behind a trailing slash.
bool route_search::has_segment(std::size_t at) const noexcept {
  return exact_ ? at < path_.size() : at + 1 < path_.size();
}

bool route_search::walk(std::uint32_t index, std::size_t at) {
  if (index == 0) return false;
  const route_table::node& node = table_.nodes_[index];
  if (!has_segment(at)) return settle(node.ends_here) || settle_tail(node, {});
  const std::size_t slash = std::min(path_.find('/', at + 1), path_.size());
  const std::string_view segment = path_.substr(at + 1, slash - at - 1);
  if (node.has_literals && walk(table_.edges_.find(index, segment), slash)) return true;
  if (node.capture != 0 && !segment.empty()) {
    push(segment);
    if (walk(node.capture, slash)) return true;
    --depth_;
  }
  return settle_tail(node, path_.substr(at + 1)) || (!exact_ && settle(node.ends_here));
}

bool route_search::settle_tail(const route_table::node& node, std::string_view rest) {
  if (node.ends_in_tail == 0) return false;
  push(rest);
  if (settle(node.ends_in_tail)) return true;
  --depth_;
  return false;
}

// The path has won if the conditions of one of its routes hold: which of these takes the method?
bool route_search::settle(std::uint32_t terminal_index) {
  if (terminal_index == 0) return false;
  const route_table::terminal& terminal = table_.terminals_[terminal_index];
  if (refused_ && terminal.path != only_path_) return false;
  bool has_won = false;
  for (std::uint32_t at = terminal.first; at != 0; at = table_.entries_[at].next) {
    const route_table::entry& entry = table_.entries_[at];
    if (!entry.asks.empty() && !conditions_hold(entry)) {
      continue;
    }
    has_won = true;
    if (!takes_method(entry)) continue;
    found(entry);
    return true;
  }
  if (!has_won) return false;
  refuse(terminal);
  only_path_ = terminal.path;
  return !terminal.goes_on;
}

bool route_search::conditions_hold(const route_table::entry& entry) {
  return table_.conditions_.hold(query_.is_preflight ? entry.asks.of_query() : entry.asks,
                                 subject_);
}

bool route_search::takes_method(const route_table::entry& entry) const noexcept {
  if (query_.method == "TRACE") return false;
  if (query_.is_preflight && !entry.answers_preflights) return false;
  if (entry.method_count == 0) return true;
  const std::string_view* const first = table_.methods_.data() + entry.methods_at;
  return std::find(first, first + entry.method_count, query_.method) != first + entry.method_count;
}

void route_search::found(const route_table::entry& entry) noexcept {
  into_.is = outcome::found;
  into_.route = entry.route;
  into_.captured.names_ = {table_.names_.data() + entry.names_at, entry.name_count};
  into_.captured.first_ = entry.unnamed_host;
}

void route_search::refuse(const route_table::terminal& terminal) {
  const std::string_view allowed = allowed_by(terminal);
  if (!refused_) {
    into_.is = outcome::method_not_allowed;
    into_.route = table_.entries_[terminal.first].route;
    into_.allow = allowed;
  } else if (!allowed.empty()) {
    // The same path's routes of a lower priority.
    into_.allow = into_.allow.empty() ? allowed : memory_.join(into_.allow, ", ", allowed);
  }
  refused_ = true;
}

// For the Allow field (RFC 9110, 10.2.1): what the routes whose conditions hold take.
std::string_view route_search::allowed_by(const route_table::terminal& terminal) {
  constexpr std::string_view any = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
  constexpr std::size_t listed_max = 32;
  std::array<std::string_view, listed_max> listed;
  std::size_t count = 0;
  std::string_view list;
  for (std::uint32_t at = terminal.first; at != 0; at = table_.entries_[at].next) {
    const route_table::entry& entry = table_.entries_[at];
    if (!conditions_hold(entry)) continue;
    if (entry.method_count == 0) return any;
    for (std::size_t i = 0; i < entry.method_count && count < listed_max; ++i) {
      const std::string_view method = table_.methods_[entry.methods_at + i];
      const auto end = listed.begin() + static_cast<std::ptrdiff_t>(count);
      if (method == "TRACE" || std::find(listed.begin(), end, method) != end) continue;
      listed[count++] = method;
      list = list.empty() ? method : memory_.join(list, ", ", method);
    }
  }
  return list;
}

}  // namespace ferroway::routing
