// A JSON Web Key Set (RFC 7517), as identity providers publish it.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "jwt/algorithm.hpp"
#include "jwt/key_set.hpp"

namespace ferroway::jwt {

inline constexpr std::size_t jwks_bytes_max = 256 * 1024;
inline constexpr std::size_t jwks_keys_max = 100;

// Those that public keys serve; what a set may serve where nothing narrower is said.
algorithms public_algorithms() noexcept;

struct read_jwks {
  key_set keys;             // at least one
  std::size_t skipped = 0;  // that the set has and nobody can use here
};

// A few words where the text is no key set, or has no key for this. Skipped, not refused, is a key
// of another kind or use (`kty`, `use`, `key_ops`, `alg`, `crv`), a weak one, one with its private
// half, a symmetric one (a published secret is none) and one whose `kid` another has before it. One
// without `alg` serves what its kind can of `allowed`; of RSA that is RS256 alone where `allowed`
// is not narrower than all.
std::expected<read_jwks, std::string> parse_jwks(std::string_view text, algorithms allowed);

}  // namespace ferroway::jwt
