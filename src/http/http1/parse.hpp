// From a complete, scanned head to a message (RFC 9112; DESIGN: strict on both sides, ambiguous
// means refused). `head` is what head_scanner found, [begin, end), already in the memory of the
// exchange: the message's views point into it. `memory` holds the field index and what had to be
// rewritten (a normalised path).
//
// Failures of requests: malformed (400), target_too_long (414), head_too_large (431: too many
// fields), unsupported_version (505), unsupported (501: CONNECT; a transfer coding we do not know
// is malformed), expectation_failed (417). Failures of responses: malformed, head_too_large. `side`
// is client for requests, upstream for responses; `detail` says in a few words what is wrong, fit
// for the client.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/arena.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

namespace ferroway::http1 {

struct head_limits {
  std::size_t head_bytes = 32 * 1024;
  std::size_t header_fields = 100;
  std::size_t target_bytes = 8 * 1024;
};

// `into` is fresh. What the peer said and we ignore is taken out of `into.fields`, so that it is
// not passed on: an expectation of HTTP/1.0 or without a body. Where the target is absolute, its
// authority replaces Host's value.
result<void> parse_request_head(std::string_view head, const head_limits& limits, arena& memory,
                                http::request_head& into);

// `to` is the method of the request that is answered: it and the status decide about the body (RFC
// 9112, 6.3). An answer to HEAD and a 304 have framing kind none and keep the Content-Length that
// they state in `into.fields`.
result<void> parse_response_head(std::string_view head, const head_limits& limits, http::method to,
                                 arena& memory, http::response_head& into);

// A trailer section of a chunked body, its final empty line included. Framing, routing and
// hop-by-hop fields in it are dropped (RFC 9110, 6.5.1).
result<void> parse_trailers(std::string_view section, std::size_t fields_max, side from,
                            arena& memory, http::field_list& into);

}  // namespace ferroway::http1
