// Text written where there is room for it: each returns the end of what it wrote.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace ferroway {

// Most pieces of a head or of a line are short: two overlapping moves of a fixed size instead of a
// call.
inline char* put(char* to, std::string_view text) noexcept {
  const char* const from = text.data();
  const std::size_t size = text.size();
  if (size > 64) {
    std::memcpy(to, from, size);
  } else if (size > 32) {
    std::memcpy(to, from, 32);
    std::memcpy(to + size - 32, from + size - 32, 32);
  } else if (size >= 16) {
    std::memcpy(to, from, 16);
    std::memcpy(to + size - 16, from + size - 16, 16);
  } else if (size >= 8) {
    std::memcpy(to, from, 8);
    std::memcpy(to + size - 8, from + size - 8, 8);
  } else if (size >= 4) {
    std::memcpy(to, from, 4);
    std::memcpy(to + size - 4, from + size - 4, 4);
  } else if (size != 0) {
    to[0] = from[0];
    to[size / 2] = from[size / 2];
    to[size - 1] = from[size - 1];
  }
  return to + size;
}

inline constexpr std::size_t decimal_digits_max = 20;

inline std::size_t decimal_digits(std::uint64_t value) noexcept {
  static constexpr auto powers = [] {
    std::array<std::uint64_t, decimal_digits_max> all{};
    std::uint64_t power = 1;
    for (std::size_t i = 1; i < all.size(); ++i) all[i] = power *= 10;
    return all;
  }();
  // The logarithm to the base of two times that of two to the base of ten, from below.
  const auto least = static_cast<std::size_t>(std::bit_width(value | 1)) * 1233 >> 12U;
  return least + (value >= powers[least] ? 1 : 0);
}

inline char* put_decimal(char* to, std::uint64_t value) noexcept {
  static constexpr auto pairs = [] {
    std::array<std::array<char, 2>, 100> all{};
    for (unsigned i = 0; i < all.size(); ++i) {
      all[i] = {static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10)};
    }
    return all;
  }();
  char* const end = to + decimal_digits(value);
  char* at = end;
  for (; value >= 100; value /= 100) std::memcpy(at -= 2, pairs[value % 100].data(), 2);
  if (value >= 10) {
    std::memcpy(to, pairs[value].data(), 2);
  } else {
    *to = static_cast<char>('0' + value);
  }
  return end;
}

}  // namespace ferroway
