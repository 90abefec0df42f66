// ECDSA signatures as JWS has them (RFC 7518, 3.4: r and s, of a fixed length each) in the form
// that OpenSSL reads and writes (DER, RFC 3279, 2.2.3).
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "jwt/algorithm.hpp"

namespace ferroway::jwt {

// Of r and of s, each.
constexpr std::size_t coordinate_bytes(key_kind curve) noexcept {
  return curve == key_kind::p256 ? 32 : curve == key_kind::p384 ? 48 : 66;
}

struct der_signature {
  std::array<unsigned char, 3 + 2 * (2 + 1 + 66)> bytes;
  std::size_t size = 0;
};

// Nothing where it has not exactly the curve's length, or r or s is zero.
std::optional<der_signature> to_der(key_kind curve, std::string_view raw) noexcept;
// Of what OpenSSL has made; nothing where it is no signature for this curve.
std::optional<std::string> from_der(key_kind curve, std::string_view der);

}  // namespace ferroway::jwt
