#include "telemetry/json_text.hpp"

#include <algorithm>
#include <array>
#include <cassert>
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

using word = std::uint64_t;

word load(const char* from) noexcept {
  word loaded = 0;
  std::memcpy(&loaded, from, sizeof loaded);
  return loaded;
}

// Whether all of its bytes are plain (Mycroft's test for a byte of zero). May say no where they
// are.
bool are_plain(word bytes) noexcept {
  constexpr word each = 0x0101010101010101U;
  constexpr word high = each * 0x80;
  const auto has = [&](unsigned char byte) {
    const word zero_there = bytes ^ (each * byte);
    return (zero_there - each) & ~zero_there;
  };
  const word below_space = (bytes - each * 0x20) & ~bytes;
  return ((bytes | below_space | has(0x7f) | has('"') | has('\\')) & high) == 0;
}

// Up to the first byte that is not plain; how many were. `to` has room for all of the text.
std::size_t copy_plain(char* to, std::string_view text) noexcept {
  const char* const from = text.data();
  std::size_t at = 0;
  for (; at + sizeof(word) <= text.size(); at += sizeof(word)) {
    const word bytes = load(from + at);
    if (!are_plain(bytes)) break;
    std::memcpy(to + at, &bytes, sizeof bytes);
  }
  // The rest again with some of what was plain before it.
  if (at != 0 && at < text.size() && text.size() - at < sizeof(word)) {
    const std::size_t last = text.size() - sizeof(word);
    const word bytes = load(from + last);
    if (are_plain(bytes)) {
      std::memcpy(to + last, &bytes, sizeof bytes);
      return text.size();
    }
  }
  for (; at < text.size() && plain[static_cast<unsigned char>(text[at])]; ++at) to[at] = from[at];
  return at;
}

// From `at` on.
std::size_t end_of_plain(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && plain[static_cast<unsigned char>(text[at])]) ++at;
  return at;
}

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

// Milliseconds with three decimals; nothing is below zero.
class thousandths_text {
 public:
  explicit thousandths_text(duration value) noexcept {
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(value).count();
    const std::uint64_t shown = micros < 0 ? 0 : static_cast<std::uint64_t>(micros);
    whole_ = shown / 1000;
    thousandths_ = static_cast<unsigned>(shown % 1000);
  }
  std::size_t size() const noexcept { return decimal_digits(whole_) + 4; }
  char* put_at(char* to) const noexcept {
    to = put_decimal(to, whole_);
    *to++ = '.';
    *to++ = static_cast<char>('0' + thousandths_ / 100);
    *to++ = static_cast<char>('0' + thousandths_ / 10 % 10);
    *to++ = static_cast<char>('0' + thousandths_ % 10);
    return to;
  }

 private:
  std::uint64_t whole_;
  unsigned thousandths_;
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

bool bounded_text::append_milliseconds(duration value) noexcept {
  const thousandths_text shown(value);
  if (shown.size() > room()) {
    truncated_ = true;
    return false;
  }
  at_ = shown.put_at(at_);
  return true;
}

bool bounded_text::append_escaped(std::string_view text, std::size_t keep_free) noexcept {
  if (text.size() + keep_free <= room()) [[likely]] {
    const std::size_t plain_bytes = copy_plain(at_, text);
    at_ += plain_bytes;
    if (plain_bytes == text.size()) [[likely]]
      return true;
    text.remove_prefix(plain_bytes);
  }
  return append_with_escapes(text, keep_free);
}

bool bounded_text::append_with_escapes(std::string_view text, std::size_t keep_free) noexcept {
  const std::size_t free = room() > keep_free ? room() - keep_free : 0;
  bounded_text within({at_, free});
  std::size_t at = 0;
  bool fits = true;
  while (fits && at < text.size()) {
    const std::size_t run = end_of_plain(text, at);
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

template <bool OfText>
char* json_line::begin_field(const json_key_of<OfText>& key, std::size_t value_bytes) noexcept {
  const std::size_t room = text_.room();
  if (key.size_ + value_bytes + 1 + cut_mark.size() > room) [[unlikely]] {
    cut_ = true;
    return nullptr;
  }
  // Where there is room, all of it: a copy of a known size needs no call.
  if (room < key.begin_.size()) [[unlikely]] {
    return put(text_.at_, {key.begin_.data(), key.size_});
  }
  std::memcpy(text_.at_, key.begin_.data(), key.begin_.size());
  return text_.at_ + key.size_;
}

inline void json_line::end_field(char* end) noexcept {
  *end = ',';
  text_.at_ = end + 1;
}

inline void json_line::end_text(char* end) noexcept {
  *end = '"';
  end_field(end + 1);
}

void json_line::text(const json_text_key& key, std::string_view value) noexcept {
  text_keeping(key, value, end_bytes);
}

void json_line::text(const json_text_key& key, std::string_view value,
                     std::size_t bytes_max) noexcept {
  const std::size_t room = text_.room();
  text_keeping(key, value, std::max(room > bytes_max ? room - bytes_max : 0, end_bytes));
}

void json_line::text_keeping(const json_text_key& key, std::string_view value,
                             std::size_t keep_free) noexcept {
  char* const to = begin_field(key, 1);
  if (to == nullptr) return;
  text_.at_ = to;
  if (!text_.append_escaped(value, keep_free)) cut_ = true;
  end_text(text_.at_);
}

void json_line::word(const json_text_key& key, std::string_view value) noexcept {
  assert(end_of_plain(value, 0) == value.size());
  if (char* to = begin_field(key, value.size() + 1)) end_text(put(to, value));
}

void json_line::number(const json_key& key, std::uint64_t value) noexcept {
  if (char* to = begin_field(key, decimal_digits(value))) end_field(put_decimal(to, value));
}

void json_line::boolean(const json_key& key, bool value) noexcept {
  if (char* to = begin_field(key, 5)) end_field(put(to, value ? "true" : "false"));
}

void json_line::milliseconds(const json_key& key, duration value) noexcept {
  const thousandths_text shown(value);
  if (char* to = begin_field(key, shown.size())) end_field(shown.put_at(to));
}

void json_line::time(const json_text_key& key, wall_time value) noexcept {
  char* const to = begin_field(key, time_text_bytes + 1);
  if (to == nullptr) return;
  write_time(value, to);
  end_text(to + time_text_bytes);
}

std::string_view json_line::finish() noexcept {
  if (cut_) {
    text_.append(cut_mark);
  } else if (text_.view().size() == 1) {
    text_.append("}");
  } else {
    text_.replace_last('}');
  }
  return text_.view();
}

}  // namespace ferroway::telemetry
