#include "credentials/basic_login.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/text.hpp"
#include "credentials/consumer_name.hpp"
#include "credentials/password_hash.hpp"

namespace ferroway::credentials {
namespace {

// RFC 4648, 4; -1 for what is none of them.
constexpr int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

// Four digits to `to`, of which the last `padding` are `=`. False where they are no base64, or
// leave bits that no byte takes.
bool decode_four(std::string_view four, std::size_t padding, char* to) noexcept {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const bool padded = i + padding >= 4;
    const int value = padded ? 0 : base64_value(four[i]);
    if (value < 0 || (padded && four[i] != '=')) return false;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
  }
  if (padding > 0 && (bits & (padding == 1 ? 0xFFU : 0xFFFFU)) != 0) return false;
  to[0] = static_cast<char>(bits >> 16);
  if (padding < 2) to[1] = static_cast<char>(bits >> 8);
  if (padding < 1) to[2] = static_cast<char>(bits);
  return true;
}

std::optional<std::string_view> decode(std::string_view text, char* const to) noexcept {
  if (text.size() % 4 != 0 || text.empty()) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  char* end = to;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const std::size_t here = at + 4 == text.size() ? padding : 0;
    if (!decode_four(text.substr(at, 4), here, end)) return std::nullopt;
    end += 3 - here;
  }
  return std::string_view(to, static_cast<std::size_t>(end - to));
}

constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

}  // namespace

basic_room::~basic_room() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

basic_login read_basic(std::string_view authorization, basic_room& room) noexcept {
  const std::size_t space = std::min(authorization.find_first_of(" \t"), authorization.size());
  basic_login made;
  made.is_there = equals_ignoring_case(authorization.substr(0, space), "basic");
  if (!made.is_there) return made;
  const auto flawed = [&made](const char* flaw) { return made.flaw = flaw, made; };
  const std::string_view text = trim(authorization.substr(space));
  if (text.size() > basic_text_bytes_max) return flawed("the login is too long");
  const auto decoded = decode(text, room.begin());
  if (!decoded) return flawed("the login is no base64");
  if (std::ranges::any_of(*decoded, is_control)) {
    return flawed("the login holds control characters");
  }
  const std::size_t colon = decoded->find(':');
  if (colon == std::string_view::npos) return flawed("the login has no colon");
  made.user = decoded->substr(0, colon);
  made.password = decoded->substr(colon + 1);
  if (made.user.size() > consumer_name_bytes_max) return flawed("the user's name is too long");
  if (made.password.size() > password_bytes_max) return flawed("the password is too long");
  return made;
}

}  // namespace ferroway::credentials
