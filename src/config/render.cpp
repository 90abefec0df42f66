#include <algorithm>

#include "config/load.hpp"
#include "config/masked_line.hpp"
#include "config/source_lines.hpp"

namespace ferroway::config {
namespace {

struct palette {
  const char* strong = "";
  const char* error = "";
  const char* warning = "";
  const char* faint = "";
  const char* off = "";
};

palette palette_for(bool colour) {
  if (!colour) return {};
  return {"\x1b[1m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[2m", "\x1b[0m"};
}

// A line of the file for a terminal: one column a character, no control characters, a window around
// the caret.
struct quoted_line {
  std::string text;
  std::size_t caret = 0;
};

quoted_line quote(std::string_view line, std::size_t column) {
  constexpr std::size_t before_caret_max = 60, columns_max = 100;
  quoted_line made;
  std::size_t begin = 0;
  if (column > before_caret_max) {
    begin = column - before_caret_max;
    while (begin < line.size() && (static_cast<unsigned char>(line[begin]) & 0xC0) == 0x80) ++begin;
    made.text = "...";
  }
  std::size_t columns = made.text.size();
  made.caret = columns;
  for (std::size_t at = begin; at < line.size(); ++columns) {
    if (columns >= columns_max) {
      made.text += "...";
      break;
    }
    const auto byte = static_cast<unsigned char>(line[at]);
    const std::size_t length = utf8_length(line.substr(at, 4));
    const bool control =
        byte < 0x20 || byte == 0x7F ||
        (byte == 0xC2 && length == 2 && static_cast<unsigned char>(line[at + 1]) < 0xA0);
    if (length == 0 || control) {
      made.text += byte == '\t' ? ' ' : '?';
    } else {
      made.text += line.substr(at, length);
    }
    at += std::max<std::size_t>(length, 1);
    if (at <= column) made.caret = columns + 1;
  }
  return made;
}

// Diagnostics come in the order of the file, and one line may have many.
struct shown_line {
  position at = {};
  std::string text = {};
};

void render_line(const diagnostic& what, const source_lines& lines, const palette& colours,
                 shown_line& last, std::string& into) {
  if (last.at.line != what.at.line || last.at.file != what.at.file) {
    last = {what.at, masked_line(lines.line(what.at.line))};
  }
  const std::string& line = last.text;
  const std::size_t column = std::min<std::size_t>(what.at.column - 1, line.size());
  const quoted_line quoted = quote(line, column);
  std::string number = std::to_string(what.at.line);
  if (number.size() < 5) number.insert(0, 5 - number.size(), ' ');
  into += colours.faint + number + " | " + colours.off + quoted.text + "\n";
  into += colours.faint + std::string(number.size(), ' ') + " | " + colours.off +
          std::string(quoted.caret, ' ') + colours.error + "^" + colours.off + "\n";
}

// In lines of at most 100 columns, where its words allow it.
void render_hint(std::string_view hint, std::string& into) {
  constexpr std::size_t columns_max = 90;
  const char* margin = "        = ";
  while (!hint.empty()) {
    std::size_t end = hint.size();
    if (end > columns_max) end = std::min(hint.find(' ', hint.rfind(' ', columns_max)), end);
    into += margin;
    into += hint.substr(0, end);
    into += '\n';
    hint.remove_prefix(std::min(end + 1, hint.size()));
    margin = "          ";
  }
}

}  // namespace

std::string render(const loaded& outcome, bool colour) {
  const palette colours = palette_for(colour);
  std::vector<source_lines> lines;
  lines.reserve(outcome.sources.size());
  for (const source& each : outcome.sources) lines.emplace_back(each.text);
  std::string all;
  shown_line last;
  for (const diagnostic& each : outcome.diagnostics) {
    const bool known = each.at.file < lines.size();
    all += colours.strong;
    if (known) all += outcome.sources[each.at.file].name + ":";
    if (known && each.at.line > 0) {
      all += std::to_string(each.at.line) + ":" + std::to_string(each.at.column) + ":";
    }
    if (known) all += " ";
    const bool error = each.level == severity::error;
    all += std::string(colours.off) + (error ? colours.error : colours.warning) +
           (error ? "error: " : "warning: ") + colours.off + colours.strong + each.message +
           colours.off + "\n";
    if (known && each.at.line > 0) render_line(each, lines[each.at.file], colours, last, all);
    if (!each.hint.empty()) render_hint(each.hint, all);
  }
  return all;
}

}  // namespace ferroway::config
