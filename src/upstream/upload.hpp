// The request's body on its way to an endpoint, beside the answer that may already come the other
// way.
#pragma once

#include "exchange/exchange.hpp"
#include "upstream/connection.hpp"
#include "upstream/replay_buffer.hpp"

namespace ferroway::upstream {

// Pulls the rest of the request's body from the client and sends it on, framed as the request's
// head said. Runs as the exchange's companion under its upload scope. When the client fails
// (malformed, too slow, too large, gone), the wait for the answer ends with that failure. What goes
// out is kept in `kept` (null: nowhere), and what a try before this one has kept there goes first.
task<> upload_body(exchange& ex, connection& to, replay_buffer* kept);

// From now the time to the answer's head counts: the request's last byte has gone out, or no more
// of it will.
void start_answer_timer(exchange& ex, const connection& to);

// How long an endpoint may take no bytes.
io::patience send_patience(const exchange& ex);

}  // namespace ferroway::upstream
