// The compiled table against the rules written down as plainly as possible, on random tables and
// requests.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

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

std::optional<rank> rank_of_path(const route_pattern& pattern, const std::string& path) {
  const bool is_exact = pattern.kind == path_kind::exact;
  words wanted = split(pattern.path.substr(1), '/');
  words given = split(path.substr(1), '/');
  if (!is_exact && wanted.back().empty()) wanted.pop_back();
  if (!is_exact && given.back().empty()) given.pop_back();
  rank ranked{is_exact ? 0 : 1};
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

struct decision {
  route_match::outcome is = route_match::outcome::no_route;
  std::uint32_t route = 0;
  bool operator==(const decision&) const = default;
};

decision reference(const std::vector<route_pattern>& patterns, const std::string& host,
                   const std::string& path, const std::string& method) {
  std::optional<rank> best;
  decision made;
  for (const route_pattern& pattern : patterns) {
    auto ranked = rank_of_host(pattern.host, host);
    const auto by_path = rank_of_path(pattern, path);
    if (!ranked || !by_path) continue;
    ranked->insert(ranked->end(), by_path->begin(), by_path->end());
    if (best && *ranked > *best) continue;
    if (!best || *ranked < *best) {
      best = ranked;
      made = {route_match::outcome::method_not_allowed, pattern.route};
    }
    if (made.is == route_match::outcome::method_not_allowed && takes(pattern, method)) {
      made = {route_match::outcome::found, pattern.route};
    }
  }
  return made;
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
    return made;
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
      const std::string host = make.pick({"t", "a.t", "b.a.t", "c.t", "c.a.t", "other", ""});
      const std::string path = make.path();
      const std::string method = make.pick({"GET", "HEAD", "POST", "PURGE", "DELETE"});
      arena memory;
      const route_match match = table->match({0, host, path, method}, memory);
      const decision expected = reference(patterns, host, path, method);
      ASSERT_EQ(decision({match.is, match.route}), expected)
          << "round " << round << ": " << method << " " << host << path << " got " << match.route
          << " wanted " << expected.route;
      found += match.is == route_match::outcome::found ? 1 : 0;
    }
  }
  EXPECT_GT(found, 1000U);  // the comparison was about something
}

}  // namespace
}  // namespace ferroway::routing
