#include "config/yaml_errors.hpp"

#include "base/text.hpp"
#include "config/report.hpp"

namespace ferroway::config {
namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string quote_it(std::string_view value) {
  if (value.empty()) return "quote this value";
  std::string quoted(shown(value));
  return "quote this value: \"" + quoted.substr(1, quoted.size() - 2) + "\"";
}

// The value after the first ": " or "- " of the line that begins with one of `starts`, up to the
// end of the line.
std::string_view value_beginning_with(std::string_view line, std::string_view starts) {
  for (std::size_t at = 0; at + 2 < line.size(); ++at) {
    const bool value_next = (line[at] == ':' || line[at] == '-') && line[at + 1] == ' ';
    if (!value_next) continue;
    const std::string_view value = trim(line.substr(at + 1));
    if (!value.empty() && has(starts, value.substr(0, 1))) return value;
  }
  return {};
}

// "[::1]:8080": what begins with the last brace or bracket up to `column`.
std::string_view value_in_braces(std::string_view line, std::size_t column) {
  const std::size_t begin = line.find_last_of("{[", column);
  if (begin == std::string_view::npos) return {};
  const std::size_t closing = line.find_first_of("]}", begin);
  if (closing == std::string_view::npos) return {};
  return trim(line.substr(begin, line.find_first_of(",]}", closing + 1) - begin));
}

explanation of_first_character(const yaml_complaint& what) {
  const std::string_view at = what.line.substr(std::min(what.column, what.line.size()));
  if (!at.empty() && at.front() == '\t') {
    return {"a tab, where YAML wants spaces", "indent with spaces"};
  }
  return {"a value cannot begin with " + shown(at.substr(0, 1)), quote_it(trim(at))};
}

explanation of_braces(std::string_view value) {
  return {"YAML reads an unquoted `" + std::string(value.substr(0, 1)) +
              "` as the beginning of a structure",
          quote_it(value)};
}

explanation of_broken_structure(const yaml_complaint& what) {
  const std::string_view braced = value_beginning_with(what.line, "{[");
  if (!braced.empty() && !has(what.context, "flow")) return of_braces(braced);
  if (!value_beginning_with(what.line, "\"'").empty()) {
    return {"text after the closing quote of a value", "quote the whole value"};
  }
  return {"this does not fit the lines above it",
          "check the indentation, and that every key ends with `: `"};
}

}  // namespace

explanation explain_yaml(const yaml_complaint& what) {
  if (has(what.problem, "cannot start any token")) return of_first_character(what);
  if (has(what.problem, "alphabetic or numeric")) {
    const bool alias = has(what.context, "alias");
    std::string_view value = value_beginning_with(what.line, alias ? "*" : "&");
    return {alias ? "YAML reads an unquoted `*` as an alias"
                  : "YAML reads an unquoted `&` as an anchor",
            quote_it(value)};
  }
  if (has(what.context, "simple key")) {
    return {"no `: ` behind this key", "a space belongs behind the colon"};
  }
  if (has(what.context, "flow node")) {
    const std::string_view braced = value_in_braces(what.line, what.column);
    if (!braced.empty()) return of_braces(braced);
  }
  if (has(what.context, "flow mapping") || has(what.context, "flow sequence")) {
    return {"the braces or brackets are not closed here, or a value in them holds one",
            "quote values that hold `{`, `}`, `[`, `]` or a comma"};
  }
  if (has(what.problem, "mapping values are not allowed")) {
    return {"a `: ` that cannot stand here",
            "quote the value if the colon belongs to it; otherwise check the indentation"};
  }
  if (has(what.context, "quoted scalar")) {
    if (has(what.problem, "escape") || has(what.problem, "code")) {
      return {"an escape sequence that YAML does not know",
              "in double quotes write `\\\\` for a backslash, or use single quotes"};
    }
    return {"a quoted value is never closed", "add the missing quote"};
  }
  if (has(what.problem, "did not find expected") || has(what.problem, "could not find expected")) {
    return of_broken_structure(what);
  }
  return {"this is not valid YAML: " + std::string(what.problem), ""};
}

std::optional<std::size_t> comment_over_brace(std::string_view line) {
  char quote = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    const char before = at == 0 ? ' ' : line[at - 1];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if ((c == '"' || c == '\'') && has(" {[,", {&before, 1})) {
      quote = c;
    } else if (c == '#' && (before == ' ' || before == '\t')) {
      const std::string_view value = trim(line.substr(0, at));
      // Behind a comma, or alone in its line, it is what it was meant to be.
      const bool cuts = !value.empty() && !has(",{[", value.substr(value.size() - 1));
      if (!cuts || line.find_first_of("}]", at) == std::string_view::npos) return std::nullopt;
      return at;
    }
  }
  return std::nullopt;
}

explanation explain_comment(std::string_view comment) {
  return {"a `#` behind a space begins a comment, which takes the end of this line away",
          quote_it(trim(comment.substr(0, comment.find_first_of(",}]"))))};
}

}  // namespace ferroway::config
