// `rewrite` and `redirect`: other paths for requests, sent on or sent away.
#include <algorithm>

#include "base/regular_expression.hpp"
#include "config/host_pattern.hpp"
#include "config/path_pattern.hpp"
#include "config/readers.hpp"
#include "config/substitute.hpp"
#include "config/tokens.hpp"

namespace ferroway::config {
namespace {

// A path with variables: "/v2/users/${path.id}". What is literal in it is in normal form.
std::optional<template_text> read_path_template(reading& in, const node& from, draft_route& into) {
  auto text = read_template(in, from, "path");
  if (!text) return std::nullopt;
  const bool outside = is_substituted(from);
  std::string literal;
  for (const template_piece& piece : *text) literal += piece.is_variable ? "x" : piece.text;
  if (text->empty() || text->front().is_variable || !literal.starts_with('/')) {
    in.report.error(from.at, "`path`: a path begins with `/`",
                    outside ? "" : "write `/" + std::string(from.text.substr(0, 60)) + "`");
    return std::nullopt;
  }
  const path_check checked = check_path_pattern(literal, true);
  if (!checked.problem.empty() || !checked.captures.empty()) {
    const bool brace = literal.find('{') != std::string::npos;
    const bool shows_all = std::ranges::all_of(*text, [](auto& p) { return p.origin.empty(); });
    in.report.error(from.at,
                    brace ? "`path`: what is captured is written ${path.name} here"
                          : "`path`: " + (shows_all ? checked.problem : "this is not a path"),
                    brace ? "such as \"/v2/users/${path.id}\"" : checked.hint);
    return std::nullopt;
  }
  for (const template_piece& piece : *text) {
    if (piece.is_variable) into.variables.push_back({piece.text, from.at});
  }
  return text;
}

// A path without captures, as it stands in front of others.
std::optional<std::string> read_prefix(reading& in, const node& from, std::string_view key) {
  const auto text = read_text(in, from, key, "a path such as /users");
  if (!text) return std::nullopt;
  const path_check checked = check_path_pattern(*text, false);
  if (!checked.problem.empty()) {
    in.report.error(from.at,
                    "`" + std::string(key) +
                        "`: " + (is_substituted(from) ? "this is not a path" : checked.problem),
                    is_substituted(from) ? "" : checked.hint);
    return std::nullopt;
  }
  if (!checked.captures.empty() || checked.pattern == "/") {
    expected(in, from, key, "a path of whole segments, without captures, such as /users");
    return std::nullopt;
  }
  remember_as(in, from, checked.pattern);
  return checked.pattern;
}

// Whether every path that the route matches begins with `prefix`.
bool begins_with(const route& route, std::string_view prefix) {
  if (route.path == path_kind::regex) return true;  // others stay as they are
  const std::string_view pattern = route.pattern;
  return pattern.starts_with(prefix) &&
         (pattern.size() == prefix.size() || pattern[prefix.size()] == '/');
}

void read_regex_rewrite(reading& in, const node& from, path_rewrite& into) {
  if (!is_mapping(in, from, "regex", "such as {match: \"/old/(.*)\", replace: '/new/\\1'}")) return;
  const fields all(in, from, keys::rewrite_regex);
  const node* match = all.find("match");
  const node* replace = all.find("replace");
  if (match == nullptr || replace == nullptr) {
    in.report.error(from.at, "`regex` needs `match` and `replace`",
                    "such as {match: \"/old/(.*)\", replace: '/new/\\1'}");
    return;
  }
  const auto pattern = read_regex(in, *match, "match");
  const auto text = read_text(in, *replace, "replace", "a path such as '/new/\\1'");
  if (!pattern || !text) return;
  const std::size_t groups = regular_expression::compile(*pattern)->group_count();
  if (!text->starts_with('/') && !text->starts_with('\\')) {
    return in.report.error(replace->at, "`replace`: a path begins with `/`");
  }
  for (std::size_t at = text->find('\\'); at != std::string::npos; at = text->find('\\', at + 2)) {
    const char digit = at + 1 < text->size() ? (*text)[at + 1] : ' ';
    if (!is_digit(digit) || static_cast<std::size_t>(digit - '0') > groups) {
      return in.report.error(replace->at, "`replace`: no group has the number behind `\\`",
                             "\\1 is what the first parentheses of `match` took, \\0 all of it");
    }
  }
  // Whatever the groups are, what stands around them must be of a path.
  std::string sample;
  for (std::size_t at = 0; at < text->size(); ++at) {
    sample += (*text)[at] == '\\' ? "/x"[at == 0 ? 0 : 1] : (*text)[at];
    if ((*text)[at] == '\\') ++at;
  }
  const path_check checked = check_path_pattern(sample, true);
  if (!checked.problem.empty() || !checked.captures.empty()) {
    return in.report.error(replace->at, "`replace`: this is not a path",
                           "a path has no query and no captures in braces");
  }
  into.match = *pattern;
  into.replace = *text;
}

bool changes_nothing(const redirect& made) {
  return made.scheme.empty() && made.host.empty() && !made.port && made.path.empty();
}

// A redirect to the very path that it answers for would never end.
bool leads_to_itself(const redirect& made, const route& of) {
  if (!made.scheme.empty() || !made.host.empty() || made.port || made.path.size() != 1)
    return false;
  const template_piece& only = made.path.front();
  if (only.is_variable || of.path == path_kind::regex) return false;
  const bool below = of.path == path_kind::prefix &&
                     (of.pattern == "/" || only.text.starts_with(of.pattern + "/"));
  return only.text == of.pattern || below;
}

void read_redirect_host(reading& in, const node& from, redirect& into) {
  const auto text = read_text(in, from, "host", "a host such as www.example.com");
  if (!text) return;
  const std::string low = lower_case(*text);
  const auto parts = split_authority(low);
  if (!is_authority(low) || !parts || !parts->port.empty()) {
    return expected(in, from, "host", "a host such as www.example.com",
                    parts && !parts->port.empty() ? "the port stands under `port`" : "");
  }
  into.host = low;
}

}  // namespace

void read_rewrite(reading& in, const node& from, draft_route& into) {
  constexpr std::string_view what = "such as {strip_prefix: /users} or {path: \"/v2/${path.id}\"}";
  if (!is_mapping(in, from, "rewrite", what)) return;
  const fields all(in, from, keys::rewrite);
  path_rewrite made;
  const bool prefixes = all.has("strip_prefix") || all.has("add_prefix");
  const int ways = (prefixes ? 1 : 0) + (all.has("path") ? 1 : 0) + (all.has("regex") ? 1 : 0);
  if (ways > 1) {
    return in.report.error(from.at, "`path`, `regex` and prefixes exclude each other",
                           "`strip_prefix` and `add_prefix` may stand together");
  }
  if (ways == 0) {
    if (from.items.empty()) expected(in, from, "rewrite", what);
    return;
  }
  if (const node* strip = all.find("strip_prefix")) {
    made.strip_prefix = read_prefix(in, *strip, "strip_prefix").value_or("");
    if (!made.strip_prefix.empty() && !begins_with(into.value, made.strip_prefix)) {
      in.report.error(strip->at, "`strip_prefix`: the route's path does not begin with it",
                      "it is taken off the front of what `path` matches");
    }
  }
  if (const node* add = all.find("add_prefix")) {
    made.add_prefix = read_prefix(in, *add, "add_prefix").value_or("");
  }
  if (const node* path = all.find("path")) {
    made.path = read_path_template(in, *path, into).value_or(template_text{});
  }
  if (const node* regex = all.find("regex")) read_regex_rewrite(in, *regex, made);
  into.value.rewrite = std::move(made);
}

void read_redirect(reading& in, const node& from, draft_route& into) {
  constexpr std::string_view what = "such as {path: /new} or {scheme: https}";
  if (!is_mapping(in, from, "redirect", what)) return;
  const fields all(in, from, keys::redirect);
  redirect made;
  if (const node* status = all.find("status")) {
    const auto code = read_count(in, *status, "status", 301, 308);
    if (code && (*code == 304 || *code == 305 || *code == 306)) {
      expected(in, *status, "status", "301, 302, 303, 307 or 308");
    }
    made.status = static_cast<std::uint16_t>(code.value_or(308));
  }
  if (const node* scheme = all.find("scheme")) {
    const auto word = read_text(in, *scheme, "scheme", "http or https");
    if (word && *word != "http" && *word != "https")
      expected(in, *scheme, "scheme", "http or https");
    made.scheme = word.value_or("");
  }
  if (const node* host = all.find("host")) read_redirect_host(in, *host, made);
  if (const node* port = all.find("port")) {
    if (const auto number = read_count(in, *port, "port", 1, 65535)) {
      made.port = static_cast<std::uint16_t>(*number);
    }
  }
  if (const node* path = all.find("path")) {
    made.path = read_path_template(in, *path, into).value_or(template_text{});
  }
  const bool meant = all.has("scheme") || all.has("host") || all.has("port") || all.has("path");
  if (changes_nothing(made) && !meant) {
    in.report.error(from.at, "this redirect leads to where it came from", std::string(what));
  } else if (leads_to_itself(made, into.value)) {
    in.report.error(all.at("path"), "this redirect leads to the path that it answers for",
                    "clients would go round in circles");
  }
  into.value.elsewhere = std::move(made);
}

}  // namespace ferroway::config
