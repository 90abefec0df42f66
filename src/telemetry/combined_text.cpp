#include "telemetry/combined_text.hpp"

#include <algorithm>
#include <array>

namespace ferroway::telemetry {
namespace {

constexpr std::string_view cut_mark = "...";

constexpr bool is_plain(char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; }

// The letter behind the backslash; 0 where there is none for it.
constexpr char letter_for(char c) {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case '\b':
      return 'b';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '\v':
      return 'v';
    default:
      return 0;
  }
}

std::size_t write_escape(char c, std::array<char, 4>& to) {
  constexpr std::string_view digits = "0123456789abcdef";
  if (const char letter = letter_for(c)) {
    to = {'\\', letter};
    return 2;
  }
  const auto byte = static_cast<unsigned char>(c);
  to = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
  return 4;
}

// How much of `value` has room in `bytes_max`.
std::size_t prefix_within(std::string_view value, std::size_t bytes_max) {
  std::size_t used = 0;
  for (std::size_t at = 0; at < value.size(); ++at) {
    used += is_plain(value[at]) ? 1 : letter_for(value[at]) != 0 ? 2 : 4;
    if (used > bytes_max) return at;
  }
  return value.size();
}

}  // namespace

void append_combined(bounded_text& to, std::string_view value, std::size_t bytes_max) noexcept {
  if (value.empty()) {
    to.append("-");
    return;
  }
  bytes_max = std::min(bytes_max, to.room());
  std::size_t fits = prefix_within(value, bytes_max);
  const bool cut = fits < value.size();
  if (cut) fits = prefix_within(value, bytes_max - std::min(bytes_max, cut_mark.size()));
  for (std::size_t at = 0; at < fits;) {
    const auto* const end = std::find_if_not(value.begin() + at, value.begin() + fits, is_plain);
    const auto run = static_cast<std::size_t>(end - value.begin()) - at;
    to.append(value.substr(at, run));
    at += run;
    if (at == fits) break;
    std::array<char, 4> escaped{};
    const std::size_t bytes = write_escape(value[at++], escaped);
    to.append({escaped.data(), bytes});
  }
  if (cut) to.append(cut_mark);
}

}  // namespace ferroway::telemetry
