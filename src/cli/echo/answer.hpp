// What the demo backend says, as text: heads and JSON documents.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/failure.hpp"
#include "cli/echo/request.hpp"
#include "cli/echo/server.hpp"

namespace ferroway::echo {

// Everything that was received, and who received it.
std::string describe(const request& received, const server& by, std::string_view client);
// {"name": ..., "error": ...}
std::string describe_error(const server& by, std::string_view what);

// The status that a request refused with `why` deserves.
std::uint16_t status_of(const failure& why);

// A whole head with its empty line. 204 and 304 state no length (RFC 9110, 8.6).
std::string answer_head(std::uint16_t status, std::string_view type, std::uint64_t length,
                        bool keep_alive);

// The head that accepts a WebSocket (RFC 6455, 4.2.2) whose client sent `key`.
std::string websocket_head(std::string_view key);

}  // namespace ferroway::echo
