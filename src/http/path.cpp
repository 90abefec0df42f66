#include "http/path.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.hpp"
#include "http/characters.hpp"

namespace ferroway::http {
namespace {

using ambiguity = path_ambiguities::one;

enum class path_byte : std::uint8_t { plain, slash, dot, percent, backslash, refused };

constexpr std::array<path_byte, 256> make_path_bytes() {
  std::array<path_byte, 256> of{};
  for (std::size_t c = 0; c < of.size(); ++c) {
    of[c] = c <= 0x20 || c >= 0x7F ? path_byte::refused : path_byte::plain;
  }
  for (const char c : {'#', '?'}) of[static_cast<unsigned char>(c)] = path_byte::refused;
  of['\\'] = path_byte::backslash;
  of['/'] = path_byte::slash;
  of['.'] = path_byte::dot;
  of['%'] = path_byte::percent;
  return of;
}
constexpr std::array<path_byte, 256> path_bytes = make_path_bytes();

path_byte class_of(char c) { return path_bytes[static_cast<unsigned char>(c)]; }

std::unexpected<failure> refuse(const char* why) {
  return fail(fault::malformed, side::client, why);
}

enum class form : std::uint8_t { normal, to_rewrite, refused };

// One look at every byte. A dot that begins a segment is rare enough to be left to the rewrite.
form form_of(std::string_view path) {
  form found = form::normal;
  path_byte before = path_byte::plain;
  for (const char c : path) {
    const path_byte is = class_of(c);
    if (is != path_byte::plain) [[unlikely]] {
      if (is == path_byte::refused) return form::refused;
      const bool segment_begins = before == path_byte::slash;
      if (is == path_byte::percent || is == path_byte::backslash ||
          (segment_begins && is != path_byte::plain)) {
        found = form::to_rewrite;
      }
    }
    before = is;
  }
  return found;
}

const char* why_refused(std::string_view path) {
  for (const char c : path) {
    if (class_of(c) != path_byte::refused) continue;
    if (c == '#') return "a fragment in the target";
    return "a control, blank or non-ASCII byte in the target";
  }
  return "a malformed path";
}

void note_ambiguity(char decoded, path_ambiguities& into) {
  if (decoded == '/') into.add(ambiguity::slash);
  if (decoded == '\\') into.add(ambiguity::backslash);
  if (decoded == '\0') into.add(ambiguity::null);
}

// "%C3%a9" to "%C3%A9", "%7e" to "~". Returns the bytes written, 0 when it is refused.
std::size_t rewrite_escape(std::string_view from, char* to, path_ambiguities& ambiguous) {
  if (from.size() < 3) return 0;
  const int high = hex_value(from[1]);
  const int low = hex_value(from[2]);
  if (high < 0 || low < 0) return 0;
  const char decoded = static_cast<char>(high * 16 + low);
  note_ambiguity(decoded, ambiguous);
  if (in(unreserved_bytes, decoded)) {
    to[0] = decoded;
    return 1;
  }
  constexpr std::string_view digits = "0123456789ABCDEF";
  to[0] = '%';
  to[1] = digits[static_cast<std::size_t>(high)];
  to[2] = digits[static_cast<std::size_t>(low)];
  return 3;
}

// ".;x" and "..;x" (in escapes too): servers that cut parameters off see dot segments in them.
bool hides_dots(std::string_view segment) {
  std::size_t dots = 0;
  while (dots < segment.size() && segment[dots] == '.') ++dots;
  if (dots == 0 || dots > 2) return false;
  const std::string_view rest = segment.substr(dots);
  return rest.starts_with(';') || rest.starts_with("%3B");
}

// Writes one segment's normal form at `to`; returns its size, or npos when it is refused.
std::size_t rewrite_segment(std::string_view segment, char* to, path_ambiguities& ambiguous) {
  char* end = to;
  while (!segment.empty()) {
    if (segment.front() == '\\') {
      end += rewrite_escape("%5C", end, ambiguous);
      segment.remove_prefix(1);
      continue;
    }
    if (segment.front() != '%') {
      *end++ = segment.front();
      segment.remove_prefix(1);
      continue;
    }
    const std::size_t written = rewrite_escape(segment, end, ambiguous);
    if (written == 0) return std::string_view::npos;
    end += written;
    segment.remove_prefix(3);
  }
  const auto size = static_cast<std::size_t>(end - to);
  if (hides_dots({to, size})) ambiguous.add(ambiguity::hidden_dots);
  return size;
}

// RFC 3986, 5.2.4, a segment at a time, on a copy that grows by its backslashes alone.
result<normal_path> rewrite(std::string_view path, arena& memory) {
  const auto backslashes = static_cast<std::size_t>(std::ranges::count(path, '\\'));
  char* const begin = memory.allocate_text(path.size() + 2 * backslashes + 1);
  normal_path made;
  char* end = begin;
  *end++ = '/';  // ends with a slash before every segment
  std::string_view rest = path.substr(1);
  while (!rest.empty()) {
    const bool last = rest.find('/') == std::string_view::npos;
    const std::string_view segment = split_off(rest, '/');
    const std::size_t size = rewrite_segment(segment, end, made.ambiguous);
    if (size == std::string_view::npos) return refuse("a malformed percent-encoding in the path");
    const std::string_view written(end, size);
    if (written == "." || written == "..") made.had_dots = true;
    if (written.empty() || written == ".") continue;
    if (written == "..") {
      if (end - begin > 1) --end;
      while (end[-1] != '/') --end;
      continue;
    }
    end += size;
    if (!last) *end++ = '/';
  }
  made.text = {begin, static_cast<std::size_t>(end - begin)};
  return made;
}

}  // namespace

const char* why_ambiguous(path_ambiguities found) noexcept {
  if (found.has(ambiguity::slash)) return "%2F in the path, which no route here allows";
  if (found.has(ambiguity::backslash)) {
    return "a backslash or %5C in the path, which no route here allows";
  }
  if (found.has(ambiguity::null)) return "%00 in the path, which no route here allows";
  return "dots before a `;` in the path, which no route here allows";
}

result<normal_path> normalise_path(std::string_view path, arena& memory) {
  if (path.empty() || path.front() != '/') return refuse("a path that does not begin with a slash");
  switch (form_of(path)) {
    case form::normal:
      return normal_path{path, {}};
    case form::refused:
      return refuse(why_refused(path));
    case form::to_rewrite:
      break;
  }
  return rewrite(path, memory);
}

result<std::string_view> normalise_joined_path(std::string_view path, arena& memory,
                                               path_ambiguities allowed) {
  const result<normal_path> made = normalise_path(path, memory);
  if (!made) return fail(made.error());
  if (made->had_dots) return refuse("a value that makes a dot segment in a path");
  const path_ambiguities unwelcome = made->ambiguous.without(allowed);
  if (!unwelcome.empty()) return refuse(why_ambiguous(unwelcome));
  return made->text;
}

}  // namespace ferroway::http
