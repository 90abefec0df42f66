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

explanation of_first_character(const yaml_complaint& what) {
  const std::string_view at = what.line.substr(std::min(what.column, what.line.size()));
  if (!at.empty() && at.front() == '\t') {
    return {"a tab, where YAML wants spaces", "indent with spaces"};
  }
  return {"a value cannot begin with " + shown(at.substr(0, 1)), quote_it(trim(at))};
}

explanation of_broken_structure(const yaml_complaint& what) {
  const std::string_view braced = value_beginning_with(what.line, "{[");
  if (!braced.empty() && !has(what.context, "flow")) {
    return {"YAML reads an unquoted `" + std::string(braced.substr(0, 1)) +
                "` as the beginning of a structure",
            quote_it(braced)};
  }
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

}  // namespace ferroway::config
