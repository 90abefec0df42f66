// SHA-256 (FIPS 180-4) of what clients show: what is stored in its place, and looked up by.
#pragma once

#include <array>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ferroway::credentials {

using digest = std::array<unsigned char, 32>;

// Makes digests, without an allocation for each. Belongs to one thread at a time.
class digester {
 public:
  digester();
  digester(digester&&) noexcept;
  digester& operator=(digester&&) noexcept;
  ~digester();

  // Of all pieces, one after the other. Nothing where OpenSSL fails.
  std::optional<digest> of(std::initializer_list<std::string_view> pieces) noexcept;
  std::optional<digest> of(std::string_view text) noexcept { return of({text}); }

 private:
  struct state;
  std::unique_ptr<state> state_;
};

// 64 hexadecimal digits, with or without "sha256:" in front; nothing for any other text.
std::optional<digest> parse_digest(std::string_view text) noexcept;
// "sha256:" and 64 digits in lower case.
std::string to_text(const digest& of);

// In a time that says nothing of where they differ.
bool equal(const digest& a, const digest& b) noexcept;

}  // namespace ferroway::credentials
