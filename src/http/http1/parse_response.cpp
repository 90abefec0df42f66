#include "base/text.hpp"
#include "http/http1/parse.hpp"
#include "http/http1/parse_fields.hpp"
#include "http/http1/parse_framing.hpp"

namespace ferroway::http1 {
namespace {

using http::framing;
using http::response_head;

std::unexpected<failure> refuse(const char* why) {
  return fail(fault::malformed, side::upstream, why);
}

// RFC 9112, 4: HTTP-version SP 3DIGIT SP [reason]. The last space may be missing with the reason.
result<void> parse_status_line(std::string_view line, response_head& into) {
  constexpr std::size_t version_bytes = 8;
  constexpr std::size_t status_at = version_bytes + 1;
  constexpr std::size_t status_end = status_at + 3;
  const result<http::version> spoken = parse_version(line.substr(0, version_bytes), side::upstream);
  if (!spoken) return refuse("an invalid or unsupported HTTP version in the answer");
  into.spoken = *spoken;
  if (line.size() < status_end || line[version_bytes] != ' ')
    return refuse("an invalid status line");
  unsigned status = 0;
  for (const char c : line.substr(status_at, 3)) {
    if (!is_digit(c)) return refuse("an invalid status");
    status = status * 10 + static_cast<unsigned>(c - '0');
  }
  if (status < 100 || status > 599) return refuse("a status outside of 100 to 599");
  into.status = static_cast<std::uint16_t>(status);
  if (line.size() == status_end) return {};
  if (line[status_end] != ' ') return refuse("an invalid status line");
  into.reason = line.substr(status_end + 1);
  return {};
}

// RFC 9112, 6.3, rules 1 to 8. `stated` is what the fields say.
void settle_body(const framing& stated, http::method to, response_head& into) {
  const bool never_has_one = into.status < 200 || into.status == 204;
  if (never_has_one || into.status == 304 || to == http::method::head) {
    into.body = {};
    // It should not have said so (RFC 9112, 6.1), and may well send what it said.
    const bool says_otherwise = stated.is == framing::kind::chunked || stated.length != 0;
    if (never_has_one && says_otherwise) into.keep_alive = false;
    return;
  }
  into.body = stated;
  if (stated.is == framing::kind::none) {
    into.body.is = framing::kind::until_close;
    into.keep_alive = false;
  }
}

}  // namespace

result<void> parse_response_head(std::string_view head, const head_limits& limits, http::method to,
                                 arena& memory, response_head& into) {
  std::string_view lines = head;
  std::string_view line;
  if (!take_line(lines, line)) return refuse("a head without its end");
  if (auto done = parse_status_line(line, into); !done) return done;
  const result<field_marks> marks =
      parse_fields(lines, limits.header_fields, 0, side::upstream, memory, into.fields);
  if (!marks) return fail(marks.error());
  const result<framing> stated = stated_framing(into.fields, *marks, into.spoken, side::upstream);
  if (!stated) return fail(stated.error());
  const result<connection_options> options =
      connection_options_of(into.fields, *marks, side::upstream);
  if (!options) return fail(options.error());
  into.keep_alive = options->persistent(into.spoken);
  settle_body(*stated, to, into);
  return {};
}

}  // namespace ferroway::http1
