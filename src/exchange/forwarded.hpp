// Who the client is, and what the upstream is told about it.
#pragma once

#include <vector>

#include "exchange/exchange.hpp"
#include "io/address.hpp"

namespace ferroway {

// Sets `client` of the exchange: the socket's peer, or, where that is a trusted proxy, the
// right-most address of X-Forwarded-For that is not one. A client behind no trusted hop cannot
// change it.
//
// Then writes the fields that upstreams rely on: X-Forwarded-For (the peer appended to what a
// trusted proxy said), X-Forwarded-Proto and X-Forwarded-Host (a trusted proxy's own are kept).
// From a peer that is not trusted, Forwarded, X-Request-ID and traceparent are removed.
void identify_client(exchange& ex, const std::vector<io::ip_network>& trusted_proxies);

}  // namespace ferroway
