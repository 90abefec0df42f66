// The compiled table against the rules written down as plainly as possible, on random tables and
// requests.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <regex>
#include <set>

#include "base/random.hpp"
#include "routing/route_table.hpp"

namespace ferroway::routing {
namespace {

using words = std::vector<std::string>;

words split(std::string_view text, char separator) {
  words pieces;
  std::size_t at = 0;
  while (true) {
    const std::size_t end = text.find(separator, at);
    pieces.emplace_back(text.substr(at, end - at));
    if (end == std::string_view::npos) return pieces;
    at = end + 1;
  }
}

// Smaller wins. Empty optional: no match.
using rank = std::vector<int>;

std::optional<rank> rank_of_host(const std::string& pattern, const std::string& host) {
  if (pattern.empty()) return rank{2, 0};
  const bool is_wildcard = pattern[0] == '*' || pattern[0] == '{';
  if (!is_wildcard) return pattern == host ? std::optional(rank{0, 0}) : std::nullopt;
  const std::string suffix = pattern.substr(pattern.find('.'));
  if (!host.ends_with(suffix) || host.size() == suffix.size()) return std::nullopt;
  return rank{1, -static_cast<int>(suffix.size())};
}

// `first_of` is where a route with the same regular expression first stands.
std::optional<rank> rank_of_path(const route_pattern& pattern, const std::string& path,
                                 std::uint32_t first_of) {
  if (pattern.kind == path_kind::regex) {
    const bool matches = std::regex_match(path, std::regex(pattern.path));
    return matches ? std::optional(rank{1, static_cast<int>(first_of)}) : std::nullopt;
  }
  const bool is_exact = pattern.kind == path_kind::exact;
  words wanted = split(pattern.path.substr(1), '/');
  words given = split(path.substr(1), '/');
  if (!is_exact && wanted.back().empty()) wanted.pop_back();
  if (!is_exact && given.back().empty()) given.pop_back();
  rank ranked{is_exact ? 0 : 2};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool is_capture = wanted[i].starts_with('{');
    if (is_capture && wanted[i].ends_with("...}")) {
      ranked.push_back(i < given.size() ? 2 : 4);
      return ranked;
    }
    if (i >= given.size()) return std::nullopt;
    if (is_capture ? given[i].empty() : wanted[i] != given[i]) return std::nullopt;
    ranked.push_back(is_capture ? 1 : 0);
  }
  if (is_exact && given.size() != wanted.size()) return std::nullopt;
  ranked.push_back(3);
  return ranked;
}

bool takes(const route_pattern& pattern, const std::string& method) {
  const auto lists = [&](const char* name) {
    return std::ranges::find(pattern.methods, name) != pattern.methods.end();
  };
  return pattern.methods.empty() || lists(method.c_str()) || (method == "HEAD" && lists("GET"));
}

struct question {
  std::string host;
  std::string path;
  std::string method;
  std::optional<std::string> tier;     // a header
  std::optional<std::string> version;  // a query parameter
};

bool hold(const std::vector<config::condition>& all, const std::optional<std::string>& value) {
  using kind = config::condition::kind;
  return std::ranges::all_of(all, [&](const config::condition& one) {
    if (one.is == kind::present) return value.has_value();
    if (one.is == kind::absent) return !value.has_value();
    if (one.is == kind::regex) return value && std::regex_match(*value, std::regex(one.value));
    return value == one.value;
  });
}

struct decision {
  route_match::outcome is = route_match::outcome::no_route;
  std::uint32_t route = 0;  // of found
  bool operator==(const decision&) const = default;
};

// A path as a whole: the routes that share it share its fate.
std::string path_key(const route_pattern& of) {
  std::string key = std::to_string(static_cast<int>(of.kind));
  for (const std::string& segment : split(of.path, '/')) {
    const bool capture = of.kind != path_kind::regex && segment.starts_with('{');
    key += "/" + (!capture ? segment : segment.ends_with("...}") ? "{...}" : "{}");
  }
  const bool slash = of.kind == path_kind::prefix && key.size() > 2 && key.ends_with('/');
  return slash ? key.substr(0, key.size() - 1) : key;
}

struct candidate {
  rank ranked;
  const route_pattern* route;
  bool takes_method;
};

// Those of one host, the best first.
std::vector<candidate> candidates_of(const std::vector<route_pattern>& patterns, const rank& host,
                                     const question& asked) {
  std::vector<candidate> all;
  for (const route_pattern& pattern : patterns) {
    if (rank_of_host(pattern.host, asked.host) != host) continue;
    const auto same_regex = std::ranges::find_if(patterns, [&](const route_pattern& other) {
      return other.kind == path_kind::regex && other.path == pattern.path &&
             rank_of_host(other.host, asked.host) == host && other.priority == pattern.priority;
    });
    const auto by_path =
        rank_of_path(pattern, asked.path, same_regex == patterns.end() ? 0 : same_regex->route);
    if (!by_path || !hold(pattern.headers, asked.tier) || !hold(pattern.query, asked.version)) {
      continue;
    }
    rank ranked{-pattern.priority};
    ranked.insert(ranked.end(), by_path->begin(), by_path->end());
    for (const int next : {-static_cast<int>(pattern.headers.size()),
                           -static_cast<int>(pattern.query.size()), int(pattern.route)}) {
      ranked.push_back(next);
    }
    all.push_back({std::move(ranked), &pattern, takes(pattern, asked.method)});
  }
  std::ranges::sort(all, {}, &candidate::ranked);
  return all;
}

// The best path wins; only its own routes, of lower priorities too, are asked for the method.
decision among(const std::vector<candidate>& all) {
  const std::string won = path_key(*all.front().route);
  for (const candidate& each : all) {
    if (path_key(*each.route) == won && each.takes_method) {
      return {route_match::outcome::found, each.route->route};
    }
  }
  return {route_match::outcome::method_not_allowed, 0};
}

decision reference(const std::vector<route_pattern>& patterns, const question& asked) {
  std::set<rank> hosts;
  for (const route_pattern& pattern : patterns) {
    if (const auto host = rank_of_host(pattern.host, asked.host)) hosts.insert(*host);
  }
  for (const rank& host : hosts) {
    const auto all = candidates_of(patterns, host, asked);
    if (!all.empty()) return among(all);
  }
  return {};
}

class generator {
 public:
  explicit generator(std::uint64_t seed) : random_(seed) {}

