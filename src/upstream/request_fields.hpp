// The request's fields as the upstream is to see them.
#pragma once

#include "exchange/exchange.hpp"
#include "upstream/upstream.hpp"

namespace ferroway::upstream {

// Once per exchange, before the first try: asks for the upgrade to WebSocket where the client did
// and the route allows it. (Hop-by-hop fields went before the pipeline.)
void prepare_request_fields(exchange& ex);

// Host of what is sent to `target` on behalf of the exchange, as the upstream's `host` says.
std::string_view host_for(const exchange& ex, const upstream& to, const endpoint& target);

// Before each try: Host as the upstream's `host` says.
void set_host(exchange& ex, const upstream& to, const endpoint& target);

// Whether this request goes out as an upgrade (RFC 6455).
bool upgrades(const exchange& ex) noexcept;

}  // namespace ferroway::upstream
