// Classes of bytes that HTTP's grammars are made of, as constant tables: one load answers for any
// byte.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ferroway::http {

using byte_class = std::array<bool, 256>;

// The bytes of `members`, with letters and digits where asked.
constexpr byte_class make_class(std::string_view members, bool alphanumeric) {
  byte_class is{};
  for (const char c : members) is[static_cast<unsigned char>(c)] = true;
  if (alphanumeric) {
    for (std::size_t c = '0'; c <= '9'; ++c) is[c] = true;
    for (std::size_t c = 'a'; c <= 'z'; ++c) is[c] = is[c - 'a' + 'A'] = true;
  }
  return is;
}

// RFC 9110, 5.6.2: tchar.
inline constexpr byte_class token_bytes = make_class("!#$%&'*+-.^_`|~", true);
// RFC 3986, 2.3.
inline constexpr byte_class unreserved_bytes = make_class("-._~", true);
// RFC 3986, 3.2.2: what a reg-name holds, percent-encodings apart.
inline constexpr byte_class reg_name_bytes = make_class("-._~!$&'()*+,;=", true);

constexpr bool in(const byte_class& members, char c) {
  return members[static_cast<unsigned char>(c)];
}

constexpr bool all_in(const byte_class& members, std::string_view text) {
  for (const char c : text) {
    if (!in(members, c)) return false;
  }
  return true;
}

constexpr bool is_token(std::string_view text) {
  return !text.empty() && all_in(token_bytes, text);
}

}  // namespace ferroway::http
