#include "config/path_pattern.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "config/report.hpp"
#include "config/tokens.hpp"

namespace ferroway::config {
namespace {

// RFC 3986, 3.3: pchar, without the percent sign.
bool is_path_char(char c) {
  constexpr std::string_view marks = "-._~!$&'()*+,;=:@";
  return is_alpha(c) || is_digit(c) || marks.find(c) != std::string_view::npos;
}

struct trouble {
  std::string problem;
  std::string hint;
};

// `escape` begins with the percent sign.
trouble check_escape(std::string_view escape) {
  const int high = escape.size() > 2 ? hex_value(escape[1]) : -1;
  const int low = escape.size() > 2 ? hex_value(escape[2]) : -1;
  if (high < 0 || low < 0) return {"a `%` without two hexadecimal digits", "write %25 for `%`"};
  const char byte = static_cast<char>(high * 16 + low);
  if (byte == '/' || byte == '\\' || byte == '\0') {
    return {shown(escape.substr(0, 3)) + " in a route's path",
            "match it with a capture, and say `allow_in_path`"};
  }
  constexpr std::string_view unreserved = "-._~";
  if (is_alpha(byte) || is_digit(byte) || unreserved.find(byte) != std::string_view::npos) {
    return {shown(escape.substr(0, 3)) + " is not in normal form",
            "write `" + std::string(1, byte) + "`"};
  }
  if ((is_alpha(escape[1]) && escape[1] >= 'a') || (is_alpha(escape[2]) && escape[2] >= 'a')) {
    return {shown(escape.substr(0, 3)) + " is not in normal form", "use upper-case digits"};
  }
  return {};
}

trouble check_literal(std::string_view segment) {
  if (segment == "." || segment == "..")
    return {"a segment of dots", "write the path they lead to"};
  const std::size_t dots = segment.starts_with("..") ? 2 : segment.starts_with('.') ? 1 : 0;
  const std::string_view behind = segment.substr(dots);
  if (dots > 0 && (behind.starts_with(';') || behind.starts_with("%3B"))) {
    return {shown(segment) + " hides dots", "match it with a capture, and say `allow_in_path`"};
  }
  if (segment == "*" || segment == "**") {
    return {"a `*` in a path",
            "a path matches what lies under it too; captures are {name}, {rest...}"};
  }
  if (segment.starts_with(':')) {
    return {shown(segment) + " in a path",
            "captures are written {" + std::string(segment.substr(1, 60)) + "}"};
  }
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] == '{' || segment[i] == '}') {
      return {"a capture is a whole segment: " + shown(segment), "such as /users/{id}/orders"};
    }
    if (segment[i] == '%') {
      trouble found = check_escape(segment.substr(i));
      if (!found.problem.empty()) return found;
      i += 2;
    } else if (segment[i] == '?' || segment[i] == '#') {
      return {shown(segment.substr(i, 1)) + " in a path", "a route's path has no query"};
    } else if (!is_path_char(segment[i])) {
      return {"a character that a path cannot hold in " + shown(segment),
              "write it percent-encoded, such as %20"};
    }
  }
  return {};
}

trouble take_capture(std::string_view inside, bool last, bool exact, path_check& into) {
  const bool tail = inside.ends_with("...");
  const std::string_view name = tail ? inside.substr(0, inside.size() - 3) : inside;
  if (!is_capture_name(name)) {
    return {"a capture's name is letters, digits and `_`: " + shown(inside), ""};
  }
  if (tail && !last) return {"{" + std::string(inside) + "} must be the last segment", ""};
  if (tail && exact) {
    return {"an exact path has no tail: {" + std::string(inside) + "}",
            "write `path` without `exact`"};
  }
  if (std::ranges::find(into.captures, name) != into.captures.end()) {
    return {"two captures are called " + shown(name), ""};
  }
  into.captures.emplace_back(name);
  return {};
}

trouble check_segments(std::string_view rest, bool exact, path_check& into) {
  while (true) {
    const bool last = rest.find('/') == std::string_view::npos;
    const std::string_view segment = split_off(rest, '/');
    trouble found;
    if (segment.empty()) {
      if (!last) return {"an empty segment (`//`)", "slashes are merged before matching"};
    } else if (segment.starts_with('{') && segment.ends_with('}')) {
      found = take_capture(segment.substr(1, segment.size() - 2), last, exact, into);
    } else {
      found = check_literal(segment);
    }
    if (!found.problem.empty() || last) return found;
  }
}

}  // namespace

path_check check_path_pattern(std::string_view text, bool exact) {
  path_check made;
  if (!text.starts_with('/')) {
    made.problem = "a path begins with `/`";
    made.hint = text.starts_with('~') || text.starts_with('^')
                    ? "regular expressions are not supported yet"
                    : "write `/" + std::string(text.substr(0, 60)) + "`";
    return made;
  }
  trouble found = check_segments(text.substr(1), exact, made);
  made.problem = std::move(found.problem);
  made.hint = std::move(found.hint);
  if (!exact && text.size() > 1 && text.ends_with('/')) text.remove_suffix(1);
  made.pattern = text;
  return made;
}

std::string path_shape(std::string_view pattern) {
  std::string shape;
  std::string_view rest = pattern.substr(std::min<std::size_t>(1, pattern.size()));
  while (!rest.empty()) {
    const std::string_view segment = split_off(rest, '/');
    shape += '/';
    if (!segment.starts_with('{')) {
      shape += segment;
    } else {
      shape += segment.ends_with("...}") ? "{...}" : "{}";
    }
  }
  if (pattern.size() > 1 && pattern.ends_with('/')) shape += '/';
  return shape;
}

}  // namespace ferroway::config
