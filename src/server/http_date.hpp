// The preferred form of HTTP dates (IMF-fixdate, RFC 9110, 5.6.7).
#pragma once

#include <cstdint>

namespace ferroway::server {

// "Sun, 06 Nov 1994 08:49:37 GMT", 29 characters, into `to`. `second` counts from 1970 in UTC, up
// to the year 9999.
void write_http_date(char* to, std::int64_t second) noexcept;

}  // namespace ferroway::server
