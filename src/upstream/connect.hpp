// A new connection to an endpoint, within its time.
#pragma once

#include "exchange/exchange.hpp"
#include "upstream/upstream.hpp"

namespace ferroway::upstream {

// A pooled connection that fails sooner than this was stale: its peer had closed it before the
// request came. One that fails later had the request, and the endpoint failed.
inline constexpr duration stale_within = std::chrono::milliseconds(100);

// Failures are safe to repeat: no byte has gone out. Waits under `scope`.
task<result<lease>> connect(exchange& ex, upstream& to, std::size_t endpoint, duration within,
                            io::cancel_scope& scope);

}  // namespace ferroway::upstream
