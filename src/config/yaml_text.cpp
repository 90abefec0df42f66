#include "config/yaml_text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/source_lines.hpp"

namespace ferroway::config {
namespace {

std::uint32_t decode(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first;
  std::uint32_t value = first & (0xFFU >> (sequence.size() + 1));
  for (const char c : sequence.substr(1))
    value = value << 6 | (static_cast<unsigned char>(c) & 0x3F);
  return value;
}

// Characters that YAML does not take as they are, or takes for line ends.
bool must_escape(std::uint32_t code) {
  constexpr std::array<std::uint32_t, 5> unusual{0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF};
  return code < 0x20 || (code >= 0x7F && code < 0xA0) ||
         std::ranges::find(unusual, code) != unusual.end();
}

void append_escaped(std::string_view text, std::string& into) {
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text.substr(0, 4)), 1);
    const std::string_view sequence = text.substr(0, length);
    const std::uint32_t code = decode(sequence);
    if (sequence == "\"" || sequence == "\\") {
      into += '\\';
      into += sequence;
    } else if (code == '\n') {
      into += "\\n";
    } else if (must_escape(code)) {
      into += code < 0x100 ? fmt::format("\\x{:02x}", code) : fmt::format("\\u{:04x}", code);
    } else {
      into += sequence;
    }
    text.remove_prefix(length);
  }
}

void append_literal(std::string_view text, std::string& into) {
  for (std::size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${")) {
    append_escaped(text.substr(0, at), into);
    into += "$${";
    text.remove_prefix(at + 2);
  }
  append_escaped(text, into);
}

}  // namespace

std::string yaml_quoted(std::string_view text) {
  std::string quoted = "\"";
  append_literal(text, quoted);
  quoted += '"';
  return quoted;
}

std::string yaml_as_written(std::string_view text) {
  std::string quoted = "\"";
  append_escaped(text, quoted);
  quoted += '"';
  return quoted;
}

std::string yaml_word(std::string_view text) {
  constexpr std::array<std::string_view, 10> reserved{"on",   "off",   "yes",  "no", "y",
                                                      "true", "false", "null", "n",  "auto"};
  const bool simple =
      !text.empty() && is_alpha(text.front()) && std::ranges::all_of(text, [](char c) {
        return is_alpha(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
      });
  if (!simple || std::ranges::find(reserved, lower_case(text)) != reserved.end()) {
    return yaml_quoted(text);
  }
  return std::string(text);
}

std::string yaml_template(const template_text& text) {
  std::string quoted = "\"";
  for (const template_piece& piece : text) {
    if (piece.is_variable) {
      quoted += "${";
      append_escaped(piece.text, quoted);
      quoted += "}";
    } else if (!piece.origin.empty()) {
      append_escaped(piece.origin, quoted);
    } else {
      append_literal(piece.text, quoted);
    }
  }
  quoted += '"';
  return quoted;
}

std::string yaml_list(const std::vector<std::string>& items) {
  std::string all = "[";
  for (const std::string& item : items) {
    if (all.size() > 1) all += ", ";
    all += item;
  }
  return all + "]";
}

std::string yaml_network(const io::ip_network& from) {
  const bool v4 = from.base.is_v4() && from.prefix_bits >= 96;
  return from.base.text() + "/" + std::to_string(v4 ? from.prefix_bits - 96 : from.prefix_bits);
}

}  // namespace ferroway::config
