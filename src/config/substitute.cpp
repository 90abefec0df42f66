#include "config/substitute.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "config/source_lines.hpp"
#include "config/variables.hpp"

namespace ferroway::config {
namespace {

constexpr std::size_t failed_file_cost = 16 * 1024;

bool is_environment_name(std::string_view name) {
  return !name.empty() && !is_digit(name.front()) &&
         std::ranges::all_of(name, [](char c) { return is_alpha(c) || is_digit(c) || c == '_'; });
}

std::string drop_final_newline(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

class substitution {
 public:
  substitution(reading& in, const node& from, std::string_view key, variables_allowed variables)
      : in_(in), from_(from), key_(key), variables_(variables) {}

  std::optional<template_text> run(std::size_t bytes_max) {
    std::string_view rest = from_.text;
    if (rest.size() > in_.text_bytes_left) fail_in_all();  // before anything is copied
    while (!rest.empty() && !failed_) {
      const std::size_t dollar = rest.find("${");
      if (dollar == std::string_view::npos) {
        add_literal(rest);
        break;
      }
      const bool escaped = dollar > 0 && rest[dollar - 1] == '$';
      add_literal(rest.substr(0, escaped ? dollar - 1 : dollar));
      if (escaped) {
        add_literal("${");
        rest.remove_prefix(dollar + 2);
      } else {
        rest.remove_prefix(dollar + 2);
        take_reference(rest);
      }
      if (bytes_ > bytes_max) break;
    }
    check_size(bytes_max);
    // What failed costs as much: a large file that is named often is not read for ever.
    in_.text_bytes_left -= std::min(bytes_, in_.text_bytes_left);
    if (failed_) return std::nullopt;
    return std::move(pieces_);
  }

 private:
  // `rest` begins behind "${".
  void take_reference(std::string_view& rest) {
    const std::size_t end = rest.find('}');
    if (end == std::string_view::npos) {
      return fail("`${` without its `}`", "write `$${` for a literal `${`");
    }
    const std::string_view inside = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (inside.starts_with("file:")) return take_file(inside);
    const std::size_t separator = inside.find(":-");
    const std::string_view name = inside.substr(0, separator);
    if (is_variable_name(name)) return take_variable(name, inside);
    take_environment(name, separator, inside);
  }

  void take_variable(std::string_view name, std::string_view inside) {
    if (variables_ == variables_allowed::no) {
      return fail(shown(reference(inside)) + " is known only with a request, and not allowed in `" +
                      std::string(key_) + "`",
                  "request variables stand in the values of request_headers and response_headers");
    }
    if (name.size() != inside.size()) {
      return fail("a request variable has no default: " + shown(reference(inside)), "");
    }
    if (!check_variable(in_, from_, name, variables_ == variables_allowed::in_log)) {
      failed_ = true;
      return;
    }
    pieces_.push_back({true, std::string(name), {}});
    bytes_ += name.size();
  }

  void take_environment(std::string_view name, std::size_t separator, std::string_view inside) {
    if (!is_environment_name(name)) {
      return fail(shown(reference(inside)) + " is not a substitution",
                  "write ${NAME}, ${NAME:-default}, ${file:PATH} or a request variable; `$${` is a "
                  "literal `${`");
    }
    std::optional<std::string> value = in_.outside.variable(name);
    if (separator != std::string_view::npos && (!value || value->empty())) {
      value = inside.substr(separator + 2);
    }
    if (!value) {
      const std::string_view meant =
          variables_ == variables_allowed::in_log ? log_variable_like(name) : std::string_view{};
      return fail("the environment variable " + shown(name) + " is not set",
                  meant.empty() ? "set it, or give a default: ${" + std::string(name) + ":-default}"
                                : "names of variables have a dot: ${" + std::string(meant) + "}");
    }
    // What was meant to be there is not: a token without its secret would be sent as it is.
    if (value->empty() && separator == std::string_view::npos) {
      return fail("the environment variable " + shown(name) + " is empty",
                  "set it, or allow nothing: ${" + std::string(name) + ":-}");
    }
    add_outside(std::move(*value), inside, "the environment variable " + shown(name));
  }

  void take_file(std::string_view inside) {
    std::string path(inside.substr(std::string_view("file:").size()));
    if (path.empty() || path.find('\0') != std::string::npos) {
      return fail("`${file:}` without a path", "write ${file:PATH}");
    }
    if (path.front() != '/' && !in_.folder.empty()) path = in_.folder + "/" + path;
    std::optional<std::string> value = in_.outside.file(path);
    if (!value) {
      bytes_ += failed_file_cost;
      return fail("the file " + shown(path) + " cannot be read", "");
    }
    *value = drop_final_newline(std::move(*value));
    if (value->empty()) return fail("the file " + shown(path) + " is empty", "");
    add_outside(std::move(*value), inside, "the file " + shown(path));
  }

  void add_outside(std::string value, std::string_view inside, const std::string& what) {
    if (invalid_utf8(value)) return fail(what + " is not UTF-8 text", "");
    bytes_ += value.size();
    pieces_.push_back({false, std::move(value), reference(inside)});
  }

  void add_literal(std::string_view text) {
    if (text.empty()) return;
    bytes_ += text.size();
    const bool appends =
        !pieces_.empty() && !pieces_.back().is_variable && pieces_.back().origin.empty();
    if (appends) {
      pieces_.back().text += text;
    } else {
      pieces_.push_back({false, std::string(text), {}});
    }
  }

  static std::string reference(std::string_view inside) { return "${" + std::string(inside) + "}"; }

  void check_size(std::size_t bytes_max) {
    if (failed_) return;
    if (bytes_ > bytes_max) {
      fail("`" + std::string(key_) + "` is longer than " + std::to_string(bytes_max) + " bytes",
           "");
    } else if (bytes_ > in_.text_bytes_left) {
      fail_in_all();
    }
  }

  void fail_in_all() {
    fail("the values of this file are longer than " + std::to_string(total_text_bytes_max >> 20) +
             " MiB in all",
         "");
  }

  void fail(std::string message, std::string hint) {
    failed_ = true;
    in_.report.error(from_.at, std::move(message), std::move(hint));
  }

  reading& in_;
  const node& from_;
  std::string_view key_;
  variables_allowed variables_;
  template_text pieces_;
  std::size_t bytes_ = 0;
  bool failed_ = false;
};

void remember(reading& in, std::string value, std::string_view written) {
  if (value.size() < outside_values::bytes_min) return;
  in.values_from_outside.written.try_emplace(std::move(value), written);
}

// The whole, and each piece: what a request completes is shown piece by piece.
void remember(reading& in, const node& from, const template_text& pieces) {
  std::string value;
  bool outside = false, whole = true;
  for (const template_piece& each : pieces) {
    whole = whole && !each.is_variable;
    if (!each.origin.empty()) remember(in, each.text, each.origin);
    outside = outside || !each.origin.empty();
    value += each.text;
  }
  if (outside && whole) remember(in, std::move(value), from.text);
}

}  // namespace

std::optional<template_text> substitute(reading& in, const node& from, std::string_view key,
                                        variables_allowed variables, std::size_t bytes_max) {
  auto pieces = substitution(in, from, key, variables).run(bytes_max);
  if (pieces) remember(in, from, *pieces);
  return pieces;
}

void remember_as(reading& in, const node& from, std::string_view normal) {
  if (is_substituted(from)) remember(in, std::string(normal), from.text);
}

}  // namespace ferroway::config
