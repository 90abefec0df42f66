#include "jwt/base64url.hpp"

#include <array>
#include <cstdint>

namespace ferroway::jwt {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t not_a_digit = 0xFF;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> made{};
  made.fill(not_a_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    made[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return made;
}
constexpr std::array<std::uint8_t, 256> values = make_values();

std::uint32_t value_of(char digit) noexcept { return values[static_cast<unsigned char>(digit)]; }

}  // namespace

std::optional<std::string_view> decode_base64url(std::string_view text, char* to) noexcept {
  const std::size_t rest = text.size() % 4;
  if (rest == 1) return std::nullopt;
  char* end = to;
  std::uint32_t seen = 0;
  const char* at = text.data();
  for (const char* const last = at + (text.size() - rest); at != last; at += 4) {
    const std::uint32_t a = value_of(at[0]), b = value_of(at[1]), c = value_of(at[2]),
                        d = value_of(at[3]);
    seen |= a | b | c | d;
    const std::uint32_t bits = a << 18 | b << 12 | c << 6 | d;
    *end++ = static_cast<char>(bits >> 16);
    *end++ = static_cast<char>(bits >> 8);
    *end++ = static_cast<char>(bits);
  }
  if (rest != 0) {
    const std::uint32_t a = value_of(at[0]), b = value_of(at[1]);
    const std::uint32_t c = rest == 3 ? value_of(at[2]) : 0;
    seen |= a | b | c;
    const std::uint32_t bits = a << 18 | b << 12 | c << 6;
    // What no byte takes must be zero, or several texts would stand for the same bytes.
    if ((bits & (rest == 2 ? 0xFFFFU : 0xFFU)) != 0) return std::nullopt;
    *end++ = static_cast<char>(bits >> 16);
    if (rest == 3) *end++ = static_cast<char>(bits >> 8);
  }
  if ((seen & 0xC0U) != 0) return std::nullopt;
  return std::string_view(to, static_cast<std::size_t>(end - to));
}

std::optional<std::string> decode_base64url(std::string_view text) {
  std::string bytes(decoded_bytes(text.size()), '\0');
  const auto decoded = decode_base64url(text, bytes.data());
  if (!decoded) return std::nullopt;
  bytes.resize(decoded->size());
  return bytes;
}

std::string encode_base64url(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    have += 8;
    while (have >= 6) {
      have -= 6;
      text += alphabet[bits >> have & 63];
    }
  }
  if (have > 0) text += alphabet[bits << (6 - have) & 63];
  return text;
}

}  // namespace ferroway::jwt
