// Strict base64url (RFC 7515, 2 and RFC 4648, 5): no padding, no white space, and one spelling for
// each sequence of bytes, since the bits behind the last byte must be zero.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ferroway::jwt {

// How many bytes `text` stands for, if it is well-formed.
constexpr std::size_t decoded_bytes(std::size_t text_bytes) noexcept { return text_bytes * 3 / 4; }

// Decodes into `to`, which has room for decoded_bytes(text.size()) bytes; returns what was written,
// or nothing.
std::optional<std::string_view> decode_base64url(std::string_view text, char* to) noexcept;
std::optional<std::string> decode_base64url(std::string_view text);

std::string encode_base64url(std::string_view bytes);

}  // namespace ferroway::jwt
