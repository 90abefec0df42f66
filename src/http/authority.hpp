// host[:port] as it stands in Host and in absolute targets (RFC 3986, 3.2; RFC 9110, 7.2).
#pragma once

#include <string_view>

namespace ferroway::http {

// A reg-name or IPv4 address, or an IPv6 address in brackets, then perhaps a port of at most 65535
// (which may be empty, as RFC 3986 has it). Not empty; no userinfo, no zone, no IPvFuture.
bool is_authority(std::string_view text) noexcept;

}  // namespace ferroway::http
