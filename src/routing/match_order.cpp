#include "routing/match_order.hpp"

#include <algorithm>
#include <compare>
#include <map>
#include <tuple>

#include "base/text.hpp"

namespace ferroway::routing {
namespace {

enum class host_rank : std::uint8_t { exact, wildcard, any };
enum class segment_rank : std::uint8_t { literal, capture, tail, none };

// What decides, the most important first.
struct rank {
  host_rank host = host_rank::any;
  std::int64_t labels = 0;  // of a wildcard, the more the better: negative
  std::string_view domain;
  std::int64_t priority = 0;  // negative
  config::path_kind path = config::path_kind::prefix;
  std::size_t first_of_regex = 0;
  std::vector<std::pair<segment_rank, std::string_view>> segments;
  std::int64_t headers = 0;  // negative
  std::int64_t query = 0;
  std::size_t at = 0;
};

int order_of(config::path_kind kind) {
  switch (kind) {
    case config::path_kind::exact:
      return 0;
    case config::path_kind::regex:
      return 1;
    case config::path_kind::prefix:
      return 2;
  }
  return 2;
}

std::vector<std::pair<segment_rank, std::string_view>> segments_of(const config::route& of) {
  std::vector<std::pair<segment_rank, std::string_view>> made;
  if (of.path == config::path_kind::regex) return made;
  std::string_view rest = std::string_view(of.pattern).substr(1);
  while (!rest.empty()) {
    const std::string_view segment = split_off(rest, '/');
    const bool captures = segment.starts_with('{');
    made.emplace_back(!captures                   ? segment_rank::literal
                      : segment.ends_with("...}") ? segment_rank::tail
                                                  : segment_rank::capture,
                      captures ? std::string_view{} : segment);
  }
  made.emplace_back(segment_rank::none, std::string_view{});  // so that the longer comes first
  return made;
}

rank rank_of(const config::route& of, std::size_t at) {
  rank made;
  made.at = at;
  made.domain = of.host;
  if (!of.host.empty()) {
    const bool wild = of.host.starts_with('*') || of.host.starts_with('{');
    made.host = wild ? host_rank::wildcard : host_rank::exact;
    if (wild) made.domain = made.domain.substr(made.domain.find('.') + 1);
    if (wild) made.labels = -std::ranges::count(made.domain, '.');
  }
  made.priority = -std::int64_t{of.priority};
  made.path = of.path;
  made.first_of_regex = at;
  made.segments = segments_of(of);
  made.headers = -static_cast<std::int64_t>(of.headers.size());
  made.query = -static_cast<std::int64_t>(of.query.size());
  return made;
}

auto tied(const rank& of) {
  return std::tuple(of.host, of.labels, of.domain, of.priority, order_of(of.path));
}

bool comes_before(const rank& a, const rank& b) {
  if (const auto first = tied(a), second = tied(b); first != second) return first < second;
  if (a.path == config::path_kind::regex && a.first_of_regex != b.first_of_regex) {
    return a.first_of_regex < b.first_of_regex;
  }
  if (a.segments != b.segments) return a.segments < b.segments;
  return std::tuple(a.headers, a.query, a.at) < std::tuple(b.headers, b.query, b.at);
}

}  // namespace

std::vector<std::size_t> match_order(std::span<const config::route> routes) {
  std::vector<rank> ranks;
  ranks.reserve(routes.size());
  std::map<std::tuple<host_rank, std::string_view, std::int64_t, std::string_view>, std::size_t>
      regexes;
  for (std::size_t i = 0; i < routes.size(); ++i) {
    rank made = rank_of(routes[i], i);
    if (made.path == config::path_kind::regex) {
      const auto key =
          std::tuple(made.host, made.domain, made.priority, std::string_view(routes[i].pattern));
      made.first_of_regex = regexes.try_emplace(key, i).first->second;
    }
    ranks.push_back(std::move(made));
  }
  std::ranges::sort(ranks, comes_before);
  std::vector<std::size_t> order;
  order.reserve(ranks.size());
  for (const rank& each : ranks) order.push_back(each.at);
  return order;
}

std::string why_first(const config::route& first, const config::route& second) {
  const rank a = rank_of(first, 0);
  const rank b = rank_of(second, 1);
  if (a.host != b.host) {
    return a.host == host_rank::exact ? "its host is exact" : "it says a host";
  }
  if (a.labels != b.labels) return "its host is longer";
  if (a.priority != b.priority) {
    return "its priority " + std::to_string(first.priority) + " is higher than " +
           std::to_string(second.priority);
  }
  if (a.path != b.path) {
    return a.path == config::path_kind::exact ? "its path is exact"
                                              : "regular expressions come before prefixes";
  }
  if (a.segments != b.segments) {
    const auto [at, other] = std::ranges::mismatch(a.segments, b.segments);
    if (at->first == segment_rank::none && other->first == segment_rank::tail) {
      return "it ends where the path ends";
    }
    const bool longer = other == b.segments.end() || other->first == segment_rank::none;
    return longer ? "its path is longer" : "a literal segment comes before a capture";
  }
  if (a.headers != b.headers) return "it has more conditions on headers";
  if (a.query != b.query) return "it has more conditions on query parameters";
  return "it stands before it in the file";
}

}  // namespace ferroway::routing
