// Fields that are for one connection only (RFC 9110, 7.6.1).
#pragma once

#include "http/fields.hpp"

namespace ferroway::http {

// Removes Connection, Keep-Alive, Proxy-Connection, TE, Trailer, Transfer-Encoding, Upgrade,
// HTTP2-Settings, Proxy-Authenticate, Proxy-Authorization, and every field that Connection lists.
// Framing (Content-Length), Host and other end-to-end fields that this gateway needs cannot be
// removed by being listed.
void remove_hop_by_hop(field_list& fields) noexcept;

}  // namespace ferroway::http
