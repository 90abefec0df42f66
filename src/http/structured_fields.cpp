#include "http/structured_fields.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "http/characters.hpp"

namespace ferroway::http {
namespace {

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

constexpr bool begins_key(char c) { return is_lower(c) || c == '*'; }

constexpr bool continues_key(char c) {
  return is_lower(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == '*';
}

// Of numbers and tokens.
constexpr bool begins_value(char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '*'; }

constexpr bool continues_value(char c) { return in(token_bytes, c) || c == ':' || c == '/'; }

constexpr bool is_base64(char c) {
  return is_alpha(c) || is_digit(c) || c == '+' || c == '/' || c == '=';
}

}  // namespace

bool structured_reader::take(char c) noexcept {
  if (!at(c)) return false;
  rest_.remove_prefix(1);
  return true;
}

void structured_reader::skip_spaces() noexcept {
  while (take(' ')) continue;
}

std::optional<std::string_view> structured_reader::key() noexcept {
  if (rest_.empty() || !begins_key(rest_.front())) return std::nullopt;
  const auto size =
      static_cast<std::size_t>(std::ranges::find_if_not(rest_, continues_key) - rest_.begin());
  const std::string_view made = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return made;
}

std::optional<std::string_view> structured_reader::string() noexcept {
  if (!at('"')) return std::nullopt;
  for (std::size_t i = 1; i < rest_.size(); ++i) {
    const char c = rest_[i];
    if (c == '"') {
      const std::string_view made = rest_.substr(1, i - 1);
      rest_.remove_prefix(i + 1);
      return made;
    }
    if (c < ' ' || c > '~') return std::nullopt;
    if (c != '\\') continue;
    if (++i == rest_.size() || (rest_[i] != '"' && rest_[i] != '\\')) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::int64_t> structured_reader::natural() noexcept {
  constexpr std::size_t digits_max = 15;
  const auto size = static_cast<std::size_t>(
      std::ranges::find_if_not(rest_, [](char c) { return is_digit(c); }) - rest_.begin());
  if (size == 0 || size > digits_max || (size > 1 && rest_.front() == '0')) return std::nullopt;
  const auto made = parse_decimal(rest_.substr(0, size));
  if (!made) return std::nullopt;
  rest_.remove_prefix(size);
  return static_cast<std::int64_t>(*made);
}

std::optional<std::string_view> structured_reader::bytes() noexcept {
  if (!at(':')) return std::nullopt;
  const std::size_t end = rest_.find(':', 1);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view made = rest_.substr(1, end - 1);
  if (!std::ranges::all_of(made, is_base64)) return std::nullopt;
  rest_.remove_prefix(end + 1);
  return made;
}

bool structured_reader::skip_value() noexcept {
  if (at('"')) return string().has_value();
  if (at(':')) return bytes().has_value();
  if (take('?')) return take('0') || take('1');
  const auto size =
      static_cast<std::size_t>(std::ranges::find_if_not(rest_, continues_value) - rest_.begin());
  if (size == 0 || !begins_value(rest_.front())) return false;
  rest_.remove_prefix(size);
  return true;
}

bool structured_reader::next_member(bool& well_formed) noexcept {
  rest_ = trim(rest_);
  well_formed = rest_.empty();
  if (well_formed || !take(',')) return false;
  rest_ = trim(rest_);
  return !rest_.empty();  // a comma at the end is no end
}

}  // namespace ferroway::http
