// A key that signatures are checked with, and the algorithms that it may serve: the key decides
// them, never a token (RFC 8725, 3.1). Immutable; any thread may use it at the same time as others.
#pragma once

#include <openssl/types.h>

#include <array>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "jwt/algorithm.hpp"

namespace ferroway::jwt {

inline constexpr std::size_t secret_bytes_min = 32;  // RFC 7518, 3.2, for HS256
inline constexpr std::size_t rsa_bits_min = 2048;
inline constexpr std::size_t rsa_bits_max = 8192;  // checking longer ones takes milliseconds
inline constexpr std::size_t key_id_bytes_max = 256;

class key {
 public:
  // Why there is no key: a few words for whoever wrote the configuration.
  using made = std::expected<key, std::string>;

  // For HS256, HS384, HS512; `secret` has at least secret_bytes_min bytes.
  static made from_secret(std::string_view secret, algorithm serves);
  // One public key (SubjectPublicKeyInfo, or PKCS #1 for RSA), or a certificate, of which only the
  // key counts: neither its times nor who issued it. Private keys are refused.
  static made from_pem(std::string_view pem, algorithm serves);
  // RFC 7518, 6.3 and 6.2; RFC 8037, 2. `modulus`, `x` and the others are bytes, big-endian.
  static made from_rsa(std::string_view modulus, std::string_view exponent, algorithms serve);
  static made from_curve(key_kind curve, std::string_view x, std::string_view y);
  static made from_ed25519(std::string_view x);

  // What a token's `kid` names it by; none: tokens with any `kid`, or without one, may be its.
  const std::optional<std::string>& id() const noexcept { return id_; }
  void call(std::string id) { id_ = std::move(id); }

  bool serves(algorithm which) const noexcept { return serves_.has(which); }
  algorithms serves() const noexcept { return serves_; }
  key_kind kind() const noexcept { return kind_; }

  // False for whatever does not fit; never an error.
  bool verifies(algorithm by, std::string_view signed_text,
                std::string_view signature) const noexcept;

 private:
  // What OpenSSL has prepared for one algorithm, to be copied for each signature.
  struct prepared;

  key() = default;
  static made from_public(EVP_PKEY* owned, algorithms serve);
  bool prepare(algorithm which, EVP_PKEY* from);
  bool verifies_mac(const prepared& by, std::string_view text, std::string_view mac) const noexcept;

  key_kind kind_ = key_kind::secret;
  algorithms serves_;
  std::optional<std::string> id_;
  std::array<std::shared_ptr<const prepared>, 13> prepared_;  // by algorithm
};

}  // namespace ferroway::jwt