  std::string pick(std::initializer_list<const char*> from) {
    return from.begin()[random_.below(from.size())];
  }

  route_pattern pattern(std::uint32_t index) {
    route_pattern made{.route = index};
    made.kind = random_.chance(25) ? path_kind::exact : path_kind::prefix;
    made.host = pick({"", "", "t", "a.t", "*.t", "{x}.t", "b.a.t", "*.a.t"});
    const std::size_t depth = random_.below(5);
    made.path.clear();
    for (std::size_t i = 0; i < depth; ++i) {
      made.path +=
          "/" + (random_.chance(35) ? "{c" + std::to_string(i) + "}" : pick({"a", "b", "ab"}));
    }
    if (random_.chance(15)) made.path += "/{rest...}";
    if (made.path.empty() || (!made.path.ends_with("...}") && random_.chance(10))) made.path += "/";
    if (random_.chance(40)) made.methods.push_back(pick({"GET", "POST", "PURGE"}));
    if (random_.chance(10)) made.methods.push_back(pick({"PUT", "HEAD"}));
    if (random_.chance(15)) {
      made.kind = path_kind::regex;
      made.path = pick({"/.*", "/a(/.*)?", "/[ab]+", "/(a|ab)/b/?"});
    }
    if (random_.chance(25)) made.headers.push_back(condition("X-Tier"));
    if (random_.chance(15)) made.query.push_back(condition("version"));
    if (random_.chance(20)) made.priority = random_.chance(50) ? 5 : -5;
    return made;
  }

  config::condition condition(const std::string& name) {
    using kind = config::condition::kind;
    constexpr kind kinds[] = {kind::equals, kind::regex, kind::present, kind::absent};
    const kind is = kinds[random_.below(4)];
    return {name, is, is == kind::regex ? pick({"g.*", "[a-z]+"}) : pick({"gold", "silver"})};
  }

  std::optional<std::string> value() {
    if (random_.chance(40)) return std::nullopt;
    return pick({"gold", "silver", "", "G"});
  }

  std::string path() {
    std::string made;
    const std::size_t depth = random_.below(6);
    for (std::size_t i = 0; i < depth; ++i) made += "/" + pick({"a", "b", "ab", "c"});
    if (made.empty() || random_.chance(20)) made += "/";
    return made;
  }

  std::size_t below(std::size_t bound) { return random_.below(bound); }

 private:
  random_source random_;
};

TEST(route_table, decides_like_the_plain_rules_on_random_tables) {
  generator make(20261124);
  std::size_t found = 0;
  for (int round = 0; round < 400; ++round) {
    std::vector<route_pattern> patterns;
    const std::size_t count = 1 + make.below(24);
    for (std::uint32_t i = 0; i < count; ++i) patterns.push_back(make.pattern(i));
    const auto table = route_table::compile(patterns);
    ASSERT_TRUE(table.has_value()) << table.error().message;
    for (int i = 0; i < 40; ++i) {
      const question asked{make.pick({"t", "a.t", "b.a.t", "c.t", "c.a.t", "other", ""}),
                           make.path(), make.pick({"GET", "HEAD", "POST", "PURGE", "DELETE"}),
                           make.value(), make.value()};
      arena memory;
      http::field_list fields;
      if (asked.tier) fields.add(memory, "x-tier", *asked.tier);
      const std::string query = asked.version ? "a=1&version=" + *asked.version : "";
      const route_match match =
          table->match({0, asked.host, asked.path, asked.method, query, &fields}, memory);
      const decision got{match.is, match.is == route_match::outcome::found ? match.route : 0};
      const decision expected = reference(patterns, asked);
      ASSERT_EQ(got, expected) << "round " << round << ": " << asked.method << " " << asked.host
                               << asked.path << " " << asked.tier.value_or("-") << " "
                               << asked.version.value_or("-") << " got " << match.route
                               << " wanted " << expected.route;
      found += match.is == route_match::outcome::found ? 1 : 0;
    }
  }
  EXPECT_GT(found, 1000U);  // the comparison was about something
}

}  // namespace
}  // namespace ferroway::routing
