// Paths in normal form (RFC 3986, 6.2.2), the one form that routing, middlewares and the backend
// see: dot segments are resolved (never above the root), percent-encodings of unreserved characters
// are decoded, the others get upper-case digits, repeated slashes are merged.
//
// What could be read as another path by somebody else stays and is told (path_ambiguities.hpp); a
// backslash becomes %5C. Malformed percent-encodings, control and non-ASCII bytes are refused with
// fault::malformed.
#pragma once

#include <string_view>

#include "base/arena.hpp"
#include "base/result.hpp"
#include "http/path_ambiguities.hpp"

namespace ferroway::http {

struct normal_path {
  std::string_view text;
  path_ambiguities ambiguous;
  bool had_dots = false;  // dot segments were resolved
};

// `path` begins with '/', without query or fragment. Returns `path` itself where it is in normal
// form already (the common case, found by one scan), else a copy in `memory`.
result<normal_path> normalise_path(std::string_view path, arena& memory);

// A path that was put together of pieces in normal form: one whose pieces make a dot segment of
// each other would lead out of where it was meant to lie, and fails with fault::malformed, as does
// one with other ambiguities than are allowed.
result<std::string_view> normalise_joined_path(std::string_view path, arena& memory,
                                               path_ambiguities allowed);

}  // namespace ferroway::http
