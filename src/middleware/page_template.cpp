#include "middleware/page_template.hpp"

#include <array>
#include <cstring>

#include "base/text.hpp"

namespace ferroway {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

// The bytes of the character that `text` begins with; 0 where it is not UTF-8 (RFC 3629).
std::size_t character_bytes(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = at(0);
  if (lead < 0x80) return 1;
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return 0;
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xE0 && at(1) < 0xA0) || (lead == 0xF0 && at(1) < 0x90);
  const bool surrogate = lead == 0xED && at(1) > 0x9F;
  return overlong || surrogate || (lead == 0xF4 && at(1) > 0x8F) ? 0 : bytes;
}

// What stands for a byte of ASCII; empty: itself.
std::string_view html_entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&#34;";
    case '\'':
      return "&#39;";
    case '`':
      return "&#96;";
    default:
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? replacement : std::string_view{};
  }
}

// Every control as \u00XX; of the others also what HTML would take for more than text.
std::string_view json_escape(char c, std::array<char, 6>& room) {
  const bool harmless = static_cast<unsigned char>(c) >= 0x20 && c != 0x7F &&
                        std::string_view("\"\\<>&'").find(c) == std::string_view::npos;
  if (harmless) return {};
  constexpr std::string_view digits = "0123456789abcdef";
  const auto code = static_cast<unsigned char>(c);
  room = {'\\', 'u', '0', '0', digits[code >> 4], digits[code & 15]};
  return {room.data(), room.size()};
}

constexpr std::size_t expansion_max = 6;  // bytes for a byte

// Cut between two characters, where it is too long.
std::string_view shortened(std::string_view value) {
  if (value.size() <= page_template::value_bytes_max) return value;
  std::size_t end = page_template::value_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  return value.substr(0, end);
}

}  // namespace

std::string_view escaped(std::string_view value, config::page_escape how, arena& memory) {
  value = shortened(value);
  char* const begin = memory.allocate_text(value.size() * expansion_max);
  char* to = begin;
  std::array<char, 6> room{};
  while (!value.empty()) {
    const std::size_t bytes = character_bytes(value);
    std::string_view piece = bytes == 0 ? replacement : value.substr(0, bytes);
    if (bytes == 1) {
      const char c = value.front();
      const std::string_view instead = how == config::page_escape::html   ? html_entity(c)
                                       : how == config::page_escape::json ? json_escape(c, room)
                                                                          : std::string_view{};
      if (!instead.empty()) piece = instead;
    }
    std::memcpy(to, piece.data(), piece.size());
    to += piece.size();
    value.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return {begin, static_cast<std::size_t>(to - begin)};
}

page_template::page_template(const config::template_text& from, config::page_escape escape)
    : escape_(escape) {
  for (const config::template_piece& item : from) {
    if (!item.is_variable) {
      pieces_.push_back({item.text});
    } else if (item.text == "response.status") {
      pieces_.push_back({{}, true});
    } else {
      pieces_.push_back({{}, false, variable::parse(item.text)});
    }
  }
}

std::string_view page_template::value_of(const piece& which, exchange& ex,
                                         std::uint16_t status) const {
  if (which.from) return escaped(which.from->value(ex), escape_, ex.memory);
  if (!which.is_status) return which.literal;
  char* digits = ex.memory.allocate_text(3);
  digits[0] = static_cast<char>('0' + status / 100);
  digits[1] = static_cast<char>('0' + status / 10 % 10);
  digits[2] = static_cast<char>('0' + status % 10);
  return {digits, 3};
}

std::string_view page_template::fill(exchange& ex, std::uint16_t status) const {
  if (pieces_.empty()) return {};
  if (pieces_.size() == 1) return value_of(pieces_[0], ex, status);
  auto* values = ex.memory.allocate_array<std::string_view>(pieces_.size());
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    values[i] = value_of(pieces_[i], ex, status);
    bytes += values[i].size();
  }
  char* const begin = ex.memory.allocate_text(bytes);
  char* to = begin;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (!values[i].empty()) std::memcpy(to, values[i].data(), values[i].size());
    to += values[i].size();
  }
  return {begin, bytes};
}

}  // namespace ferroway
