// The parameters of a query (`a=1&b=two+words`), as forms write them
// (application/x-www-form-urlencoded, WHATWG URL, 5.1).
#pragma once

#include <optional>
#include <string_view>

#include "base/arena.hpp"

namespace ferroway::http {

// The value of the first parameter of that name, both decoded: `+` is a space, `%2F` a slash; a
// percent sign without two digits stands for itself. Empty for a parameter without `=`. Copied into
// `memory` only where something had to be decoded.
std::optional<std::string_view> query_parameter(std::string_view query, std::string_view name,
                                                arena& memory);

// The same value as it came, still encoded.
std::optional<std::string_view> raw_query_parameter(std::string_view query, std::string_view name);

// Without every parameter of that name; `query` itself where there is none.
std::string_view without_query_parameter(std::string_view query, std::string_view name,
                                         arena& memory);

bool repeats_query_parameter(std::string_view query, std::string_view name);

}  // namespace ferroway::http
