// API keys as they are stored: who has them, and their SHA-256, never the keys.
//
// The digest is plain SHA-256, without salt and fast, as is right for what cannot be guessed: a key
// has at least 128 random bits. It is wrong for passwords (password_hash.hpp).
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "credentials/digest.hpp"
#include "credentials/listed_lines.hpp"

namespace ferroway::credentials {

inline constexpr std::size_t keys_max = 10'000;

// Of a key that a client shows. 128 bits take 20 characters where each may be any that one can
// type, so a shorter key has fewer.
inline constexpr std::size_t key_bytes_min = 20;
inline constexpr std::size_t key_bytes_max = 512;

struct listed_key {
  std::string consumer;
  digest sha256{};
  bool operator==(const listed_key&) const = default;
};

// Why no key can be known by this digest; null where one can. A literal.
const char* flaw_of(const digest& of) noexcept;

// Lines of a name, white space and a digest. A name may come again: a consumer may have several
// keys, which is how they are changed.
std::expected<std::vector<listed_key>, line_problem> parse_key_list(std::string_view text);

}  // namespace ferroway::credentials
