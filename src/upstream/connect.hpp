// A new connection to an endpoint, within its time.
#pragma once

#include "exchange/exchange.hpp"
#include "upstream/upstream.hpp"

namespace ferroway::upstream {

// Failures are safe to repeat: no byte has gone out. Waits under `scope`.
task<result<lease>> connect(exchange& ex, upstream& to, std::size_t endpoint, duration within,
                            io::cancel_scope& scope);

}  // namespace ferroway::upstream
