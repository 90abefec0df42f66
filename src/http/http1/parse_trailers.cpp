#include "http/http1/parse.hpp"
#include "http/http1/parse_fields.hpp"

namespace ferroway::http1 {
namespace {

using http::field_id;

// Nobody may frame, route, authenticate or describe a message after the fact (RFC 9110, 6.5.1).
constexpr std::uint64_t bits_of_dropped() {
  std::uint64_t bits = 0;
  for (const field_id id : {field_id::access_control_request_method,
                            field_id::authorization,
                            field_id::connection,
                            field_id::content_encoding,
                            field_id::content_length,
                            field_id::content_type,
                            field_id::cookie,
                            field_id::expect,
                            field_id::forwarded,
                            field_id::host,
                            field_id::http2_settings,
                            field_id::keep_alive,
                            field_id::location,
                            field_id::origin,
                            field_id::proxy_authenticate,
                            field_id::proxy_authorization,
                            field_id::proxy_connection,
                            field_id::te,
                            field_id::traceparent,
                            field_id::trailer,
                            field_id::transfer_encoding,
                            field_id::upgrade,
                            field_id::via,
                            field_id::x_forwarded_for,
                            field_id::x_forwarded_host,
                            field_id::x_forwarded_proto,
                            field_id::x_request_id}) {
    bits |= field_marks::bit(id);
  }
  return bits;
}

}  // namespace

result<void> parse_trailers(std::string_view section, std::size_t fields_max, side from,
                            arena& memory, http::field_list& into) {
  const result<field_marks> marks =
      parse_fields(section, fields_max, bits_of_dropped(), from, memory, into);
  if (!marks) return fail(marks.error());
  return {};
}

}  // namespace ferroway::http1
