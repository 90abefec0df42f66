// A reply on its way to the client: a head that middlewares may edit until they return it, and a
// body that is pulled.
#pragma once

#include "http/body.hpp"
#include "http/message.hpp"
#include "io/stream.hpp"

namespace ferroway {

// The upstream's side of an upgraded connection (RFC 9110, 7.8): bytes, no longer messages.
struct tunnel {
  io::stream* upstream = nullptr;  // owned by the lease, which lives until the exchange settles
  buffer ready;                    // what the upstream sent behind its 101
};

struct response {
  http::response_head* head = nullptr;  // in the exchange's memory
  http::body body;
  tunnel* upgraded = nullptr;  // set with status 101 only
  bool of_failure = false;     // its body is the gateway's own words for a failure (problem.hpp)
  bool paged = false;          // its body is a page of the configuration (error_pages)
};

}  // namespace ferroway
