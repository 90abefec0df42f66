// What a route asks of a request: its path, methods, headers and query parameters.
#include <algorithm>

#include "base/regular_expression.hpp"
#include "config/path_pattern.hpp"
#include "config/readers.hpp"
#include "config/substitute.hpp"
#include "config/tokens.hpp"

namespace ferroway::config {
namespace {

struct trouble {
  std::string problem;
  std::string hint;
};

trouble check_captures(const std::vector<std::string>& names, std::string_view host_capture) {
  if (!host_capture.empty() && std::ranges::find(names, host_capture) != names.end()) {
    return {"the host has a capture called " + shown(host_capture) + " already",
            "name one of them differently"};
  }
  if (names.size() + (host_capture.empty() ? 0 : 1) > captures_max) {
    return {"more than " + std::to_string(captures_max) + " captures in one route", ""};
  }
  return {};
}

void read_regex_path(reading& in, const node& from, std::string_view host_capture, route& into) {
  const auto text = read_regex(in, from, "path");
  if (!text) return;
  std::vector<std::string> names;
  for (const auto& group : regular_expression::compile(*text)->named_groups()) {
    names.push_back(group.name);
  }
  const auto misnamed = std::ranges::find_if_not(names, [](auto& n) { return is_capture_name(n); });
  if (misnamed != names.end()) {
    return in.report.error(from.at, "a group's name is letters, digits and `_`");
  }
  const trouble found = check_captures(names, host_capture);
  if (!found.problem.empty()) {
    return in.report.error(from.at, "`path`: " + found.problem, found.hint);
  }
  into.path = path_kind::regex;
  into.pattern = *text;
}

std::optional<std::string> read_condition_name(reading& in, const node& key, bool header) {
  if (!key.is_scalar() || key.text.empty() || key.text.size() > name_bytes_max) {
    expected(in, key, header ? "headers" : "query", "a name of at most 128 bytes");
    return std::nullopt;
  }
  if (!header) return std::string(key.text);
  if (!is_token(key.text)) {
    in.report.error(key.at, shown(key.text) + " is not the name of a header");
    return std::nullopt;
  }
  if (equals_ignoring_case(key.text, "host")) {
    in.report.error(key.at, "`Host` is matched by the route's `host`");
    return std::nullopt;
  }
  return std::string(key.text);
}

}  // namespace

std::optional<condition> read_condition(reading& in, const node& from, const std::string& name) {
  condition made{name};
  if (!from.is_mapping()) {
    auto value = read_text(in, from, name,
                           "a text, or one of {regex: PATTERN}, {present: true}, {present: false}");
    if (!value) return std::nullopt;
    made.value = std::move(*value);
    return made;
  }
  const fields all(in, from, keys::condition);
  const node* regex = all.find("regex");
  const node* present = all.find("present");
  if ((regex == nullptr) == (present == nullptr)) {
    // A wrong key has its own error.
    if (regex != nullptr || from.items.empty()) {
      expected(in, from, name, "either `regex` or `present`");
    }
    return std::nullopt;
  }
  if (regex != nullptr) {
    auto pattern = read_regex(in, *regex, name);
    if (!pattern) return std::nullopt;
    made.is = condition::kind::regex;
    made.value = std::move(*pattern);
    return made;
  }
  const auto wanted = read_switch(in, *present, "present");
  if (!wanted) return std::nullopt;
  made.is = *wanted ? condition::kind::present : condition::kind::absent;
  return made;
}

std::optional<std::string> read_regex(reading& in, const node& from, std::string_view key) {
  auto text = read_text(in, from, key, "a regular expression (RE2), such as \"/v[0-9]+/old\"");
  if (!text) return std::nullopt;
  const auto compiled = regular_expression::compile(*text);
  if (compiled) return text;
  // What came from outside is not shown, and RE2 quotes what it complains of.
  const bool secret = is_substituted(from);
  in.report.error(from.at,
                  "`" + std::string(key) + "`: " + shown(from.text) +
                      " is not a regular expression" + (secret ? "" : ": " + compiled.error()),
                  "the syntax is RE2's: no look-around, no back references");
  return std::nullopt;
}

void read_path(reading& in, const node& from, std::string_view host_capture, route& into) {
  const node* text_node = &from;
  if (from.is_mapping() && !from.items.empty() && !from.items[1]->is_null()) {
    const fields all(in, from, keys::path);
    const node* regex = all.find("regex");
    text_node = all.find("exact");
    if (regex != nullptr && text_node != nullptr) {
      return in.report.error(all.at("regex"), "`exact` and `regex` exclude each other");
    }
    if (regex != nullptr) return read_regex_path(in, *regex, host_capture, into);
    if (text_node == nullptr) return;
    into.path = path_kind::exact;
  }
  const auto text = read_text(in, *text_node, "path", "a path such as /users or {exact: /health}");
  if (!text) return;
  path_check checked = check_path_pattern(*text, into.path == path_kind::exact);
  const auto refuse = [&](std::string problem, std::string hint) {
    if (is_substituted(*text_node)) {
      in.report.error(text_node->at, "`path`: what " + shown(text_node->text) +
                                         " becomes is not a path of "
                                         "whole segments");
    } else {
      in.report.error(text_node->at, "`path`: " + problem, std::move(hint));
    }
  };
  if (!checked.problem.empty()) return refuse(checked.problem, checked.hint);
  const trouble found = check_captures(checked.captures, host_capture);
  if (!found.problem.empty()) return refuse(found.problem, found.hint);
  into.pattern = std::move(checked.pattern);
  remember_as(in, *text_node, into.pattern);
}

std::optional<http::path_ambiguities> read_allow_in_path(reading& in, const node& from) {
  constexpr std::string_view what = R"("%2F", "%5C", "%00" or "..;")";
  constexpr auto& names = http::path_ambiguities::names;
  if (!is_filled_list(in, from, "allow_in_path", what)) return std::nullopt;
  http::path_ambiguities made;
  for (const node* item : from.items) {
    const auto text = read_text(in, *item, "allow_in_path", what);
    if (!text) continue;
    const auto* const found = std::ranges::find(names, *text);
    if (found == names.end()) {
      expected(in, *item, "allow_in_path", what);
    } else {
      made.add(static_cast<http::path_ambiguities::one>(found - names.begin()));
    }
  }
  return made;
}

void read_methods(reading& in, const node& from, std::vector<std::string>& into) {
  if (!is_filled_list(in, from, "methods", "methods such as GET")) return;
  for (const node* item : from.items) {
    const auto method = read_text(in, *item, "methods", "a method such as GET");
    if (!method) continue;
    const std::string low = lower_case(*method);
    if (!is_token(*method) || method->size() > 32) {
      expected(in, *item, "methods", "a method such as GET");
    } else if (low == "trace" || low == "connect") {
      in.report.error(item->at, "the method " + shown(item->text) + " is always refused");
    } else if (std::ranges::any_of(*method, [](char c) { return c >= 'a' && c <= 'z'; })) {
      std::string upper(*method);
      std::ranges::transform(upper, upper.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      });
      in.report.error(item->at, "methods are written in upper case: " + shown(item->text),
                      is_substituted(*item) ? "" : "write `" + upper + "`");
    } else if (std::ranges::find(into, *method) != into.end()) {
      in.report.error(item->at, "the method " + shown(item->text) + " stands here twice");
    } else {
      into.push_back(*method);
    }
  }
}

