// A small question of the gateway's own to an upstream, while an exchange waits for the answer: by
// the same connections, and repeated by the same rules as a request that is forwarded, but beside
// the exchange's own request: its scopes, body, facts and lease stay as they are. On the exchange's
// worker; ended by the scope that the caller gives.
#pragma once

#include <cstddef>
#include <string_view>

#include "exchange/exchange.hpp"
#include "http/http1/write.hpp"
#include "upstream/upstream.hpp"

namespace ferroway::upstream {

// Of a body that is read.
inline constexpr std::size_t answer_body_bytes_max = std::size_t{64} * 1024;

// In the exchange's memory.
struct question {
  http1::request_line line;
  http::method verb = http::method::get;
  http::field_list fields;  // Host is added
  std::string_view body = {};
  // Nobody needs the answer's body: it is read and dropped.
  bool drops_body = false;
  std::size_t answer_bytes_max = answer_body_bytes_max;
  // Sent again only where a kept connection turns out to have been closed before.
  bool once = false;
};

struct heard_answer {
  http::response_head* head =
      nullptr;            // final, without hop-by-hop fields; in the exchange's memory
  std::string_view body;  // of other than a 2xx
  bool whole = false;     // else the body was too long, or ended short
  time_point head_at{};   // when the head was there
};

// The answer as soon as its head and what is read of its body are there. Failures are those of an
// upstream, and those of the scope.
task<result<heard_answer>> ask(exchange& ex, upstream& of, question& what, io::cancel_scope& scope);

}  // namespace ferroway::upstream
