// Character classes of HTTP and of our patterns, as predicates over whole texts.
#pragma once

#include <algorithm>
#include <string_view>

#include "base/text.hpp"

namespace ferroway::config {

// RFC 9110, 5.6.2.
inline constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";
constexpr bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_alpha(c) || is_digit(c) || token_marks.find(c) != std::string_view::npos;
  });
}

// What stands in `{}` of a path or host: a letter or `_`, then letters, digits, `_`.
constexpr bool is_capture_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && !is_digit(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_alpha(c) || is_digit(c) || c == '_'; });
}

}  // namespace ferroway::config
