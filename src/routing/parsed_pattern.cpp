#include "routing/parsed_pattern.hpp"

#include <algorithm>

#include "routing/route_table.hpp"

namespace ferroway::routing {

std::expected<parsed_pattern, std::string> parse(const route_pattern& from) {
  auto host = parse_host_pattern(from.host);
  if (!host) return std::unexpected(std::move(host.error()));
  if (from.kind == path_kind::regex) return parsed_pattern{std::move(*host), {}};
  auto segments = parse_path_pattern(from.path, from.kind);
  if (!segments) return std::unexpected(std::move(segments.error()));
  const auto in_path = static_cast<std::size_t>(std::ranges::count_if(
      *segments, [](const path_segment& s) { return s.is != path_segment::kind::literal; }));
  if (in_path + (host->capture.empty() ? 0 : 1) > captures_max) {
    return std::unexpected("a route has at most " + std::to_string(captures_max) + " captures");
  }
  return parsed_pattern{std::move(*host), std::move(*segments)};
}

std::string shape_of(const route_pattern& pattern, const parsed_pattern& parsed) {
  if (parsed.pattern != nullptr) return pattern.path;
  std::string shape;
  for (const path_segment& segment : parsed.segments) {
    const bool literal = segment.is == path_segment::kind::literal;
    shape += literal                                  ? "/" + std::string(segment.text)
             : segment.is == path_segment::kind::tail ? "/{...}"
                                                      : "/{}";
  }
  return shape;
}

}  // namespace ferroway::routing
