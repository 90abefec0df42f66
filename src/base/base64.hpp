// Strict base64 (RFC 4648, 4): padded, without white space, and one spelling for each sequence of
// bytes, since the bits behind the last byte must be zero.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ferroway {

// The most bytes that `text_bytes` of text stand for.
constexpr std::size_t base64_room(std::size_t text_bytes) noexcept { return text_bytes / 4 * 3; }

// Decodes into `to`, which has room for base64_room(text.size()) bytes; returns what was written,
// or nothing where it is no base64. An empty text is an empty one.
std::optional<std::string_view> decode_base64(std::string_view text, char* to) noexcept;

std::string encode_base64(std::string_view bytes);

}  // namespace ferroway
