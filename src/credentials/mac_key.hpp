// A secret that two sides share, as HMAC-SHA256 (RFC 2104) uses it. Immutable once made; any
// thread.
#pragma once

#include <array>
#include <string_view>

#include "credentials/digest.hpp"

namespace ferroway::credentials {

// A key shorter than the digest weakens it (RFC 2104, 3).
inline constexpr std::size_t mac_key_bytes_min = 32;
inline constexpr std::size_t mac_key_bytes_max = 512;

// HMAC is two digests, each behind a block that the key alone decides. Both blocks are kept, so
// that a message costs no allocation and no context of OpenSSL's that would have to be copied for
// each.
class mac_key {
 public:
  // Of at least one byte.
  explicit mac_key(std::string_view secret);
  mac_key(const mac_key&) = default;
  mac_key& operator=(const mac_key&) = default;
  ~mac_key();

  // Nothing where OpenSSL fails.
  std::optional<digest> sign(digester& by, std::string_view text) const noexcept;
  // `mac` is what sign() makes of `text`. In a time that says nothing of where they differ.
  bool verifies(digester& by, std::string_view text, const digest& mac) const noexcept;

 private:
  static constexpr std::size_t block_bytes = 64;  // of SHA-256
  std::array<char, block_bytes> inner_;
  std::array<char, block_bytes> outer_;
};

}  // namespace ferroway::credentials
