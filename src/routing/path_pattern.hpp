// A route's path as its segments: "/users/{id}/orders", "/files/{rest...}". Only the route table
// and its builder look inside; a value, made while a configuration is assembled.
//
// A segment is a literal, or as a whole a capture `{name}` (one segment that is not empty), or, as
// the last one, a tail `{name...}` (all that is left, zero or more segments: what guards
// `/files/{rest...}` guards `/files` too). Literals are compared byte for byte with the normal form
// of http/path.hpp.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace ferroway::routing {

using config::path_kind;

struct path_segment {
  enum class kind : std::uint8_t { literal, capture, tail };
  kind is = kind::literal;
  std::string_view text;  // the literal, or the capture's name: a view of the pattern
};

inline constexpr std::size_t path_segments_max = 64;

// Segments from the left. Of a prefix, one trailing slash is dropped ("/users/" is "/users", "/" is
// no segment at all); of an exact path it is an empty last segment. The error says what is wrong,
// for people.
std::expected<std::vector<path_segment>, std::string> parse_path_pattern(std::string_view pattern,
                                                                         path_kind kind);

// A letter or '_', then letters, digits, '_' and '-'.
bool is_capture_name(std::string_view name) noexcept;

}  // namespace ferroway::routing
