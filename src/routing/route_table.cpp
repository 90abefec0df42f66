#include "routing/route_table.hpp"

#include <algorithm>

#include "routing/host_name.hpp"
#include "routing/route_search.hpp"

namespace ferroway::routing {

std::string_view captures::find(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i] == name) return value(i);
  }
  return {};
}

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

route_match route_table::match(const route_query& query, arena& memory) const {
  route_match outcome;
  if (query.method == "TRACE") outcome.is = route_match::outcome::method_not_allowed;
  if (views_.empty()) return outcome;
  const view& routes =
      views_[query.listener < view_of_listener_.size() ? view_of_listener_[query.listener]
                                                       : view_of_others_];
  route_search search(*this, query, memory, outcome);
  const request_host host(query.authority);
  const std::string_view name = host.name();
  if (!name.empty()) {
    if (search.try_host(edges_.find(routes.exact_hosts, name), {}, false)) return outcome;
    // Wildcards from the longest: skip the dots before labels that no wildcard is long enough for.
    std::size_t dots_left =
        routes.wildcard_labels == 0 ? 0 : static_cast<std::size_t>(std::ranges::count(name, '.'));
    for (std::size_t dot = name.find('.'); dots_left != 0;
         dot = name.find('.', dot + 1), --dots_left) {
      if (dots_left > routes.wildcard_labels || !are_labels(name.substr(0, dot))) continue;
      const std::uint32_t level = edges_.find(routes.wildcard_hosts, name.substr(dot + 1));
      if (level != 0 && search.try_host(level, host_part_of(host, dot, memory), true))
        return outcome;
    }
  }
  search.try_host(routes.any_host, {}, false);
  return outcome;
}

}  // namespace ferroway::routing
