// What every reader of the configuration needs, and the small words of the language: text, numbers,
// durations.
//
// A reader that returns nothing has reported why; its caller goes on with a default, so that all
// errors are found.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "config/limits.hpp"
#include "config/report.hpp"
#include "config/yaml_tree.hpp"

namespace ferroway::config {

struct reading {
  reporter& report;
  const environment& outside;
  std::string folder;                                  // where relative paths of files begin
  std::size_t text_bytes_left = total_text_bytes_max;  // of all values read from now on
  outside_values values_from_outside = {};
};

// "`timeout`: expected a duration such as 30s, found `abc`", with a hint where YAML's own rules are
// the likely cause.
void expected(reading& in, const node& found, std::string_view key, std::string_view what,
              std::string hint = {});

// `key` is how messages call the value, without backquotes. `what` says what was expected ("a host
// name"). Substitution is done; request variables are refused. Control characters are refused.
std::optional<std::string> read_text(reading& in, const node& from, std::string_view key,
                                     std::string_view what);
// The same with room for a body, line ends and tabs.
std::optional<std::string> read_body(reading& in, const node& from, std::string_view key);
// A text in which request variables may stand.
std::optional<template_text> read_template(reading& in, const node& from, std::string_view key);
// The same, with those that only an access log knows.
std::optional<template_text> read_log_template(reading& in, const node& from, std::string_view key);

// Something in it came from outside, so that messages must not show what it became.
bool is_substituted(const node& from);

// A name of ours: letters, digits, `_`, `-`, `.`. Names are literal, since messages and logs show
// them.
std::optional<std::string> read_name(reading& in, const node& from, std::string_view key);
bool is_name(std::string_view text);

std::optional<bool> read_switch(reading& in, const node& from, std::string_view key);

struct duration_range {
  duration least = std::chrono::milliseconds(1);
  duration most = std::chrono::hours(8760);
};
std::optional<duration> read_duration(reading& in, const node& from, std::string_view key,
                                      duration_range range = {});
std::optional<std::size_t> read_size(reading& in, const node& from, std::string_view key,
                                     std::size_t least, std::size_t most);
std::optional<std::size_t> read_count(reading& in, const node& from, std::string_view key,
                                      std::size_t least, std::size_t most);

// `20%`
std::optional<unsigned> read_percent(reading& in, const node& from, std::string_view key);

// Reports a name that another file has given already.
void check_first(reading& in, std::string_view what, std::string_view name, position here,
                 position first);

// True when it is a list with something in it; reports otherwise.
bool is_filled_list(reading& in, const node& from, std::string_view key, std::string_view what);
bool is_mapping(reading& in, const node& from, std::string_view key, std::string_view what);

}  // namespace ferroway::config
