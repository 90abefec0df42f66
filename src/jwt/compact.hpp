// The compact serialisation of a JWS (RFC 7515, 7.1): three parts in base64url between two dots.
// Taken apart without decoding anything; what is too long is refused here.
#pragma once

#include <cstddef>
#include <expected>
#include <string_view>

#include "jwt/problem.hpp"

namespace ferroway::jwt {

inline constexpr std::size_t token_bytes_max = 16 * 1024;
// Encoded. A header holds `alg`, `kid`, `typ`; with a chain of certificates it may be longer, but
// those are never looked at.
inline constexpr std::size_t header_bytes_max = 4 * 1024;
// Encoded. RSA with 8,192 bits: 1,366.
inline constexpr std::size_t signature_bytes_max = 1400;

// Views into the token.
struct compact_parts {
  std::string_view header;       // encoded, like the next two
  std::string_view payload;      // may be empty
  std::string_view signature;    // never empty
  std::string_view signed_text;  // header, dot, payload: the bytes that are signed
};

std::expected<compact_parts, problem> split_compact(std::string_view token) noexcept;

}  // namespace ferroway::jwt
