#include "routing/route_table.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "routing/host_name.hpp"

namespace ferroway::routing {

std::string_view captures::find(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i] == name) return value(i);
  }
  return {};
}

// One match under way: a depth-first walk of the trie in the order of precedence, so the first end
// found wins. The depth is that of the patterns (path_segments_max), the steps are bounded by the
// builder (steps_max).
class route_search {
 public:
  route_search(const route_table& table, const route_query& query, route_match& into) noexcept
      : table_(table), path_(query.path), method_(query.method), into_(into) {}

  // True when a path of this group has won, whatever became of the method.
  bool try_group(std::uint32_t group, std::string_view host_part, bool is_wildcard) noexcept {
    if (group == 0) return false;
    const route_table::host_group& roots = table_.groups_[group];
    depth_ = 0;
    if (is_wildcard) push(host_part);
    if (path_ == "*") return walk(roots.prefix_root, path_.size());
    if (!path_.starts_with('/')) return false;
    exact_ = true;
    if (walk(roots.exact_root, 0)) return true;
    exact_ = false;
    return walk(roots.prefix_root, 0);
  }

 private:
  // `at` is the position of the slash before the next segment, or the end. Only an exact path sees
  // the empty segment behind a trailing slash.
  bool has_segment(std::size_t at) const noexcept {
    return exact_ ? at < path_.size() : at + 1 < path_.size();
  }

  bool walk(std::uint32_t index, std::size_t at) noexcept {
    if (index == 0) return false;
    const route_table::node& node = table_.nodes_[index];
    if (!has_segment(at)) {
      return settle(node.ends_here) || (node.ends_in_tail != 0 && settle_tail(node, {}));
    }
    const std::size_t slash = std::min(path_.find('/', at + 1), path_.size());
    const std::string_view segment = path_.substr(at + 1, slash - at - 1);
    if (node.has_literals && walk(table_.edges_.find(index, segment), slash)) return true;
    if (node.capture != 0 && !segment.empty()) {
      push(segment);
      if (walk(node.capture, slash)) return true;
      --depth_;
    }
    if (node.ends_in_tail != 0) return settle_tail(node, path_.substr(at + 1));
    return !exact_ && settle(node.ends_here);
  }

  bool settle_tail(const route_table::node& node, std::string_view rest) noexcept {
    push(rest);
    return settle(node.ends_in_tail);
  }

  // The path has won: which of its routes takes the method?
  bool settle(std::uint32_t terminal_index) noexcept {
    if (terminal_index == 0) return false;
    const route_table::terminal& terminal = table_.terminals_[terminal_index];
    if (method_ != "TRACE") {
      for (std::uint32_t at = terminal.first; at != 0; at = table_.entries_[at].next) {
        if (takes_method(table_.entries_[at])) return found(table_.entries_[at]);
      }
    }
    into_.is = route_match::outcome::method_not_allowed;
    into_.route = table_.entries_[terminal.first].route;
    into_.allow = *terminal.allow;
    return true;
  }

  bool takes_method(const route_table::entry& entry) const noexcept {
    if (entry.method_count == 0) return true;
    const std::string_view* const first = table_.methods_.data() + entry.methods_at;
    return std::find(first, first + entry.method_count, method_) != first + entry.method_count;
  }

  bool found(const route_table::entry& entry) noexcept {
    into_.is = route_match::outcome::found;
    into_.route = entry.route;
    into_.captured.names_ = {table_.names_.data() + entry.names_at, entry.name_count};
    into_.captured.first_ = entry.unnamed_host;
    return true;
  }

  void push(std::string_view value) noexcept { into_.captured.values_[depth_++] = value; }

  const route_table& table_;
  std::string_view path_;
  std::string_view method_;
  route_match& into_;
  std::size_t depth_ = 0;
  bool exact_ = false;
};

namespace {

// One or more labels, none of them empty.
bool are_labels(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string_view::npos;
}

// The labels that a wildcard stands for, in lower case.
std::string_view host_part_of(const request_host& host, std::size_t size, arena& memory) {
  const std::string_view received = host.as_received().substr(0, size);
  const std::string_view lower = host.name().substr(0, size);
  return received == lower ? received : memory.copy(lower);
}

}  // namespace

route_match route_table::match(const route_query& query, arena& memory) const noexcept {
  route_match outcome;
  if (query.method == "TRACE") outcome.is = route_match::outcome::method_not_allowed;
  if (views_.empty()) return outcome;
  const view& routes =
      views_[query.listener < view_of_listener_.size() ? view_of_listener_[query.listener]
                                                       : view_of_others_];
  route_search search(*this, query, outcome);
  const request_host host(query.authority);
  const std::string_view name = host.name();
  if (!name.empty()) {
    if (search.try_group(edges_.find(routes.exact_hosts, name), {}, false)) return outcome;
    // Wildcards from the longest: skip the dots before labels that no wildcard is long enough for.
    std::size_t dots_left =
        routes.wildcard_labels == 0 ? 0 : static_cast<std::size_t>(std::ranges::count(name, '.'));
    for (std::size_t dot = name.find('.'); dots_left != 0;
         dot = name.find('.', dot + 1), --dots_left) {
      if (dots_left > routes.wildcard_labels || !are_labels(name.substr(0, dot))) continue;
      const std::uint32_t group = edges_.find(routes.wildcard_hosts, name.substr(dot + 1));
      if (group != 0 && search.try_group(group, host_part_of(host, dot, memory), true))
        return outcome;
    }
  }
  search.try_group(routes.any_host, {}, false);
  return outcome;
}

}  // namespace ferroway::routing
