#include "routing/path_pattern.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace ferroway::routing {
namespace {

std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

std::expected<path_segment, std::string> parse_segment(std::string_view text) {
  if (text.find_first_of("{}") == std::string_view::npos) {
    return path_segment{path_segment::kind::literal, text};
  }
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') {
    return std::unexpected("a capture is a whole segment, as in `/{name}/`; found " + quoted(text));
  }
  std::string_view name = text.substr(1, text.size() - 2);
  const bool is_tail = name.ends_with("...");
  if (is_tail) name.remove_suffix(3);
  if (!is_capture_name(name)) {
    return std::unexpected("a capture is named by letters, digits, `_` and `-`; found " +
                           quoted(text));
  }
  return path_segment{is_tail ? path_segment::kind::tail : path_segment::kind::capture, name};
}

bool names_again(const std::vector<path_segment>& before, const path_segment& next) {
  return next.is != path_segment::kind::literal &&
         std::ranges::any_of(before, [&](const path_segment& segment) {
           return segment.is != path_segment::kind::literal && segment.text == next.text;
         });
}

}  // namespace

bool is_capture_name(std::string_view name) noexcept {
  if (name.empty() || !(is_alpha(name.front()) || name.front() == '_')) return false;
  return std::ranges::all_of(
      name, [](char c) { return is_alpha(c) || is_digit(c) || c == '_' || c == '-'; });
}

std::expected<std::vector<path_segment>, std::string> parse_path_pattern(std::string_view pattern,
                                                                         path_kind kind) {
  if (!pattern.starts_with('/')) return std::unexpected("a path begins with `/`");
  if (pattern.find("//") != std::string_view::npos) {
    return std::unexpected("an empty segment never matches: repeated slashes are merged");
  }
  std::string_view rest = pattern.substr(1);
  if (kind == path_kind::prefix) {
    if (rest.ends_with('/')) rest.remove_suffix(1);
    if (rest.empty()) return std::vector<path_segment>{};
  }
  std::vector<path_segment> segments;
  while (true) {
    const std::size_t slash = rest.find('/');
    const auto segment = parse_segment(rest.substr(0, slash));
    if (!segment) return std::unexpected(segment.error());
    const bool is_last = slash == std::string_view::npos;
    if (segment->is == path_segment::kind::tail && !is_last) {
      return std::unexpected("`{" + std::string(segment->text) + "...}` must be the last segment");
    }
    if (names_again(segments, *segment)) {
      return std::unexpected("the capture " + quoted(segment->text) + " appears twice");
    }
    segments.push_back(*segment);
    if (segments.size() > path_segments_max) {
      return std::unexpected("a path has at most " + std::to_string(path_segments_max) +
                             " segments");
    }
    if (is_last) return segments;
    rest.remove_prefix(slash + 1);
  }
}

}  // namespace ferroway::routing
