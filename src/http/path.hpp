// Paths in normal form (RFC 3986, 6.2.2), the one form that routing, middlewares and the backend
// see: dot segments are resolved (never above the root), percent-encodings of unreserved characters
// are decoded, the others get upper-case digits, repeated slashes are merged.
//
// What could be read as another path by somebody else is refused with fault::malformed: `\`, %5C,
// %2F, %00, malformed percent-encodings, and segments with path parameters that hide dots (`..;x`,
// `.;`), control and non-ASCII bytes.
#pragma once

#include <string_view>

#include "base/arena.hpp"
#include "base/result.hpp"

namespace ferroway::http {

// `path` begins with '/', without query or fragment. Returns `path` itself where it is in normal
// form already (the common case, found by one scan), else a copy in `memory`.
result<std::string_view> normalise_path(std::string_view path, arena& memory);

}  // namespace ferroway::http
