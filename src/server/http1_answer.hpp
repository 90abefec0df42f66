// Writes one answer to an HTTP/1 client (RFC 9112, 6 and 7): its head, then its body as it is
// pulled.
#pragma once

#include "exchange/exchange.hpp"
#include "exchange/response.hpp"

namespace ferroway::server {

// What the connection knows about it.
struct answer_settings {
  io::stream& stream;
  std::string_view date;  // for Date where the answer has none (RFC 9110, 6.6.1)
  duration send_timeout;  // without progress
  bool keep_alive;        // in: may it stay open? out: it does
};

// Sends the head and the whole body. On failure the connection must be closed: the client can tell
// that the answer is short (no last chunk, too few bytes, or a reset where the end of the
// connection ends the body).
task<result<void>> write_answer(exchange& ex, response& reply, answer_settings& how);

// A 1xx head, or the 101 in front of a tunnel.
task<result<void>> write_interim(exchange& ex, const http::response_head& head,
                                 answer_settings& how);

}  // namespace ferroway::server
