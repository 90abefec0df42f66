#include "config/open_routes.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/text.hpp"
#include "config/middlewares.hpp"
#include "config/path_pattern.hpp"
#include "config/route_cover.hpp"

namespace ferroway::config {
namespace {

constexpr std::size_t lookups_max = 5'000'000;

// The first of its middlewares that decides who may ask; null where the route is open.
const middleware* protection_of(const draft_route& of, const draft& all) {
  const auto found = std::ranges::find_if(of.pipeline, [&](const pipeline_step& step) {
    return is_protection(all.middlewares[step.instance].value);
  });
  return found == of.pipeline.end() ? nullptr : &all.middlewares[found->instance].value;
}

bool share_a_method(const route& a, const route& b) {
  if (a.methods.empty() || b.methods.empty()) return true;
  return std::ranges::any_of(a.methods, [&](const std::string& each) {
    return std::ranges::find(b.methods, each) != b.methods.end();
  });
}

// True when `open` is asked before `around`, whose path covers its own, as narrower paths are. Of
// one path conditions decide, then the file; of regular expressions the file alone.
bool is_asked_first(const route& open, const route& around) {
  if (open.priority != around.priority) return open.priority > around.priority;
  if (open.path != around.path) return true;
  const bool same_path = path_shape(open.pattern) == path_shape(around.pattern);
  const bool regex = open.path == path_kind::regex;
  if (!regex && !same_path) return true;
  const auto key = [regex](const route& of) {
    const auto headers = regex ? 0 : -static_cast<std::int64_t>(of.headers.size());
    const auto query = regex ? 0 : -static_cast<std::int64_t>(of.query.size());
    return std::tuple(headers, query, of.at.file, of.at.line, of.at.column);
  };
  return key(open) < key(around);
}

// True when requests of `open` would be `around`'s if `open` were not there. `shaped`: as_segments.
bool takes_from(const route& open, const route& shaped, const route& around) {
  return covers_path(around, shaped) && is_asked_first(open, around) &&
         asks_no_more(around, open) && share_a_method(around, open);
}

// Which of so many segments are captures, as "-{-": routes with the same shape are found by one
// look-up each.
using shape = std::string;

// The whole segments that every match of a regular expression begins with, as a path.
std::string sure_beginning(std::string_view regex) {
  if (regex.contains('|')) return "/";
  const std::size_t end = std::min(regex.find_first_of("\\.[](){}*+?^$"), regex.size());
  // What stands in front of `?` and the like may be absent, a slash too.
  const std::size_t sure =
      end < regex.size() && end > 0 && std::string_view("*?{").contains(regex[end]) ? end - 1 : end;
  const std::string_view literal = regex.substr(0, sure);
  const bool whole = end == regex.size();
  const std::size_t slash = whole ? literal.size() : literal.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return "/";
  return std::string(literal.substr(0, slash));
}

// A route that takes at least what this one takes, with a path of segments.
route as_segments(const route& regex) {
  route made = regex;
  made.path = path_kind::prefix;
  made.pattern = sure_beginning(regex.pattern);
  return made;
}

// The segments that a path must begin with; nothing where that cannot be told.
std::optional<std::vector<std::string_view>> segments_of(const route& of) {
  std::vector<std::string_view> made;
  if (takes_everything(of)) return made;
  if (of.path == path_kind::regex) return std::nullopt;
  std::string_view rest = std::string_view(of.pattern).substr(1);
  while (!rest.empty()) {
    const std::string_view segment = split_off(rest, '/');
    if (segment.empty() || segment.ends_with("...}")) break;
    made.push_back(segment);
  }
  return made;
}

std::string key_of(const std::string& host, const std::vector<std::string_view>& segments,
                   const shape& captured) {
  std::string key = host;
  for (std::size_t i = 0; i < captured.size(); ++i) {
    key += '/';
    key += captured[i] == '{' ? std::string_view("{}") : segments[i];
  }
  return key;
}

class search {
 public:
  search(const draft& all, reporter& report) : all_(all), report_(report) {}

  void run() {
    for (const draft_route& each : all_.routes) {
      if (protection_of(each, all_) != nullptr) add_guarded(each);
    }
    for (const draft_route& each : all_.routes) {
      if (guarded_.empty() || lookups_ > lookups_max) return;
      const bool judged = !each.said_open && !each.value.targets.empty();
      if (!judged || protection_of(each, all_) != nullptr) continue;
      lookups_ += shapes_.size();
      const route& open = each.value;
      const draft_route* around = open.path == path_kind::regex
                                      ? find_around(open, as_segments(open))
                                      : find_around(open, open);
      if (around != nullptr) tell(each, *around);
    }
  }

 private:
  void add_guarded(const draft_route& of) {
    const auto segments = segments_of(of.value);
    if (!segments) return;
    shape captured;
    for (const std::string_view each : *segments) captured += each.starts_with('{') ? '{' : '-';
    guarded_[key_of(host_key(of.value.host), *segments, captured)].push_back(&of);
    shapes_.insert(std::move(captured));
  }

  const draft_route* find_around(const route& open, const route& shaped) {
    const auto segments = segments_of(shaped);
    if (!segments) return nullptr;
    const std::string host = host_key(open.host);
    for (const shape& captured : shapes_) {
      if (captured.size() > segments->size()) continue;
      for (const std::string& where : {host, std::string()}) {
        const auto found = guarded_.find(key_of(where, *segments, captured));
        if (found == guarded_.end()) continue;
        lookups_ += found->second.size();
        for (const draft_route* around : found->second) {
          if (takes_from(open, shaped, around->value)) return around;
        }
      }
    }
    return nullptr;
  }

  void tell(const draft_route& open, const draft_route& around) {
    const std::string by = shown(protection_of(around, all_)->name);
    const std::string place = report_.place(around.value.at, open.value.at);
    report_.warning(open.value.at,
                    "this route is open, and takes requests from " + described(around, place) +
                        ", which " + by + " protects",
                    "that one stands " + place + "; use " + by +
                        " here too, or say that this route is meant to be open: `without` it, in "
                        "a group that uses it");
  }

  const draft& all_;
  reporter& report_;
  std::unordered_map<std::string, std::vector<const draft_route*>> guarded_;
  std::set<shape> shapes_;
  std::size_t lookups_ = 0;
};

}  // namespace

bool is_protection(const middleware& what) {
  if (what.kind == "ip_filter") {
    const auto& filter = std::get<ip_filter_middleware>(what.settings->as);
    return !filter.shadow && !filter.allow.networks.empty();
  }
  if (what.kind == "forward_auth") {
    return !std::get<forward_auth_middleware>(what.settings->as).shadow;
  }
  if (what.kind == jwt_kind) {
    const auto& jwt = std::get<jwt_middleware>(what.settings->as);
    return !jwt.shadow && !jwt.optional;
  }
  const consumer_rules* rules = consumer_rules_of(*what.settings);
  return rules != nullptr && !rules->shadow && !rules->optional;
}

void warn_of_open_routes(const draft& all, reporter& report) { search(all, report).run(); }

}  // namespace ferroway::config
