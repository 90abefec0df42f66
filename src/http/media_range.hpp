// Kinds of content as a configuration names them: `text/html`, `text/*`, `application/*+json`
// (RFC 9110, 8.3.1; suffixes: RFC 6839).
#pragma once

#include <string_view>

namespace ferroway::http {

// In any case, without parameters.
bool is_media_range(std::string_view text) noexcept;

// `content_type` is the value of such a field: its parameters and its case do not matter. `range`
// is one, in lower case.
bool in_media_range(std::string_view content_type, std::string_view range) noexcept;

}  // namespace ferroway::http
