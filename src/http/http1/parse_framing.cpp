#include "http/http1/parse_framing.hpp"

#include <limits>

#include "base/text.hpp"

namespace ferroway::http1 {
namespace {

using http::field_id;

// Removing what is listed costs a look at every field for every option, so their number is bounded.
constexpr unsigned options_max = 32;

std::unexpected<failure> refuse(side from, const char* why) {
  return fail(fault::malformed, from, why);
}

}  // namespace

result<http::framing> stated_framing(const http::field_list& fields, const field_marks& marks,
                                     http::version spoken, side from) {
  const bool has_length = marks.has(field_id::content_length);
  if (marks.has(field_id::transfer_encoding)) {
    if (has_length) return refuse(from, "both Content-Length and Transfer-Encoding");
    if (spoken == http::version::http_1_0) return refuse(from, "Transfer-Encoding in HTTP/1.0");
    if (marks.repeats(field_id::transfer_encoding)) {
      return refuse(from, "two Transfer-Encoding fields");
    }
    if (!equals_ignoring_case(fields.value(field_id::transfer_encoding), "chunked")) {
      return refuse(from, "a Transfer-Encoding other than chunked");
    }
    return http::framing{.is = http::framing::kind::chunked};
  }
  if (!has_length) return http::framing{};
  if (marks.repeats(field_id::content_length)) return refuse(from, "two Content-Length fields");
  // Peers that count in signed numbers must not read another length than we do.
  constexpr std::uint64_t length_max = std::numeric_limits<std::int64_t>::max();
  const std::optional<std::uint64_t> length = parse_decimal(fields.value(field_id::content_length));
  if (!length || *length > length_max) return refuse(from, "an invalid Content-Length");
  return http::framing{.is = http::framing::kind::length, .length = *length};
}

result<connection_options> connection_options_of(const http::field_list& fields,
                                                 const field_marks& marks, side from) {
  connection_options options;
  if (!marks.has(field_id::connection)) return options;
  unsigned count = 0;
  for (const http::field& item : fields) {
    if (item.id() != field_id::connection) continue;
    std::string_view rest = item.value();
    while (!rest.empty()) {
      if (++count > options_max) return refuse(from, "too many Connection options");
      const std::string_view option = trim(split_off(rest, ','));
      if (equals_ignoring_case(option, "close")) options.close = true;
      if (equals_ignoring_case(option, "keep-alive")) options.keep_alive = true;
      if (equals_ignoring_case(option, "upgrade")) options.upgrade = true;
    }
  }
  return options;
}

result<http::version> parse_version(std::string_view text, side from) {
  if (text == "HTTP/1.1") return http::version::http_1_1;
  if (text == "HTTP/1.0") return http::version::http_1_0;
  constexpr std::size_t version_bytes = 8;
  if (text.size() == version_bytes && text.starts_with("HTTP/") && is_digit(text[5]) &&
      text[6] == '.' && is_digit(text[7])) {
    return fail(fault::unsupported_version, from, "only HTTP/1.0 and HTTP/1.1 are spoken here");
  }
  return refuse(from, "an invalid HTTP version");
}

}  // namespace ferroway::http1