void read_conditions(reading& in, const node& from, std::string_view key, route& into) {
  const bool header = key == "headers";
  if (!is_mapping(in, from, key,
                  "names and values, such as {" +
                      std::string(header ? "X-Tier: gold" : "version: \"2\"") + "}")) {
    return;
  }
  if (from.items.empty()) return expected(in, from, key, "at least one condition");
  std::vector<condition>& all = header ? into.headers : into.query;
  for (std::size_t i = 0; i + 1 < from.items.size(); i += 2) {
    const auto name = read_condition_name(in, *from.items[i], header);
    if (!name) continue;
    auto made = read_condition(in, *from.items[i + 1], *name);
    if (!made) continue;
    const bool twice = header && std::ranges::any_of(all, [&](const condition& other) {
                         return equals_ignoring_case(other.name, *name);
                       });
    if (twice) {
      in.report.error(from.items[i]->at, "the header " + shown(*name) + " stands here twice",
                      "header names are the same in upper and lower case");
    } else if (all.size() == conditions_max) {
      return in.report.error(from.items[i]->at, "more than " + std::to_string(conditions_max) +
                                                    " conditions under `" + std::string(key) + "`");
    } else {
      all.push_back(std::move(*made));
    }
  }
}

std::optional<std::int32_t> read_priority(reading& in, const node& from) {
  constexpr std::string_view what = "a whole number from -1000 to 1000";
  const auto text = from.is_scalar() ? read_text(in, from, "priority", what) : std::nullopt;
  if (!text) {
    if (!from.is_scalar()) expected(in, from, "priority", what);
    return std::nullopt;
  }
  const bool negative = text->starts_with('-');
  const auto value = parse_decimal(std::string_view(*text).substr(negative ? 1 : 0));
  if (!value || *value > 1000) {
    expected(in, from, "priority", what);
    return std::nullopt;
  }
  return static_cast<std::int32_t>(*value) * (negative ? -1 : 1);
}

}  // namespace ferroway::config
