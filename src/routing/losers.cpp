#include "routing/losers.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.hpp"
#include "routing/match_order.hpp"

namespace ferroway::routing {
namespace {

using by = loser::by;
using kind = config::condition::kind;

bool matches(const route_pattern& only, route_query asked) {
  asked.is_preflight = false;  // which routes answer them is not known here
  const auto table = route_table::compile({&only, 1});
  arena memory;
  return table && table->match(asked, memory).is == route_match::outcome::found;
}

bool holds(const config::condition& one, bool header, const route_query& asked) {
  conditions compiled;
  const std::vector<config::condition> none, some{one};
  const auto range = header ? compiled.add(some, none) : compiled.add(none, some);
  arena memory;
  condition_subject subject(asked.fields, asked.query, memory);
  return range && compiled.hold(*range, subject);
}

std::string quoted(std::string_view text) {
  constexpr std::size_t shown_max = 80;
  return "`" + std::string(text.substr(0, shown_max)) + (text.size() > shown_max ? "...`" : "`");
}

std::optional<std::string> value_of(const config::condition& one, bool header,
                                    const route_query& asked) {
  arena memory;
  condition_subject subject(asked.fields, asked.query, memory);
  const auto value =
      header ? subject.header(http::identify(one.name), one.name) : subject.parameter(one.name);
  if (!value) return std::nullopt;
  return std::string(*value);
}

std::string why_not(const config::condition& one, bool header, const route_query& asked) {
  const std::string what = (header ? "header " : "query parameter ") + quoted(one.name);
  const auto value = value_of(one, header, asked);
  if (one.is == kind::absent) return what + " is there, and must not be";
  if (!value) return what + " is missing";
  if (one.is == kind::regex) {
    return what + " is " + quoted(*value) + ", which does not match " + quoted(one.value);
  }
  return what + " is " + quoted(*value) + ", not " + quoted(one.value);
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

std::string named(http::path_ambiguities all) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < http::path_ambiguities::names.size(); ++i) {
    if (!all.has(static_cast<http::path_ambiguities::one>(i))) continue;
    names.push_back(quoted(http::path_ambiguities::names[i]));
  }
  return joined(names);
}

// How many bytes of whole segments a path and a pattern have in common: nearer paths are shown
// first.
std::size_t common(std::string_view pattern, std::string_view path) {
  std::size_t same = 0;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = split_off(pattern, '/');
    const std::string_view given = split_off(path, '/');
    if (wanted != given && !wanted.starts_with('{')) break;
    same += 1 + given.size();
  }
  return same;
}

// Judges routes one by one; what many of them share is judged once.
class judge {
 public:
  judge(std::span<const config::route> routes, const route_query& asked,
        std::optional<std::size_t> winner)
      : routes_(routes), asked_(asked), winner_(winner) {}

  loser of(std::size_t route) {
    const config::route& here = routes_[route];
    loser made{route, by::listener, {}};
    if (std::ranges::find(here.listeners, asked_.listener) == here.listeners.end()) {
      made.why = "it is not served on this listener";
    } else if (!takes_host(here.host)) {
      made.lost = by::host;
      made.why = "host " + quoted(here.host) + " does not match " + quoted(asked_.authority);
    } else if (!takes_path(here)) {
      made.lost = by::path;
      made.why = (here.path == path_kind::regex ? "regular expression " : "path ") +
                 quoted(here.pattern) + " does not match " + quoted(asked_.path);
    } else if (!conditions_hold(here, made)) {
      return made;
    } else if (!takes_method(here)) {
      made.lost = by::method;
      made.why = "method " + quoted(asked_.method) + " is not one of " + joined(here.methods);
    } else if (!asked_.ambiguous.without(here.allowed_in_path).empty()) {
      made.lost = by::ambiguity;
      made.why = "it matches, but its `allow_in_path` lacks " +
                 named(asked_.ambiguous.without(here.allowed_in_path));
    } else {
      made.lost = by::order;
      made.why = winner_ ? "it matches too, but " + quoted(routes_[*winner_].name) +
                               " is asked first: " + why_first(routes_[*winner_], here)
                         : "another path was asked first, and methods do not fall through";
    }
    return made;
  }

 private:
  bool takes_host(const std::string& host) {
    const auto [known, fresh] = hosts_.try_emplace(host, false);
    if (fresh) {
      route_query any_path = asked_;
      any_path.path = "/";
      any_path.method = "GET";
      any_path.listener = 0;
      known->second = matches({.host = host}, any_path);
    }
    return known->second;
  }

  bool takes_path(const config::route& here) const {
    route_query any_method = asked_;
    any_method.method = "GET";
    any_method.listener = 0;
    return matches({.kind = here.path, .path = here.pattern}, any_method);
  }

  bool conditions_hold(const config::route& here, loser& into) const {
    for (const auto* list : {&here.headers, &here.query}) {
      const bool header = list == &here.headers;
      if (header && asked_.is_preflight) continue;
      for (const config::condition& one : *list) {
        if (holds(one, header, asked_)) continue;
        into.lost = header ? by::header : by::query;
        into.why = why_not(one, header, asked_);
        return false;
      }
    }
    return true;
  }

  bool takes_method(const config::route& here) const {
    route_query any_path = asked_;
    any_path.path = "/";
    any_path.listener = 0;
    return matches({.methods = here.methods}, any_path);
  }

  std::span<const config::route> routes_;
  const route_query& asked_;
  std::optional<std::size_t> winner_;
  std::map<std::string, bool, std::less<>> hosts_;
};

}  // namespace

std::string_view to_string(loser::by which) noexcept {
  constexpr std::array<std::string_view, 8> names{"listener", "host",   "path",      "header",
                                                  "query",    "method", "ambiguity", "order"};
  return names[static_cast<std::size_t>(which)];
}

std::vector<loser> closest_losers(std::span<const config::route> routes, const route_query& asked,
                                  std::optional<std::size_t> winner, std::size_t count_max) {
  judge each(routes, asked, winner);
  std::vector<loser> all;
  for (std::size_t i = 0; i < routes.size(); ++i) {
    if (i != winner) all.push_back(each.of(i));
  }
  const auto closeness = [&](const loser& one) {
    const std::size_t same =
        one.lost == by::path ? common(routes[one.route].pattern, asked.path) : 0;
    return std::pair(one.lost, same);
  };
  std::ranges::sort(all, [&](const loser& a, const loser& b) {
    const auto first = closeness(a), second = closeness(b);
    return first != second ? first > second : a.route < b.route;
  });
  if (all.size() > count_max) all.resize(count_max);
  return all;
}

loser why_lost(std::span<const config::route> routes, std::size_t route, const route_query& asked,
               std::optional<std::size_t> winner) {
  return judge(routes, asked, winner).of(route);
}

}  // namespace ferroway::routing
