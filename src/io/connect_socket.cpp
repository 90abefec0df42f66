#include "io/connect_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "io/listen_socket.hpp"

namespace ferroway::io {

fault fault_of_connect(int error_number) noexcept {
  switch (error_number) {
    case EAGAIN:  // a full queue of a unix socket: nobody takes connections there now
      return fault::refused;
    case EADDRNOTAVAIL:  // all local ports are taken, which says nothing of the peer
      return fault::out_of_descriptors;
    default:
      return fault_of_errno(error_number);
  }
}

result<connecting_socket> begin_connect(const address& to) {
  const auto safe = [](int error_number, const char* detail) {
    return fail(fault_of_connect(error_number), side::local, detail, true);
  };
  if (to.is() == address::kind::none) {
    return fail(fault::unreachable, side::local, "no address", true);
  }
  sockaddr_storage storage{};
  auto* name = reinterpret_cast<sockaddr*>(&storage);
  const socklen_t length = to.write(name);
  descriptor socket(::socket(name->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return safe(errno, "socket");
  if (to.is_ip()) {
    const int on_flag = 1;
    (void)::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on_flag, sizeof on_flag);
  }
  const bool connected = ::connect(socket.number(), name, length) == 0;
  if (!connected && errno != EINPROGRESS) return safe(errno, "connect");
  return connecting_socket{std::move(socket), connected};
}

int pending_error(int socket) noexcept {
  int error = 0;
  socklen_t length = sizeof error;
  (void)::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length);
  return error;
}

int connect_outcome(int socket, const address& to) noexcept {
  const int error = pending_error(socket);
  // A connect to a free port of this machine can meet itself there (RFC 9293, 3.5: simultaneous
  // open).
  if (error == 0 && to.is_ip() && local_address(socket) == to) return ECONNREFUSED;
  return error;
}

void reset_on_close(int socket) noexcept {
  const linger at_once{1, 0};
  (void)::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace ferroway::io
