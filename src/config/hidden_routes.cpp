#include "config/hidden_routes.hpp"

#include <algorithm>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "base/text.hpp"
#include "config/path_pattern.hpp"
#include "config/route_cover.hpp"

namespace ferroway::config {
namespace {

constexpr std::size_t comparisons_max = 2'000'000;

std::string path_key(const route& of) {
  if (of.path == path_kind::regex) return "~" + of.pattern;
  return (of.path == path_kind::exact ? "=" : "") + path_shape(of.pattern);
}

bool takes(const route& which, const std::string& method) {
  const auto lists = [&](std::string_view name) {
    return std::ranges::find(which.methods, name) != which.methods.end();
  };
  return which.methods.empty() || lists(method) || (method == "HEAD" && lists("GET"));
}

// As it stands in a URL's query.
std::string in_query(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string made;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_alpha(c) || is_digit(c) || std::string_view("-._~").contains(c)) {
      made += c;
    } else {
      made += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return made;
}

// The query that fulfils the route's conditions, with its `?`; nothing where that is not told.
std::optional<std::string> sample_query(const draft_route& of) {
  std::string made;
  if (of.outside_query) return std::nullopt;
  for (const condition& one : of.value.query) {
    if (one.is == condition::kind::regex) return std::nullopt;
    if (one.is == condition::kind::absent) continue;
    made += (made.empty() ? "?" : "&") + in_query(one.name);
    if (one.is == condition::kind::equals) made += "=" + in_query(one.value);
  }
  return made;
}

// " such as http://api.example.com/users/id": what the route would match, were it asked.
std::string sample_url(const draft_route& of) {
  const route& value = of.value;
  const std::optional<std::string> query = sample_query(of);
  if (of.substituted || value.path == path_kind::regex || !query) return {};
  std::string host = value.host.empty() ? "localhost" : value.host;
  if (host.starts_with('*')) host.replace(0, 1, "www");
  std::string url = host + value.pattern;
  for (const std::string_view mark : {"{", "...}", "}"}) {
    for (std::size_t at = url.find(mark); at != std::string::npos; at = url.find(mark)) {
      url.erase(at, mark.size());
    }
  }
  return " such as http://" + url + *query;
}

class search {
 public:
  search(const draft& all, reporter& report) : all_(all), report_(report) {
    for (std::size_t i = 0; i < all.routes.size(); ++i) {
      const route& each = all.routes[i].value;
      const std::string host = host_key(each.host);
      const std::string path = host + " " + path_key(each);
      one_path& same = same_path_[path];
      same.highest = same.routes.empty() ? each.priority : std::max(same.highest, each.priority);
      same.routes.push_back(i);
      of_host_[host].push_back(i);
    }
  }

  void run() {
    for (const auto& [path, same] : same_path_) {
      if (same.routes.size() > 1) among_one_path(same.routes);
    }
    for (const auto& [host, routes] : of_host_) among_paths(routes);
    // In file order, whatever the maps made of it.
    std::ranges::sort(found_, {}, &finding::hidden);
    for (const finding& each : found_) tell(each);
  }

 private:
  struct finding {
    std::size_t hidden;
    std::size_t by;
  };

  const route& at(std::size_t index) const { return all_.routes[index].value; }

  bool comes_before(std::size_t a, std::size_t b) const {
    const auto key = [this](std::size_t i) {
      const route& of = at(i);
      return std::tuple(-std::int64_t{of.priority}, -static_cast<std::int64_t>(of.headers.size()),
                        -static_cast<std::int64_t>(of.query.size()), i);
    };
    return key(a) < key(b);
  }

  // Methods fall through among the routes of one path: several together may hide one.
  void among_one_path(std::vector<std::size_t> routes) {
    constexpr std::size_t compared_max = 256;
    if (routes.size() > compared_max) routes.resize(compared_max);
    std::ranges::sort(routes, [this](auto a, auto b) { return comes_before(a, b); });
    for (std::size_t i = 1; i < routes.size(); ++i) {
      std::vector<std::size_t> before;
      for (std::size_t j = 0; j < i; ++j) {
        if (asks_no_more(at(routes[j]), at(routes[i]))) before.push_back(routes[j]);
      }
      const std::optional<std::size_t> by = takes_all_methods(before, at(routes[i]));
      if (by) note(routes[i], *by);
    }
  }

  // The route that takes the last method of `of` away; none if one is left.
  std::optional<std::size_t> takes_all_methods(const std::vector<std::size_t>& before,
                                               const route& of) const {
    const auto any =
        std::ranges::find_if(before, [this](std::size_t each) { return at(each).methods.empty(); });
    if (any != before.end()) return *any;
    if (of.methods.empty() || before.empty()) return std::nullopt;
    std::size_t last = before.front();
    for (const std::string& method : of.methods) {
      const auto taker =
          std::ranges::find_if(before, [&](std::size_t each) { return takes(at(each), method); });
      if (taker == before.end()) return std::nullopt;
      last = std::max(last, *taker);
    }
    return last;
  }

  // Methods do not fall through from one path to another: whose path is asked first takes all.
  void among_paths(const std::vector<std::size_t>& routes) {
    std::vector<std::size_t> wide;
    const std::int32_t lowest = at(*std::ranges::min_element(routes, {}, [this](auto each) {
                                  return at(each).priority;
                                })).priority;
    for (const std::size_t each : routes) {
      const bool before_prefixes = at(each).path == path_kind::regex && takes_everything(at(each));
      if (at(each).priority > lowest || before_prefixes) wide.push_back(each);
    }
    if (wide.empty() || wide.size() * routes.size() > comparisons_max) return;
    for (const std::size_t later : routes) {
      if (is_helped(later)) continue;
      const auto by = std::ranges::find_if(wide, [&](std::size_t first) {
        return first != later && is_asked_first(at(first), at(later)) &&
               path_key(at(first)) != path_key(at(later)) && covers_path(at(first), at(later)) &&
               asks_no_more(at(first), at(later));
      });
      if (by != wide.end()) note(later, *by);
    }
  }

  // Where the same path has a route of a higher priority, that one may win the path for it.
  bool is_helped(std::size_t which) const {
    const route& of = at(which);
    return same_path_.at(host_key(of.host) + " " + path_key(of)).highest > of.priority;
  }

  static bool is_asked_first(const route& first, const route& later) {
    if (first.priority != later.priority) return first.priority > later.priority;
    return first.path == path_kind::regex && later.path == path_kind::prefix;
  }

  void note(std::size_t hidden, std::size_t by) {
    if (told_.insert(hidden).second) found_.push_back({hidden, by});
  }

  void tell(const finding& each) {
    const draft_route& hidden = all_.routes[each.hidden];
    const draft_route& by = all_.routes[each.by];
    const std::string place = report_.place(by.value.at, hidden.value.at);
    report_.warning(hidden.value.at,
                    "this route can never match: " + described(by, place) + " hides it",
                    "that one, " + place + ", takes every request" + sample_url(hidden));
  }

  const draft& all_;
  reporter& report_;
  struct one_path {
    std::vector<std::size_t> routes;
    std::int32_t highest = 0;  // priority
  };
  std::unordered_map<std::string, one_path> same_path_;
  std::unordered_map<std::string, std::vector<std::size_t>> of_host_;
  std::unordered_set<std::size_t> told_;
  std::vector<finding> found_;
};

}  // namespace

void warn_of_hidden_routes(const draft& all, reporter& report) { search(all, report).run(); }

}  // namespace ferroway::config
