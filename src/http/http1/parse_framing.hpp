// What the fields of a message say about its body and its connection (RFC 9112, 6 and 9.3).
#pragma once

#include "base/result.hpp"
#include "http/http1/parse_fields.hpp"
#include "http/message.hpp"

namespace ferroway::http1 {

// The framing that the fields state, kind none if they state none. Exactly one reading or
// malformed: one Content-Length of digits only, or one Transfer-Encoding of `chunked` only (never
// in HTTP/1.0), not both.
result<http::framing> stated_framing(const http::field_list& fields, const field_marks& marks,
                                     http::version spoken, side from);

struct connection_options {
  bool close = false;
  bool keep_alive = false;
  bool upgrade = false;

  bool persistent(http::version spoken) const noexcept {
    return !close && (spoken == http::version::http_1_1 || keep_alive);
  }
};
// Malformed when there are more options than any peer has use for.
result<connection_options> connection_options_of(const http::field_list& fields,
                                                 const field_marks& marks, side from);

// "HTTP/1.1" and "HTTP/1.0"; others of the form HTTP/x.y are unsupported_version, the rest is
// malformed.
result<http::version> parse_version(std::string_view text, side from);

}  // namespace ferroway::http1
