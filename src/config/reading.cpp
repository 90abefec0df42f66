#include "config/reading.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "config/scalar.hpp"
#include "config/substitute.hpp"

namespace ferroway::config {
namespace {

// Words that YAML 1.1 takes for something else than text when nobody quotes them.
bool is_yaml_word(std::string_view text) {
  constexpr std::array<std::string_view, 11> words{"on", "off", "yes", "no",   "true", "false",
                                                   "y",  "n",   "~",   "null", ""};
  return std::ranges::find(words, lower_case(text)) != words.end();
}

std::string describe(const node& found) {
  if (found.is_list()) return found.items.empty() ? "an empty list" : "a list";
  if (found.is_mapping()) return found.items.empty() ? "an empty mapping" : "a mapping";
  if (found.is_null()) return "nothing";
  if (found.text.empty()) return "an empty text";
  return shown(found.text);
}

// What a value in braces probably was before YAML took it for a mapping: `{tenant}`.
std::string quoting_hint(const node& found) {
  if (found.is_mapping() && found.flow && found.items.size() == 2 && found.items[0]->is_scalar() &&
      found.items[1]->is_null()) {
    const std::string name = shown(found.items[0]->text);
    return "quote this value if it is text: \"{" + name.substr(1, name.size() - 2) + "}\"";
  }
  if (found.is_scalar() && found.plain) {
    if (found.text.empty()) return "quote a value that begins with `#` or holds a comma";
    if (is_yaml_word(found.text))
      return "quote this value if it is text: \"" + std::string(found.text) + "\"";
  }
  return {};
}

bool has_control(std::string_view text, bool lines_allowed) {
  return std::ranges::any_of(text, [lines_allowed](char c) {
    if (lines_allowed && (c == '\n' || c == '\r' || c == '\t')) return false;
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
}

bool is_text(reading& in, const node& from, std::string_view key, std::string_view what) {
  if (from.is_scalar() && !(from.plain && is_yaml_word(from.text))) return true;
  expected(in, from, key, what);
  return false;
}

std::string joined(const template_text& pieces) {
  std::string all;
  for (const template_piece& each : pieces) all += each.text;
  return all;
}

std::optional<std::string> read_scalar(reading& in, const node& from, std::string_view key,
                                       std::size_t bytes_max, bool lines_allowed) {
  const auto pieces = substitute(in, from, key, variables_allowed::no, bytes_max);
  if (!pieces) return std::nullopt;
  std::string text = joined(*pieces);
  if (has_control(text, lines_allowed)) {
    in.report.error(from.at, "`" + std::string(key) + "` holds control characters");
    return std::nullopt;
  }
  return text;
}

// Words and numbers: no quoting is asked for.
std::optional<std::string> read_word(reading& in, const node& from, std::string_view key,
                                     std::string_view what, std::string hint = {}) {
  if (from.is_scalar() && !from.is_null()) {
    return read_scalar(in, from, key, text_bytes_max, false);
  }
  expected(in, from, key, what, std::move(hint));
  return std::nullopt;
}

std::optional<template_text> read_pieces(reading& in, const node& from, std::string_view key,
                                         variables_allowed variables, const char* hint) {
  if (!is_text(in, from, key, "text")) return std::nullopt;
  auto pieces = substitute(in, from, key, variables, text_bytes_max);
  if (!pieces) return std::nullopt;
  for (const template_piece& each : *pieces) {
    if (!each.is_variable && has_control(each.text, false)) {
      in.report.error(from.at, "`" + std::string(key) + "` holds control characters", hint);
      return std::nullopt;
    }
  }
  return pieces;
}

}  // namespace

void expected(reading& in, const node& found, std::string_view key, std::string_view what,
              std::string hint) {
  if (hint.empty()) hint = quoting_hint(found);
  in.report.error(
      found.at,
      "`" + std::string(key) + "`: expected " + std::string(what) + ", found " + describe(found),
      std::move(hint));
}

std::optional<std::string> read_text(reading& in, const node& from, std::string_view key,
                                     std::string_view what) {
  if (!is_text(in, from, key, what)) return std::nullopt;
  auto text = read_scalar(in, from, key, text_bytes_max, false);
  if (text && text->empty()) {
    expected(in, from, key, what);
    return std::nullopt;
  }
  return text;
}

std::optional<std::string> read_body(reading& in, const node& from, std::string_view key) {
  if (!is_text(in, from, key, "text")) return std::nullopt;
  return read_scalar(in, from, key, body_bytes_max, true);
}

std::optional<template_text> read_template(reading& in, const node& from, std::string_view key) {
  return read_pieces(in, from, key, variables_allowed::yes, "a header's value is one line");
}

std::optional<template_text> read_log_template(reading& in, const node& from,
                                               std::string_view key) {
  return read_pieces(in, from, key, variables_allowed::in_log, "what is logged is one line");
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= name_bytes_max && std::ranges::all_of(text, [](char c) {
    return is_alpha(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
  });
}

bool is_substituted(const node& from) { return from.text.find("${") != std::string::npos; }

std::optional<std::string> read_name(reading& in, const node& from, std::string_view key) {
  constexpr std::string_view what = "a name of letters, digits, `_`, `-` and `.`";
  if (!is_text(in, from, key, what)) return std::nullopt;
  if (is_name(from.text)) return std::string(from.text);
  expected(in, from, key, what);
  return std::nullopt;
}

std::optional<bool> read_switch(reading& in, const node& from, std::string_view key) {
  const auto text = read_word(in, from, key, "true or false");
  if (!text) return std::nullopt;
  if (*text == "true") return true;
  if (*text == "false") return false;
  expected(in, from, key, "true or false", "write `true` or `false`");
  return std::nullopt;
}

std::optional<duration> read_duration(reading& in, const node& from, std::string_view key,
                                      duration_range range) {
  constexpr std::string_view what = "a duration such as 250ms, 5s, 1m or 1h";
  const auto text = read_word(in, from, key, what);
  if (!text) return std::nullopt;
  const auto value = parse_duration(*text);
  if (!value) {
    expected(in, from, key, what, duration_hint(from.text));
    return std::nullopt;
  }
  if (*value < range.least || *value > range.most) {
    expected(
        in, from, key,
        "a duration from " + format_duration(range.least) + " to " + format_duration(range.most));
    return std::nullopt;
  }
  return value;
}

std::optional<std::size_t> read_size(reading& in, const node& from, std::string_view key,
                                     std::size_t least, std::size_t most) {
  constexpr std::string_view what = "a size such as 512B, 64KiB or 10MB";
  const auto text = read_word(in, from, key, what);
  if (!text) return std::nullopt;
  const auto value = parse_size(*text);
  if (!value) {
    expected(in, from, key, what, size_hint(from.text));
    return std::nullopt;
  }
  if (*value < least || *value > most) {
    expected(in, from, key, "a size from " + format_size(least) + " to " + format_size(most));
    return std::nullopt;
  }
  return value;
}

std::optional<std::size_t> read_count(reading& in, const node& from, std::string_view key,
                                      std::size_t least, std::size_t most) {
  const std::string what =
      "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  const auto text = read_word(in, from, key, what);
  if (!text) return std::nullopt;
  const auto value = parse_decimal(*text);
  if (!value || *value < least || *value > most) {
    expected(in, from, key, what);
    return std::nullopt;
  }
  return value;
}

std::optional<unsigned> read_percent(reading& in, const node& from, std::string_view key) {
  constexpr std::string_view what = "a share from 0% to 100%";
  const auto text = read_word(in, from, key, what);
  if (!text) return std::nullopt;
  const bool marked = text->ends_with('%');
  const auto value =
      parse_decimal(std::string_view(*text).substr(0, text->size() - (marked ? 1 : 0)));
  if (!marked || !value || *value > 100) {
    expected(in, from, key, what, !marked && value ? "write `" + *text + "%`" : "");
    return std::nullopt;
  }
  return static_cast<unsigned>(*value);
}

bool is_filled_list(reading& in, const node& from, std::string_view key, std::string_view what) {
  if (from.is_list() && !from.items.empty()) return true;
  std::string hint;
  if (from.is_scalar() && !from.is_null()) {
    const std::string item = shown(from.text);
    hint = "write [" + item.substr(1, item.size() - 2) + "]";
  }
  expected(in, from, key, "a list of " + std::string(what), std::move(hint));
  return false;
}

void check_first(reading& in, std::string_view what, std::string_view name, position here,
                 position first) {
  if (here.file == first.file) return;  // a duplicate key, which YAML's reader has told
  in.report.error(here, "a second " + std::string(what) + " called " + shown(name),
                  "the first is " + in.report.place(first, here));
}

bool is_mapping(reading& in, const node& from, std::string_view key, std::string_view what) {
  if (from.is_mapping()) return true;
  expected(in, from, key, what);
  return false;
}

}  // namespace ferroway::config
