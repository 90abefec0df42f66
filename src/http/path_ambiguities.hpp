// What somebody else could read as another path than Ferroway does: refused, but where a route
// allows it (SAFETY.md calls the rule by its bytes).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ferroway::http {

// A set of: %2F (many servers decode it before they look for slashes), %5C or a backslash (some
// take it for a slash), %00 (ends the path in C), and `..;` or `.;` (servers that cut parameters
// off see dot segments).
class path_ambiguities {
 public:
  static constexpr std::array<std::string_view, 4> names{"%2F", "%5C", "%00", "..;"};

  enum class one : std::uint8_t { slash, backslash, null, hidden_dots };  // as in `names`

  constexpr void add(one which) noexcept {
    bits_ = static_cast<std::uint8_t>(bits_ | (1U << static_cast<unsigned>(which)));
  }
  constexpr bool has(one which) const noexcept {
    return (bits_ >> static_cast<unsigned>(which) & 1U) != 0;
  }
  constexpr bool empty() const noexcept { return bits_ == 0; }
  constexpr path_ambiguities without(path_ambiguities others) const noexcept {
    path_ambiguities left;
    left.bits_ = static_cast<std::uint8_t>(bits_ & ~others.bits_);
    return left;
  }
  bool operator==(const path_ambiguities&) const = default;

 private:
  std::uint8_t bits_ = 0;
};

// Why a path with these is refused, for an answer's detail; the first of them is named. Not for an
// empty set.
const char* why_ambiguous(path_ambiguities found) noexcept;

}  // namespace ferroway::http
