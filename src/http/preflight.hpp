// CORS preflights (Fetch standard, "CORS-preflight request"): by an OPTIONS request a browser asks
// whether a page may send another. A pure function; any thread.
#pragma once

#include <string_view>

#include "http/message.hpp"

namespace ferroway::http {

// The method of the request that `request` asks about; empty where it is no preflight.
std::string_view announced_method(const request_head& request) noexcept;

}  // namespace ferroway::http
