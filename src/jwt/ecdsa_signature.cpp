#include "jwt/ecdsa_signature.hpp"

#include <algorithm>

namespace ferroway::jwt {
namespace {

constexpr unsigned char integer_tag = 0x02;
constexpr unsigned char sequence_tag = 0x30;

// Appends a positive INTEGER to `to`; false for zero.
bool add_integer(std::string_view number, unsigned char*& to) noexcept {
  const std::size_t first = number.find_first_not_of('\0');
  if (first == std::string_view::npos) return false;
  number.remove_prefix(first);
  const bool looks_negative = (static_cast<unsigned char>(number.front()) & 0x80) != 0;
  *to++ = integer_tag;
  *to++ = static_cast<unsigned char>(number.size() + (looks_negative ? 1 : 0));
  if (looks_negative) *to++ = 0;
  to = std::copy(number.begin(), number.end(), to);
  return true;
}

// Takes an INTEGER off `der`, and leaves it as `bytes` bytes in `to`.
bool take_integer(std::string_view& der, std::size_t bytes, std::string& to) {
  if (der.size() < 2 || der[0] != integer_tag) return false;
  const auto length = static_cast<unsigned char>(der[1]);
  if (der.size() < std::size_t{2} + length) return false;
  std::string_view number = der.substr(2, length);
  der.remove_prefix(std::size_t{2} + length);
  while (number.starts_with('\0')) number.remove_prefix(1);
  if (number.size() > bytes) return false;
  to.append(bytes - number.size(), '\0').append(number);
  return true;
}

}  // namespace

std::optional<der_signature> to_der(key_kind curve, std::string_view raw) noexcept {
  const std::size_t half = coordinate_bytes(curve);
  if (raw.size() != 2 * half) return std::nullopt;
  std::array<unsigned char, 2 * (2 + 1 + 66)> numbers;
  unsigned char* end = numbers.data();
  if (!add_integer(raw.substr(0, half), end) || !add_integer(raw.substr(half), end)) {
    return std::nullopt;
  }
  const auto length = static_cast<std::size_t>(end - numbers.data());
  der_signature made;
  unsigned char* to = made.bytes.data();
  *to++ = sequence_tag;
  if (length >= 0x80) *to++ = 0x81;
  *to++ = static_cast<unsigned char>(length);
  to = std::copy(numbers.data(), end, to);
  made.size = static_cast<std::size_t>(to - made.bytes.data());
  return made;
}

std::optional<std::string> from_der(key_kind curve, std::string_view der) {
  if (der.size() < 2 || der[0] != sequence_tag) return std::nullopt;
  der.remove_prefix(der[1] == '\x81' ? 3 : 2);
  std::string raw;
  const std::size_t half = coordinate_bytes(curve);
  for (int integers = 0; integers < 2; ++integers) {
    if (!take_integer(der, half, raw)) return std::nullopt;
  }
  return raw;
}

}  // namespace ferroway::jwt
