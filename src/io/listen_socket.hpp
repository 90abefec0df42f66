// Making sockets that listen, for every backend that has a kernel beneath it. Any thread.
#pragma once

#include "base/result.hpp"
#include "io/address.hpp"
#include "io/descriptor.hpp"
#include "io/loop.hpp"

namespace ferroway::io {

// A non-blocking socket that listens at `at`, or a duplicate of options.shared_descriptor that
// does. `[::]` takes IPv4 too, and becomes 0.0.0.0 on a machine without IPv6.
result<descriptor> make_listening_socket(const address& at, const listen_options& options);

// Binds a unix socket, once, for workers to share (listen_options::shared_descriptor). A socket
// file that nobody listens behind any more is replaced; anything else at the path is
// fault::address_in_use. The file stays when the descriptor is closed, so that a process which
// takes over is not cut off.
result<descriptor> bind_shared_unix(const address& at, unsigned mode);

// Where the socket is bound; for port 0, the port that the kernel chose.
address local_address(int socket) noexcept;

}  // namespace ferroway::io
