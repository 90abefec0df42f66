// Carries bytes both ways between a client and an upstream after an upgrade (RFC 9110, 7.8), until
// both have ended their side, one fails, or nothing has moved for the route's tunnel timeout.
#pragma once

#include "exchange/exchange.hpp"
#include "exchange/response.hpp"

namespace ferroway::server {

// `from_client` is what the client sent behind its request.
task<result<void>> pump_tunnel(exchange& ex, tunnel& through, io::stream& client,
                               buffer from_client);

}  // namespace ferroway::server
