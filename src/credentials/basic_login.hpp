// The name and the password that a client shows (RFC 7617).
#pragma once

#include <array>
#include <string_view>

namespace ferroway::credentials {

// Of the base64 text, before anything of it is decoded.
inline constexpr std::size_t basic_text_bytes_max = 1024;

// Where they are decoded to; wiped at its end.
class basic_room {
 public:
  basic_room() = default;
  basic_room(const basic_room&) = delete;
  basic_room& operator=(const basic_room&) = delete;
  ~basic_room();
  char* begin() noexcept { return bytes_.data(); }

 private:
  std::array<char, basic_text_bytes_max / 4 * 3> bytes_;
};

struct basic_login {
  bool is_there = false;       // the field says `Basic`
  const char* flaw = nullptr;  // why nothing is made of it: a literal
  std::string_view user = {};
  std::string_view password = {};
};

// From the value of Authorization. Strict: base64 in its one spelling, with its padding; no control
// characters (RFC 7617, 2), so no NUL that would end a password early.
basic_login read_basic(std::string_view authorization, basic_room& room) noexcept;

}  // namespace ferroway::credentials
