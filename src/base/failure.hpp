// What went wrong, on which side, and whether trying again is safe.
//
// Failures are values (result.hpp): nothing on the data path throws. They are made where a peer's
// bytes or the kernel disappoint us; exactly one table (exchange/problem.hpp) turns one into a
// status.
#pragma once

#include <cstdint>
#include <string_view>

namespace ferroway {

enum class fault : std::uint8_t {
  cancelled,      // somebody above no longer wants this
  timed_out,      // a deadline passed
  end_of_stream,  // the peer ended the stream where more was due
  reset,          // the peer (or the network) tore the connection down
  refused,        // nobody listens there
  unreachable,    // no route, no such host, no such socket file
  address_in_use,
  permission_denied,
  out_of_descriptors,   // EMFILE, ENFILE, ENOBUFS, ENOMEM; no local port to connect from
  malformed,            // the peer's bytes break the protocol
  head_too_large,       // RFC 6585: 431
  target_too_long,      // RFC 9110: 414
  body_too_large,       // RFC 9110: 413
  unsupported_version,  // RFC 9110: 505
  unsupported,          // understood, and not done here (501)
  expectation_failed,   // RFC 9110: 417
  unauthorized,         // RFC 9110: 401
  forbidden,            // RFC 9110: 403
  no_route,             // no route takes this host and path
  method_not_allowed,   // a route takes the path, none the method
  too_many_requests,    // RFC 6585: 429
  overloaded,           // a limit of ours is reached
  undecided,            // what it takes to decide about a request is not at hand yet
  no_endpoint,          // an upstream without an endpoint to try
  internal,             // our bug, or a system call that cannot fail and did
};

enum class side : std::uint8_t { local, client, upstream };

// A judgement of a whole request, whose bytes are in order: its body can be read to its end.
constexpr bool is_verdict(fault kind) noexcept {
  return kind == fault::unauthorized || kind == fault::forbidden || kind == fault::no_route ||
         kind == fault::method_not_allowed || kind == fault::too_many_requests;
}

struct failure {
  fault kind = fault::internal;
  side from = side::local;
  // True only when no byte of the request can have reached the peer.
  bool retry_safe = false;
  // A string literal for logs; for faults of a client also shown to it. Never holds a peer's bytes.
  const char* detail = "";
};

std::string_view to_string(fault kind);
std::string_view to_string(side from);

// The fault that an errno of a socket call stands for.
fault fault_of_errno(int error_number);

}  // namespace ferroway
