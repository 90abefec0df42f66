#include "config/route_cover.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "config/path_pattern.hpp"
#include "config/report.hpp"

namespace ferroway::config {
namespace {

// True when a request for which `given` holds is sure to fulfil `asked`.
bool implied(const condition& asked, const std::vector<condition>& given, bool header) {
  return std::ranges::any_of(given, [&](const condition& one) {
    if (header ? !equals_ignoring_case(one.name, asked.name) : one.name != asked.name) return false;
    if (one.is == asked.is && one.value == asked.value) return true;
    return asked.is == condition::kind::present && one.is != condition::kind::absent;
  });
}

}  // namespace

std::string host_key(const std::string& host) {
  return host.starts_with('{') ? "*" + host.substr(host.find('}') + 1) : host;
}

bool asks_no_more(const route& first, const route& later) {
  const auto all = [](const auto& asked, const auto& given, bool header) {
    return std::ranges::all_of(asked,
                               [&](const condition& one) { return implied(one, given, header); });
  };
  return all(first.headers, later.headers, true) && all(first.query, later.query, false) &&
         std::ranges::includes(first.listeners, later.listeners);
}

bool takes_everything(const route& of) {
  if (of.path == path_kind::regex) return of.pattern == ".*" || of.pattern == "/.*";
  return of.path == path_kind::prefix && (of.pattern == "/" || path_shape(of.pattern) == "/{...}");
}

bool covers_path(const route& first, const route& later) {
  if (takes_everything(first)) return true;
  if (first.path == path_kind::regex || later.path == path_kind::regex) return false;
  if (first.path == path_kind::exact &&
      (later.path != path_kind::exact ||
       std::ranges::count(first.pattern, '/') != std::ranges::count(later.pattern, '/'))) {
    return false;
  }
  std::string_view wide = std::string_view(first.pattern).substr(1);
  std::string_view narrow = std::string_view(later.pattern).substr(1);
  while (!wide.empty()) {
    const std::string_view wanted = split_off(wide, '/');
    if (wanted.ends_with("...}")) return true;
    if (narrow.empty()) return false;
    const std::string_view given = split_off(narrow, '/');
    const bool any = wanted.starts_with('{') && !given.empty() && !given.ends_with("...}");
    if (!any && wanted != given) return false;
  }
  return first.path == path_kind::prefix || narrow.empty();
}

std::string described(const draft_route& which, const std::string& place) {
  const route& value = which.value;
  if (!value.name.empty()) return shown(value.name);
  return which.substituted ? "the one " + place : shown(value.host + value.pattern) + " " + place;
}

}  // namespace ferroway::config
