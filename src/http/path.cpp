#include "http/path.hpp"

#include <array>
#include <cstdint>

#include "base/text.hpp"
#include "http/characters.hpp"

namespace ferroway::http {
namespace {

enum class path_byte : std::uint8_t { plain, slash, dot, percent, refused };

constexpr std::array<path_byte, 256> make_path_bytes() {
  std::array<path_byte, 256> of{};
  for (std::size_t c = 0; c < of.size(); ++c) {
    of[c] = c <= 0x20 || c >= 0x7F ? path_byte::refused : path_byte::plain;
  }
  for (const char c : {'\\', '#', '?'}) of[static_cast<unsigned char>(c)] = path_byte::refused;
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
      if (is == path_byte::percent || (segment_begins && is != path_byte::plain)) {
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
    if (c == '\\') return "a backslash in the path";
    if (c == '#') return "a fragment in the target";
    return "a control, blank or non-ASCII byte in the target";
  }
  return "a malformed path";
}

// "%C3%a9" to "%C3%A9", "%7e" to "~". Returns the bytes written, 0 when it is refused.
std::size_t rewrite_escape(std::string_view from, char* to) {
  if (from.size() < 3) return 0;
  const int high = hex_value(from[1]);
  const int low = hex_value(from[2]);
  if (high < 0 || low < 0) return 0;
  const char decoded = static_cast<char>(high * 16 + low);
  if (decoded == '/' || decoded == '\\' || decoded == '\0') return 0;
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
std::size_t rewrite_segment(std::string_view segment, char* to) {
  char* end = to;
  while (!segment.empty()) {
    if (segment.front() != '%') {
      *end++ = segment.front();
      segment.remove_prefix(1);
      continue;
    }
    const std::size_t written = rewrite_escape(segment, end);
    if (written == 0) return std::string_view::npos;
    end += written;
    segment.remove_prefix(3);
  }
  const auto size = static_cast<std::size_t>(end - to);
  return hides_dots({to, size}) ? std::string_view::npos : size;
}

// RFC 3986, 5.2.4, a segment at a time, on a copy that never grows.
result<std::string_view> rewrite(std::string_view path, arena& memory) {
  char* const begin = memory.allocate_text(path.size() + 1);
  char* end = begin;
  *end++ = '/';  // ends with a slash before every segment
  std::string_view rest = path.substr(1);
  while (!rest.empty()) {
    const bool last = rest.find('/') == std::string_view::npos;
    const std::string_view segment = split_off(rest, '/');
    const std::size_t size = rewrite_segment(segment, end);
    if (size == std::string_view::npos) {
      return refuse(
          "a path that others may read as another one (%2F, %5C, %00, '..;', a bad escape)");
    }
    const std::string_view written(end, size);
    if (written.empty() || written == ".") continue;
    if (written == "..") {
      if (end - begin > 1) --end;
      while (end[-1] != '/') --end;
      continue;
    }
    end += size;
    if (!last) *end++ = '/';
  }
  return std::string_view(begin, static_cast<std::size_t>(end - begin));
}

}  // namespace

result<std::string_view> normalise_path(std::string_view path, arena& memory) {
  if (path.empty() || path.front() != '/') return refuse("a path that does not begin with a slash");
  switch (form_of(path)) {
    case form::normal:
      return path;
    case form::refused:
      return refuse(why_refused(path));
    case form::to_rewrite:
      break;
  }
  return rewrite(path, memory);
}

}  // namespace ferroway::http
