// How consumers are called: in the configuration, in key files, in headers and logs.
#pragma once

#include <algorithm>
#include <string_view>

#include "base/text.hpp"

namespace ferroway::credentials {

inline constexpr std::size_t consumer_name_bytes_max = 128;
inline constexpr const char* consumer_name_described =
    "a consumer's name: up to 128 letters, digits, `_`, `-`, `.`, `@` and `+`";

// Nothing that would have to be escaped anywhere.
constexpr bool is_consumer_name(std::string_view text) {
  return !text.empty() && text.size() <= consumer_name_bytes_max &&
         std::ranges::all_of(text, [](char c) {
           return is_alpha(c) || is_digit(c) || std::string_view("_-.@+").contains(c);
         });
}

}  // namespace ferroway::credentials
