#include "config/source_lines.hpp"

#include <algorithm>

namespace ferroway::config {
namespace {

unsigned char byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

bool continues(std::string_view text, std::size_t at) {
  return at < text.size() && (byte_at(text, at) & 0xC0) == 0x80;
}

// The bytes of the line end at `at`, 0 where there is none.
std::size_t line_end_length(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == '\n') return 1;
  if (c == '\r') return at + 1 < text.size() && text[at + 1] == '\n' ? 2 : 1;
  if (c == '\xC2' && text.substr(at, 2) == "\xC2\x85") return 2;
  if (c == '\xE2') {
    const std::string_view three = text.substr(at, 3);
    if (three == "\xE2\x80\xA8" || three == "\xE2\x80\xA9") return 3;
  }
  return 0;
}

}  // namespace

std::size_t utf8_length(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const unsigned char first = byte_at(text, 0);
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return continues(text, 1) ? 2 : 0;
  if (!continues(text, 1)) return 0;
  const unsigned char second = byte_at(text, 1);
  if (first < 0xF0) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second > 0x9F;
    return !overlong && !surrogate && continues(text, 2) ? 3 : 0;
  }
  if (first > 0xF4) return 0;
  const bool overlong = first == 0xF0 && second < 0x90;
  const bool too_high = first == 0xF4 && second > 0x8F;
  return !overlong && !too_high && continues(text, 2) && continues(text, 3) ? 4 : 0;
}

std::optional<std::size_t> invalid_utf8(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = utf8_length(text.substr(at, 4));
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

source_lines::source_lines(std::string_view text) : text_(text), starts_{0} {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = line_end_length(text, at);
    at += std::max<std::size_t>(length, 1);
    if (length > 0) starts_.push_back(static_cast<std::uint32_t>(at));
  }
}

std::string_view source_lines::line(std::size_t number) const noexcept {
  if (number == 0 || number > starts_.size()) return {};
  const std::size_t begin = starts_[number - 1];
  std::size_t end = begin;
  while (end < text_.size() && line_end_length(text_, end) == 0) ++end;
  return text_.substr(begin, end - begin);
}

position source_lines::of_offset(std::size_t offset) const noexcept {
  const auto after = std::ranges::upper_bound(starts_, static_cast<std::uint32_t>(offset));
  const auto line = static_cast<std::size_t>(after - starts_.begin());
  return {0, static_cast<std::uint32_t>(line),
          static_cast<std::uint32_t>(offset - starts_[line - 1] + 1)};
}

position source_lines::of_mark(std::size_t line, std::size_t column) noexcept {
  if (line >= starts_.size()) return of_offset(text_.size());
  if (line != walked_line_ || column < walked_characters_) {
    walked_line_ = line;
    walked_characters_ = walked_bytes_ = 0;
  }
  std::string_view rest = text_.substr(starts_[line] + walked_bytes_);
  while (walked_characters_ < column && !rest.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(rest.substr(0, 4)), 1);
    rest.remove_prefix(length);
    walked_bytes_ += length;
    ++walked_characters_;
  }
  return {0, static_cast<std::uint32_t>(line + 1), static_cast<std::uint32_t>(walked_bytes_ + 1)};
}

}  // namespace ferroway::config
