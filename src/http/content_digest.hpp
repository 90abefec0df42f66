// The field Content-Digest (RFC 9530, 2): digests of a message's content as it is sent, after any
// content coding. Of the algorithms those are taken that nobody can make collide: sha-256, sha-512.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace ferroway::http {

inline constexpr std::size_t content_digest_bytes_max = 1024;  // of the field
inline constexpr std::size_t content_digests_max = 8;

struct content_digest {
  std::optional<std::array<char, 32>> sha256;
  std::optional<std::array<char, 64>> sha512;
  const char* flaw = nullptr;  // why nothing is made of it: a literal
};

// Of the field's value, several fields put together with commas. Others' algorithms are passed
// over; at least one has to be known.
content_digest read_content_digest(std::string_view value) noexcept;

}  // namespace ferroway::http
