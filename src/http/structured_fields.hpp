// Reads structured fields (RFC 8941) piece by piece, strictly: what a writer that follows
// section 4.1 would not have written is refused, but for white space where section 4.2 allows some.
// Views lead into the text that is read, so what comes back can be written again as it stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ferroway::http {

class structured_reader {
 public:
  explicit structured_reader(std::string_view text) noexcept : rest_(text) {}

  bool at_end() const noexcept { return rest_.empty(); }
  bool at(char c) const noexcept { return rest_.starts_with(c); }
  // Takes one character, where it comes next.
  bool take(char c) noexcept;
  void skip_spaces() noexcept;

  // `created`, `*a-b.c`: of a dictionary's member or a parameter.
  std::optional<std::string_view> key() noexcept;
  // What stands between the quotes, its escapes as they are: each text has one spelling.
  std::optional<std::string_view> string() noexcept;
  // Decimal digits, at most 15 as the RFC has it; no sign, since nothing here is below zero.
  std::optional<std::int64_t> natural() noexcept;
  // The base64 between colons, as it stands.
  std::optional<std::string_view> bytes() noexcept;
  // Any bare item, of which nothing is wanted: text, bytes, number, token, boolean. False where
  // none comes next.
  bool skip_value() noexcept;
  // Behind a member: the comma before the next one, which must follow. False at the end, with
  // `well_formed` saying whether it is one.
  bool next_member(bool& well_formed) noexcept;

 private:
  std::string_view rest_;
};

}  // namespace ferroway::http
