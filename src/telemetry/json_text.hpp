// JSON written into a buffer of fixed size, for log lines: no allocation, and valid whatever bytes
// come in.
//
// Values may hold anything a peer sent. Control characters (DEL and U+0080-U+009F too, which move
// terminals), quotes and backslashes are escaped; what is not UTF-8 becomes U+FFFD, byte by byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/clock.hpp"

namespace ferroway::telemetry {

// Text appended to somebody else's buffer. What does not fit as a whole is left out, and said so by
// truncated().
class bounded_text {
 public:
  explicit bounded_text(std::span<char> into) noexcept
      : begin_(into.data()), at_(begin_), end_(begin_ + into.size()) {}

  bool append(std::string_view text) noexcept;
  bool append_number(std::uint64_t value) noexcept;
  // The inside of a JSON string. Stops, between two characters, when fewer than `keep_free` bytes
  // would be left.
  bool append_escaped(std::string_view text, std::size_t keep_free = 0) noexcept;

  std::string_view view() const noexcept {
    return {begin_, static_cast<std::size_t>(at_ - begin_)};
  }
  std::size_t room() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  bool truncated() const noexcept { return truncated_; }

 private:
  char* begin_;
  char* at_;
  char* end_;
  bool truncated_ = false;
};

// One flat JSON object. A text that is too long is cut, a field without room left out; the object
// then ends with
// `"truncated":true`. Keys are ours and not escaped. The buffer has at least 64 bytes.
class json_line {
 public:
  explicit json_line(std::span<char> into) noexcept : text_(into) { text_.append("{"); }

  void text(std::string_view key, std::string_view value) noexcept;
  void number(std::string_view key, std::uint64_t value) noexcept;
  void boolean(std::string_view key, bool value) noexcept;
  // With three decimals: 1.234
  void milliseconds(std::string_view key, duration value) noexcept;
  void time(std::string_view key, wall_time value) noexcept;

  // Once, at the end. Without a newline.
  std::string_view finish() noexcept;

 private:
  static constexpr std::string_view cut_mark = ",\"truncated\":true";
  // `"key":` if it and `value_bytes` fit before the end of the object.
  bool begin_field(std::string_view key, std::size_t value_bytes) noexcept;
  void raw(std::string_view key, std::string_view value) noexcept;

  bounded_text text_;
  bool empty_ = true;
  bool cut_ = false;
};

}  // namespace ferroway::telemetry
