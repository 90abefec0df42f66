#include "http/http1/parse_fields.hpp"

#include <algorithm>
#include <cstring>

#include "base/text.hpp"
#include "http/characters.hpp"

namespace ferroway::http1 {
namespace {

// What a list of fields can hold, whatever the configuration allows.
constexpr std::size_t fields_max_ever = 60000;

// Why `line`, whose name ends at `name_size`, has no valid name.
const char* why_no_name(std::string_view line, std::size_t name_size) {
  const char first = line.front();
  if (first == ' ' || first == '\t') return "a folded field line";
  if (name_size == line.size()) return "a field line without a colon";
  const char stop = line[name_size];
  if (stop == ':') return "an empty field name";
  if (stop == ' ' || stop == '\t') return "white space in or after a field name";
  return "an invalid byte in a field name";
}

}  // namespace

bool take_line(std::string_view& lines, std::string_view& line) noexcept {
  const std::size_t lf = lines.find('\n');
  if (lf == std::string_view::npos || lf == 0 || lines[lf - 1] != '\r') return false;
  line = lines.substr(0, lf - 1);
  lines.remove_prefix(lf + 1);
  return true;
}

result<field_marks> parse_fields(std::string_view lines, std::size_t fields_max,
                                 std::uint64_t dropped, side from, arena& memory,
                                 http::field_list& into) {
  fields_max = std::min(fields_max, fields_max_ever);
  field_marks marks;
  for (std::size_t count = 0;; ++count) {
    std::string_view line;
    if (!take_line(lines, line)) return fail(fault::malformed, from, "a head without its end");
    if (line.empty()) break;
    if (count == fields_max) return fail(fault::head_too_large, from, "too many fields");
    // No bound is needed: the line's CR, which is there, is no token byte.
    const char* name_end = line.data();
    while (http::in(http::token_bytes, *name_end)) ++name_end;
    const auto name_size = static_cast<std::size_t>(name_end - line.data());
    if (name_size == 0 || name_size == line.size() || line[name_size] != ':') {
      return fail(fault::malformed, from, why_no_name(line, name_size));
    }
    if (name_size > UINT16_MAX) return fail(fault::head_too_large, from, "a field name too long");
    const std::string_view name = line.substr(0, name_size);
    const http::field_id id = http::identify(name);
    marks.add(id);
    if ((dropped & field_marks::bit(id)) != 0) continue;
    into.add(memory, name, trim(line.substr(name_size + 1)), id);
  }
  if (!lines.empty())
    return fail(fault::malformed, from, "a head that does not end in an empty line");
  return marks;
}

}  // namespace ferroway::http1
