// JSON written into a buffer of fixed size, for log lines: no allocation, and valid whatever bytes
// come in.
//
// Values may hold anything a peer sent. Control characters (DEL and U+0080-U+009F too, which move
// terminals), quotes and backslashes are escaped; what is not UTF-8 becomes U+FFFD, byte by byte.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "base/clock.hpp"
#include "base/put_text.hpp"

namespace ferroway::telemetry {

// Text appended to somebody else's buffer. What does not fit as a whole is left out, and said so by
// truncated().
class bounded_text {
 public:
  explicit bounded_text(std::span<char> into) noexcept
      : begin_(into.data()), at_(begin_), end_(begin_ + into.size()) {}

  bool append(std::string_view text) noexcept {
    if (text.size() > room()) [[unlikely]] {
      truncated_ = true;
      return false;
    }
    at_ = put(at_, text);
    return true;
  }
  bool append_number(std::uint64_t value) noexcept {
    if (decimal_digits(value) > room()) [[unlikely]] {
      truncated_ = true;
      return false;
    }
    at_ = put_decimal(at_, value);
    return true;
  }
  // The inside of a JSON string. Stops, between two characters, when fewer than `keep_free` bytes
  // would be left.
  bool append_escaped(std::string_view text, std::size_t keep_free = 0) noexcept;
  // With three decimals: 1.234
  bool append_milliseconds(duration value) noexcept;

  // There is one.
  void replace_last(char by) noexcept { at_[-1] = by; }

  std::string_view view() const noexcept {
    return {begin_, static_cast<std::size_t>(at_ - begin_)};
  }
  std::size_t room() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  bool truncated() const noexcept { return truncated_; }

 private:
  friend class json_line;
  bool append_with_escapes(std::string_view text, std::size_t keep_free) noexcept;

  char* begin_;
  char* at_;
  char* end_;
  bool truncated_ = false;
};

// What stands before a value: `"status":`, and `"target":"` before a text. Not escaped, so made of
// our own literals only.
template <bool OfText>
class json_key_of {
 public:
  consteval json_key_of(const char* name) {
    begin_[size_++] = '"';
    for (; *name != '\0'; ++name) begin_[size_++] = *name;
    begin_[size_++] = '"';
    begin_[size_++] = ':';
    if (OfText) begin_[size_++] = '"';
  }

 private:
  friend class json_line;
  std::array<char, 32> begin_{};
  std::size_t size_ = 0;
};
using json_key = json_key_of<false>;
using json_text_key = json_key_of<true>;

// One flat JSON object. A text that is too long is cut, a field without room left out; the object
// then ends with `"truncated":true`. The buffer has at least 64 bytes.
class json_line {
 public:
  explicit json_line(std::span<char> into) noexcept : text_(into) { text_.append("{"); }

  void text(const json_text_key& key, std::string_view value) noexcept;
  // Of the field at most `bytes_max` are written, escaped: what follows keeps its room.
  void text(const json_text_key& key, std::string_view value, std::size_t bytes_max) noexcept;
  // A value that needs no escape: a name of the configuration, an address.
  void word(const json_text_key& key, std::string_view value) noexcept;
  void number(const json_key& key, std::uint64_t value) noexcept;
  void boolean(const json_key& key, bool value) noexcept;
  // With three decimals: 1.234
  void milliseconds(const json_key& key, duration value) noexcept;
  void time(const json_text_key& key, wall_time value) noexcept;

  // Once, at the end. Without a newline.
  std::string_view finish() noexcept;

 private:
  // Each field ends with a comma; the last one's becomes the end of the object.
  static constexpr std::string_view cut_mark = "\"truncated\":true}";
  static constexpr std::size_t end_bytes = 1 + 1 + cut_mark.size();  // that a text leaves free
  void text_keeping(const json_text_key& key, std::string_view value,
                    std::size_t keep_free) noexcept;
  // The key, if it, `value_bytes` and a comma fit before the end of the object: where the value is
  // to be written. Null if not.
  template <bool OfText>
  char* begin_field(const json_key_of<OfText>& key, std::size_t value_bytes) noexcept;
  void end_field(char* end) noexcept;  // of a number
  void end_text(char* end) noexcept;

  bounded_text text_;
  bool cut_ = false;
};

}  // namespace ferroway::telemetry
