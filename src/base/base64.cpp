#include "base/base64.hpp"

#include <cstdint>

#include "base/text.hpp"

namespace ferroway {
namespace {

// -1 for what is no digit.
constexpr int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

// Four digits to `to`, of which the last `padding` are `=`.
bool decode_four(std::string_view four, std::size_t padding, char* to) noexcept {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const bool padded = i + padding >= 4;
    const int value = padded ? 0 : value_of(four[i]);
    if (value < 0 || (padded && four[i] != '=')) return false;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
  }
  if (padding > 0 && (bits & (padding == 1 ? 0xFFU : 0xFFFFU)) != 0) return false;
  to[0] = static_cast<char>(bits >> 16);
  if (padding < 2) to[1] = static_cast<char>(bits >> 8);
  if (padding < 1) to[2] = static_cast<char>(bits);
  return true;
}

}  // namespace

std::optional<std::string_view> decode_base64(std::string_view text, char* const to) noexcept {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  char* end = to;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const std::size_t here = at + 4 == text.size() ? padding : 0;
    if (!decode_four(text.substr(at, 4), here, end)) return std::nullopt;
    end += 3 - here;
  }
  return std::string_view(to, static_cast<std::size_t>(end - to));
}

std::string encode_base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string made;
  made.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view three = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8 | (i < three.size() ? static_cast<unsigned char>(three[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      made += i <= three.size() ? digits[bits >> (18 - 6 * i) & 63] : '=';
    }
  }
  return made;
}

}  // namespace ferroway
