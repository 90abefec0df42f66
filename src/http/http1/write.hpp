// Writes heads and chunk framing from the parsed form: nothing of the peer's bytes passes unparsed.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/buffer.hpp"
#include "http/message.hpp"

namespace ferroway::http1 {

// A request line and its fields, as they stand, into a buffer of the right size. `target` is path
// and query, ready to be sent. Fields with an id in `framing_fields` are not taken from `fields`:
// the framing given here is written instead (exactly one of Content-Length, Transfer-Encoding,
// neither), and Connection where `connection` is not empty.
struct request_line {
  std::string_view method;
  std::string_view path;
  std::string_view query;
  bool has_query = false;
};
buffer write_request_head(buffer_pool& pool, const request_line& line,
                          const http::field_list& fields, const http::framing& body,
                          std::string_view connection, std::size_t room_for_body = 0);

// A status line (always HTTP/1.1, RFC 9110 2.5) and its fields. A body of kind none writes no
// framing field; the caller knows when a length may be stated (HEAD: as the fields of the upstream
// said, so pass framing length; 204, 1xx: none).
buffer write_response_head(buffer_pool& pool, std::uint16_t status, std::string_view reason,
                           const http::field_list& fields, const http::framing& body,
                           std::string_view connection, std::size_t room_for_body = 0);

// "1f40\r\n" into `to` (at least 18 bytes); returns its length.
std::size_t write_chunk_size(char* to, std::uint64_t bytes) noexcept;

// "0\r\n" + trailers + "\r\n"
buffer write_last_chunk(buffer_pool& pool, const http::field_list* trailers);

}  // namespace ferroway::http1
