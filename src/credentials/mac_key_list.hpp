// Shared secrets as they are listed: each with the id that signatures name it by, and whose it is.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credentials/listed_lines.hpp"

namespace ferroway::credentials {

inline constexpr std::size_t mac_keys_max = 10'000;
inline constexpr std::size_t mac_key_id_bytes_max = 128;
inline constexpr const char* mac_key_id_described =
    "a key's id: up to 128 visible ASCII characters without blanks, quotes and backslashes";

struct listed_mac_key {
  std::string id;
  std::string consumer;
  std::string secret;  // its bytes
  bool operator==(const listed_mac_key&) const = default;
};

// Nothing that a quoted text of a structured field would have to escape.
bool is_mac_key_id(std::string_view text) noexcept;

// The bytes that base64 stands for, or what is wrong with it: a literal.
std::expected<std::string, const char*> read_mac_secret(std::string_view base64);

// Lines of an id, a consumer's name and a secret in base64, white space between. An id stands there
// once.
std::expected<std::vector<listed_mac_key>, line_problem> parse_mac_key_list(std::string_view text);

}  // namespace ferroway::credentials
