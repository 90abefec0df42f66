#include "telemetry/json_text.hpp"

#include <array>
#include <charconv>
#include <cstring>

#include "telemetry/time_text.hpp"

namespace ferroway::telemetry {
namespace {

constexpr bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

constexpr std::array<bool, 256> plain = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < 256; ++c) table[c] = is_plain(static_cast<unsigned char>(c));
  return table;
}();

bool is_continuation(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
}

// Bytes of the well-formed character of two or more bytes at the front (Unicode, table 3-7); 0 if
// there is none.
std::size_t utf8_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const auto second = text.size() > 1 ? static_cast<unsigned char>(text[1]) : 0U;
  if (first >= 0xc2 && first <= 0xdf) return is_continuation(text, 1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned least = first == 0xe0 ? 0xa0 : 0x80;
    const unsigned most = first == 0xed ? 0x9f : 0xbf;
    return second >= least && second <= most && is_continuation(text, 2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned least = first == 0xf0 ? 0x90 : 0x80;
    const unsigned most = first == 0xf4 ? 0x8f : 0xbf;
    return second >= least && second <= most && is_continuation(text, 2) && is_continuation(text, 3)
               ? 4
               : 0;
  }
  return 0;
}

struct escape {
  std::array<char, 6> bytes{};
  std::size_t size = 0;
  explicit escape(char after_backslash) : bytes{'\\', after_backslash}, size(2) {}
  explicit escape(unsigned code) : size(6) {
    constexpr std::string_view digits = "0123456789abcdef";
    bytes = {'\\',
             'u',
             digits[code >> 12 & 15],
             digits[code >> 8 & 15],
             digits[code >> 4 & 15],
             digits[code & 15]};
  }
  operator std::string_view() const { return {bytes.data(), size}; }
};

escape escape_ascii(char c) {
  switch (c) {
    case '"':
    case '\\':
      return escape(c);
    case '\n':
      return escape('n');
    case '\r':
      return escape('r');
    case '\t':
      return escape('t');
    default:
      return escape(static_cast<unsigned>(c));
  }
}

}  // namespace

bool bounded_text::append(std::string_view text) noexcept {
  if (text.size() > room()) {
    truncated_ = true;
    return false;
  }
  if (!text.empty()) std::memcpy(at_, text.data(), text.size());
  at_ += text.size();
  return true;
}

bool bounded_text::append_number(std::uint64_t value) noexcept {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return append({digits.data(), end});
}

bool bounded_text::append_escaped(std::string_view text, std::size_t keep_free) noexcept {
  const std::size_t free = room() > keep_free ? room() - keep_free : 0;
  bounded_text within({at_, free});
  std::size_t at = 0;
  bool fits = true;
  while (fits && at < text.size()) {
    std::size_t run = at;
    while (run < text.size() && plain[static_cast<unsigned char>(text[run])]) ++run;
    if (run != at) {
      const std::string_view piece = text.substr(at, run - at);
      fits = within.append(piece);
      if (!fits) within.append(piece.substr(0, within.room()));
      at = run;
      continue;
    }
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      fits = within.append(escape_ascii(text[at++]));
      continue;
    }
    const std::size_t length = utf8_length(text.substr(at));
    const std::string_view character = text.substr(at, length);
    if (length == 0) {
      fits = within.append(escape(0xfffdU));
    } else if (length == 2 && character[0] == '\xc2' &&
               static_cast<unsigned char>(character[1]) < 0xa0) {
      fits = within.append(escape(static_cast<unsigned>(static_cast<unsigned char>(character[1]))));
    } else {
      fits = within.append(character);
    }
    at += length == 0 ? 1 : length;
  }
  at_ = within.at_;
  truncated_ = truncated_ || !fits;
  return fits;
}

bool json_line::begin_field(std::string_view key, std::size_t value_bytes) noexcept {
  const std::size_t needed = (empty_ ? 0 : 1) + key.size() + 3 + value_bytes + cut_mark.size() + 1;
  if (needed > text_.room()) {
    cut_ = true;
    return false;
  }
  if (!empty_) text_.append(",");
  empty_ = false;
  text_.append("\"");
  text_.append(key);
  text_.append("\":");
  return true;
}

void json_line::text(std::string_view key, std::string_view value) noexcept {
  if (!begin_field(key, 2)) return;
  text_.append("\"");
  if (!text_.append_escaped(value, 1 + cut_mark.size() + 1)) cut_ = true;
  text_.append("\"");
}

void json_line::raw(std::string_view key, std::string_view value) noexcept {
  if (begin_field(key, value.size())) text_.append(value);
}

void json_line::number(std::string_view key, std::uint64_t value) noexcept {
  std::array<char, 20> digits;
  raw(key, {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr});
}

void json_line::boolean(std::string_view key, bool value) noexcept {
  raw(key, value ? "true" : "false");
}

void json_line::milliseconds(std::string_view key, duration value) noexcept {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(value).count();
  const std::uint64_t shown = micros < 0 ? 0 : static_cast<std::uint64_t>(micros);
  std::array<char, 24> digits;
  char* end = std::to_chars(digits.data(), digits.data() + digits.size(), shown / 1000).ptr;
  const auto thousandths = static_cast<unsigned>(shown % 1000);
  *end++ = '.';
  *end++ = static_cast<char>('0' + thousandths / 100);
  *end++ = static_cast<char>('0' + thousandths / 10 % 10);
  *end++ = static_cast<char>('0' + thousandths % 10);
  raw(key, {digits.data(), end});
}

void json_line::time(std::string_view key, wall_time value) noexcept {
  std::array<char, time_text_bytes + 2> quoted;
  quoted.front() = quoted.back() = '"';
  write_time(value, quoted.data() + 1);
  raw(key, {quoted.data(), quoted.size()});
}

std::string_view json_line::finish() noexcept {
  if (cut_) text_.append(empty_ ? cut_mark.substr(1) : cut_mark);
  text_.append("}");
  return text_.view();
}

}  // namespace ferroway::telemetry
