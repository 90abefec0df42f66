// Making a connection's socket, for every backend that has a kernel beneath it.
#pragma once

#include "base/result.hpp"
#include "io/address.hpp"
#include "io/descriptor.hpp"

namespace ferroway::io {

struct connecting_socket {
  descriptor socket;
  bool connected = false;  // at once; else it is when it becomes writable, or has an error
};

// What an errno of socket() or connect() means, where it is another than elsewhere.
fault fault_of_connect(int error_number) noexcept;

// A non-blocking socket on its way to `to`. All its failures are safe to retry.
result<connecting_socket> begin_connect(const address& to);

// The error that the socket has pending, 0 for none; the kernel tells it only once.
int pending_error(int socket) noexcept;

// How a connect ended, as an errno, 0 for well: pending_error(), or ECONNREFUSED where the socket
// has met itself.
int connect_outcome(int socket, const address& to) noexcept;

// A connection that is torn down when it is closed, so that the peer cannot take it for a clean
// end.
void reset_on_close(int socket) noexcept;

}  // namespace ferroway::io
