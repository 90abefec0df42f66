#include "base/failure.hpp"

#include <cerrno>

namespace ferroway {

std::string_view to_string(fault kind) {
  switch (kind) {
    case fault::cancelled:
      return "cancelled";
    case fault::timed_out:
      return "timed_out";
    case fault::end_of_stream:
      return "end_of_stream";
    case fault::reset:
      return "reset";
    case fault::refused:
      return "refused";
    case fault::unreachable:
      return "unreachable";
    case fault::address_in_use:
      return "address_in_use";
    case fault::permission_denied:
      return "permission_denied";
    case fault::out_of_descriptors:
      return "out_of_descriptors";
    case fault::malformed:
      return "malformed";
    case fault::head_too_large:
      return "head_too_large";
    case fault::target_too_long:
      return "target_too_long";
    case fault::body_too_large:
      return "body_too_large";
    case fault::unsupported_version:
      return "unsupported_version";
    case fault::unsupported:
      return "unsupported";
    case fault::expectation_failed:
      return "expectation_failed";
    case fault::unauthorized:
      return "unauthorized";
    case fault::forbidden:
      return "forbidden";
    case fault::no_route:
      return "no_route";
    case fault::method_not_allowed:
      return "method_not_allowed";
    case fault::too_many_requests:
      return "too_many_requests";
    case fault::overloaded:
      return "overloaded";
    case fault::undecided:
      return "undecided";
    case fault::no_endpoint:
      return "no_endpoint";
    case fault::internal:
      return "internal";
  }
  return "unknown";
}

std::string_view to_string(side from) {
  switch (from) {
    case side::local:
      return "local";
    case side::client:
      return "client";
    case side::upstream:
      return "upstream";
  }
  return "unknown";
}

fault fault_of_errno(int error_number) {
  switch (error_number) {
    case EPIPE:
    case ECONNRESET:
    case ECONNABORTED:
    case ETIMEDOUT:  // the network gave up, not a limit of ours
    case ENOTCONN:
      return fault::reset;
    case ECONNREFUSED:
      return fault::refused;
    case ENOENT:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENETDOWN:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
      return fault::unreachable;
    case EADDRINUSE:
      return fault::address_in_use;
    case EACCES:
    case EPERM:
      return fault::permission_denied;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return fault::out_of_descriptors;
    default:
      return fault::internal;
  }
}

}  // namespace ferroway
