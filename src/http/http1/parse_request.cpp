#include <algorithm>

#include "base/text.hpp"
#include "http/authority.hpp"
#include "http/characters.hpp"
#include "http/http1/parse.hpp"
#include "http/http1/parse_fields.hpp"
#include "http/http1/parse_framing.hpp"
#include "http/path.hpp"

namespace ferroway::http1 {
namespace {

using http::field_id;
using http::request_head;

constexpr std::size_t method_bytes_max = 32;

std::unexpected<failure> refuse(const char* why) {
  return fail(fault::malformed, side::client, why);
}

// Printable ASCII but '#': a fragment is never sent (RFC 9110, 7.1). Paths are checked by
// normalise_path.
constexpr http::byte_class query_bytes =
    http::make_class("!\"$%&'()*+,-./:;<=>?@[\\]^_`{|}~", true);

// RFC 9112, 3: method SP request-target SP HTTP-version, one space each.
result<void> parse_request_line(std::string_view line, const head_limits& limits,
                                request_head& into) {
  std::size_t at = 0;
  while (at < line.size() && http::in(http::token_bytes, line[at])) ++at;
  if (at == 0 || at == line.size() || line[at] != ' ') return refuse("an invalid method");
  if (at > method_bytes_max) return refuse("a method that is too long");
  into.method_text = line.substr(0, at);
  into.verb = http::method_of(into.method_text);

  const std::string_view rest = line.substr(at + 1);
  const std::size_t space = rest.find(' ');
  into.target = rest.substr(0, space);
  if (into.target.empty()) return refuse("an empty target");
  if (into.target.size() > limits.target_bytes) {
    return fail(fault::target_too_long, side::client, "a target that is too long");
  }
  if (space == std::string_view::npos) return refuse("a request line without a version");
  const result<http::version> spoken = parse_version(rest.substr(space + 1), side::client);
  if (!spoken) return fail(spoken.error());
  into.spoken = *spoken;
  return {};
}

// "/path?query", or what is left of an absolute target ("" and "?query" too).
result<void> parse_path_and_query(std::string_view text, arena& memory, request_head& into) {
  const std::size_t mark = text.find('?');
  std::string_view path = text.substr(0, mark);
  if (mark != std::string_view::npos) {
    into.has_query = true;
    into.query = text.substr(mark + 1);
    if (!http::all_in(query_bytes, into.query)) {
      return refuse("a control, blank, non-ASCII or '#' byte in the query");
    }
  }
  if (path.empty()) path = "/";
  const result<http::normal_path> normal = http::normalise_path(path, memory);
  if (!normal) return fail(normal.error());
  into.path = normal->text;
  into.ambiguous = normal->ambiguous;
  return {};
}

// RFC 9112, 3.2.2.
result<void> parse_absolute_form(std::string_view rest, arena& memory, request_head& into) {
  const std::size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
  into.authority = rest.substr(0, authority_end);
  if (into.authority.find('@') != std::string_view::npos)
    return refuse("user information in the target");
  if (!http::is_authority(into.authority)) return refuse("an invalid authority in the target");
  return parse_path_and_query(rest.substr(authority_end), memory, into);
}

// RFC 9112, 3.2. Leaves `authority` empty unless the target has one.
result<void> parse_target(arena& memory, request_head& into) {
  if (into.verb == http::method::connect) {
    return fail(fault::unsupported, side::client, "CONNECT is not offered");
  }
  const std::string_view target = into.target;
  if (target.front() == '/') return parse_path_and_query(target, memory, into);
  if (target == "*") {
    if (into.verb != http::method::options)
      return refuse("the target * with another method than OPTIONS");
    into.path = target;
    return {};
  }
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (equals_ignoring_case(target.substr(0, scheme.size()), scheme)) {
      return parse_absolute_form(target.substr(scheme.size()), memory, into);
    }
  }
  return refuse("an invalid target");
}

// RFC 9112, 3.2: exactly one valid Host; the authority of an absolute target takes its place.
result<void> settle_host(const field_marks& marks, arena& memory, request_head& into) {
  if (marks.repeats(field_id::host)) return refuse("two Host fields");
  if (marks.has(field_id::host)) {
    const std::string_view host = into.fields.value(field_id::host);
    if (!http::is_authority(host)) return refuse("an invalid Host");
    if (into.authority.empty()) into.authority = host;
  } else if (into.spoken == http::version::http_1_1) {
    return refuse("no Host field");
  }
  if (into.target.front() != '/' && into.path != "*") {
    into.fields.set(memory, "Host", into.authority, field_id::host);
  }
  return {};
}

// RFC 9110, 10.1.1. What is ignored must not be passed on either, so the field goes.
result<void> settle_expectation(const field_marks& marks, request_head& into) {
  if (!marks.has(field_id::expect)) return {};
  const bool known = !marks.repeats(field_id::expect) &&
                     equals_ignoring_case(into.fields.value(field_id::expect), "100-continue");
  if (!known) {
    return fail(fault::expectation_failed, side::client, "an expectation other than 100-continue");
  }
  const bool has_body = into.body.is == http::framing::kind::chunked || into.body.length != 0;
  into.expects_continue = has_body && into.spoken != http::version::http_1_0;
  if (!into.expects_continue) into.fields.remove(field_id::expect);
  return {};
}

// RFC 6455, 4.1. Other upgrades are not offered, which means ignored (RFC 9110, 7.8).
result<void> settle_upgrade(const field_marks& marks, bool listed, request_head& into) {
  const bool wanted = marks.has(field_id::upgrade) && !marks.repeats(field_id::upgrade) && listed &&
                      into.verb == http::method::get && into.spoken == http::version::http_1_1 &&
                      equals_ignoring_case(into.fields.value(field_id::upgrade), "websocket") &&
                      into.fields.find("Sec-WebSocket-Key") != nullptr &&
                      into.fields.find("Sec-WebSocket-Version") != nullptr;
  if (!wanted) return {};
  if (into.body.is == http::framing::kind::chunked || into.body.length != 0) {
    return refuse("a body on a WebSocket handshake");
  }
  into.wants_websocket = true;
  return {};
}

}  // namespace

result<void> parse_request_head(std::string_view head, const head_limits& limits, arena& memory,
                                request_head& into) {
  std::string_view lines = head;
  std::string_view line;
  if (!take_line(lines, line)) return refuse("a head without its end");
  if (auto done = parse_request_line(line, limits, into); !done) return done;
  if (auto done = parse_target(memory, into); !done) return done;
  const result<field_marks> marks =
      parse_fields(lines, limits.header_fields, 0, side::client, memory, into.fields);
  if (!marks) return fail(marks.error());
  if (auto done = settle_host(*marks, memory, into); !done) return done;

  const result<http::framing> body = stated_framing(into.fields, *marks, into.spoken, side::client);
  if (!body) return fail(body.error());
  into.body = *body;
  const result<connection_options> options =
      connection_options_of(into.fields, *marks, side::client);
  if (!options) return fail(options.error());
  into.keep_alive = options->persistent(into.spoken);
  if (auto done = settle_expectation(*marks, into); !done) return done;
  return settle_upgrade(*marks, options->upgrade, into);
}

}  // namespace ferroway::http1
