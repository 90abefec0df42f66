#include "http/http1/write.hpp"

#include <bit>

#include "base/put_text.hpp"

namespace ferroway::http1 {
namespace {

using http::field_id;
using http::framing;
using std::string_view;

constexpr string_view crlf = "\r\n";
constexpr string_view colon = ": ";
constexpr string_view length_name = "Content-Length: ";
constexpr string_view chunked_line = "Transfer-Encoding: chunked\r\n";
constexpr string_view connection_name = "Connection: ";

bool is_framing_field(field_id id) noexcept {
  return id == field_id::content_length || id == field_id::transfer_encoding ||
         id == field_id::connection;
}

char* put_fields(char* to, const http::field_list& fields) noexcept {
  for (const http::field& item : fields) {
    if (is_framing_field(item.id())) continue;
    to = put(to, item.name());
    to = put(to, colon);
    to = put(to, item.value());
    to = put(to, crlf);
  }
  return to;
}

// What is written instead of the framing fields, and the empty line.
struct head_end {
  framing body;
  string_view connection;

  std::size_t size() const noexcept {
    std::size_t bytes = crlf.size();
    if (body.is == framing::kind::chunked) bytes += chunked_line.size();
    if (body.is == framing::kind::length) {
      bytes += length_name.size() + decimal_digits(body.length) + crlf.size();
    }
    if (!connection.empty()) bytes += connection_name.size() + connection.size() + crlf.size();
    return bytes;
  }

  char* put_at(char* to) const noexcept {
    if (body.is == framing::kind::chunked) to = put(to, chunked_line);
    if (body.is == framing::kind::length) {
      to = put(put_decimal(put(to, length_name), body.length), crlf);
    }
    if (!connection.empty()) to = put(put(put(to, connection_name), connection), crlf);
    return put(to, crlf);
  }
};

}  // namespace

buffer write_request_head(buffer_pool& pool, const request_line& line,
                          const http::field_list& fields, const framing& body,
                          string_view connection, std::size_t room_for_body) {
  constexpr string_view version = " HTTP/1.1\r\n";
  const head_end last{body, connection};
  const std::size_t query_bytes = line.has_query ? 1 + line.query.size() : 0;
  const std::size_t bytes_max = line.method.size() + 1 + line.path.size() + query_bytes +
                                version.size() + fields.line_bytes() + last.size();
  buffer head = pool.acquire(bytes_max + room_for_body);
  char* const begin = head.room().data();
  char* to = begin;
  to = put(to, line.method);
  *to++ = ' ';
  to = put(to, line.path);
  if (line.has_query) {
    *to++ = '?';
    to = put(to, line.query);
  }
  to = put(to, version);
  to = last.put_at(put_fields(to, fields));
  head.grew(static_cast<std::size_t>(to - begin));
  return head;
}

buffer write_response_head(buffer_pool& pool, std::uint16_t status, string_view reason,
                           const http::field_list& fields, const framing& body,
                           string_view connection, std::size_t room_for_body) {
  constexpr string_view version = "HTTP/1.1 ";
  constexpr std::size_t status_bytes = 3;
  head_end last{body, connection};
  const std::size_t bytes_max = version.size() + status_bytes + 1 + reason.size() + crlf.size() +
                                fields.line_bytes() + last.size();
  buffer head = pool.acquire(bytes_max + room_for_body);
  char* const begin = head.room().data();
  char* to = put(begin, version);
  *to++ = static_cast<char>('0' + status / 100 % 10);
  *to++ = static_cast<char>('0' + status / 10 % 10);
  *to++ = static_cast<char>('0' + status % 10);
  *to++ = ' ';
  to = put(put(to, reason), crlf);
  to = last.put_at(put_fields(to, fields));
  head.grew(static_cast<std::size_t>(to - begin));
  return head;
}

std::size_t write_chunk_size(char* to, std::uint64_t bytes) noexcept {
  constexpr string_view digits = "0123456789abcdef";
  const auto bits = static_cast<std::size_t>(std::bit_width(bytes | 1));
  const std::size_t size = (bits + 3) / 4;
  for (std::size_t i = size; i-- > 0; bytes >>= 4) to[i] = digits[bytes & 0xF];
  put(to + size, crlf);
  return size + crlf.size();
}

buffer write_last_chunk(buffer_pool& pool, const http::field_list* trailers) {
  constexpr string_view last = "0\r\n";
  const std::size_t fields_bytes_max = trailers == nullptr ? 0 : trailers->line_bytes();
  buffer written = pool.acquire(last.size() + fields_bytes_max + crlf.size());
  char* const begin = written.room().data();
  char* to = put(begin, last);
  if (trailers != nullptr) to = put_fields(to, *trailers);
  written.grew(static_cast<std::size_t>(put(to, crlf) - begin));
  return written;
}

}  // namespace ferroway::http1
