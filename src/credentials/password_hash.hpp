// Passwords as htpasswd stores them: bcrypt and SHA-crypt, checked by libcrypt. Made to be slow:
// not for a thread that serves.
#pragma once

#include <string>
#include <string_view>

namespace ferroway::credentials {

// Longer ones than that are nobody's; libcrypt itself takes 511 bytes.
inline constexpr std::size_t password_bytes_max = 256;

// What takes longer than some seconds is refused.
inline constexpr unsigned bcrypt_cost_max = 15;
inline constexpr unsigned sha_rounds_max = 1'000'000;

// Why it is no hash that passwords are checked with here; null where it is. A literal.
const char* flaw_of_hash(std::string_view hash) noexcept;

// Takes 2 ms to seconds, as the hash says. `hash` is without flaw, `password` without NUL. Any
// thread.
bool verify_password(const std::string& hash, const std::string& password) noexcept;

}  // namespace ferroway::credentials
