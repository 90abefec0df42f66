// Bodies that can be checked: each byte follows from the token of its exchange and its place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ferroway::sim {

inline char pattern_byte(std::uint64_t token, std::uint64_t at) {
  const std::uint64_t mixed = (token * 0x9e3779b97f4a7c15U) ^ (at * 0xbf58476d1ce4e5b9U);
  return static_cast<char>('!' + (mixed >> 33) % 90);
}

inline std::string pattern(std::uint64_t token, std::size_t bytes, std::uint64_t from = 0) {
  std::string text(bytes, ' ');
  for (std::size_t i = 0; i < bytes; ++i) text[i] = pattern_byte(token, from + i);
  return text;
}

// Checks pieces as they come.
class pattern_check {
 public:
  explicit pattern_check(std::uint64_t token) : token_(token) {}
  void see(std::string_view piece) {
    for (const char c : piece) right_ = right_ && c == pattern_byte(token_, seen_++);
  }
  bool right() const { return right_; }
  std::uint64_t seen() const { return seen_; }

 private:
  std::uint64_t token_;
  std::uint64_t seen_ = 0;
  bool right_ = true;
};

}  // namespace ferroway::sim
