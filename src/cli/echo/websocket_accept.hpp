// The answer to a WebSocket's key (RFC 6455, 4.2.2).
#pragma once

#include <string>
#include <string_view>

namespace ferroway::echo {

// The Base64 of the SHA-1 of the key and the protocol's GUID.
std::string websocket_accept(std::string_view key);

}  // namespace ferroway::echo
