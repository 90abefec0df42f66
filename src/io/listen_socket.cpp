#include "io/listen_socket.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace ferroway::io {
namespace {

constexpr int socket_flags = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;

std::unexpected<failure> refused(int error_number, const char* detail) {
  return fail(fault_of_errno(error_number), side::local, detail);
}

void set_flag(int socket, int level, int option, int value) {
  // What fails here (an option that this kernel lacks) shows at bind, or costs only speed.
  (void)::setsockopt(socket, level, option, &value, sizeof value);
}

bool is_any(const ip_address& ip) { return ip == ip_address{}; }

result<descriptor> bind_tcp(const address& at, bool reuse_port) {
  sockaddr_storage storage{};
  auto* name = reinterpret_cast<sockaddr*>(&storage);
  const socklen_t length = at.write(name);
  descriptor made(::socket(name->sa_family, socket_flags, 0));
  if (!made) return refused(errno, "socket");
  set_flag(made.number(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (reuse_port) set_flag(made.number(), SOL_SOCKET, SO_REUSEPORT, 1);
  if (name->sa_family == AF_INET6) set_flag(made.number(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
  // Accepted sockets inherit it, which saves a system call for each.
  set_flag(made.number(), IPPROTO_TCP, TCP_NODELAY, 1);
  if (::bind(made.number(), name, length) != 0) return refused(errno, "bind");
  return made;
}

result<descriptor> bind_tcp_or_v4(const address& at, bool reuse_port) {
  result<descriptor> bound = bind_tcp(at, reuse_port);
  if (!bound && bound.error().kind == fault::unreachable && is_any(at.ip())) {
    const result<ip_address> any_v4 = ip_address::parse("0.0.0.0");
    return bind_tcp(address::of_ip(*any_v4, at.port()), reuse_port);
  }
  return bound;
}

// Removes the socket file at `path` if whoever made it is gone.
void remove_stale(const sockaddr* name, socklen_t length, const char* path) {
  struct stat file{};
  if (::lstat(path, &file) != 0 || !S_ISSOCK(file.st_mode)) return;
  const descriptor probe(::socket(AF_UNIX, socket_flags, 0));
  if (!probe) return;
  if (::connect(probe.number(), name, length) != 0 && errno == ECONNREFUSED) ::unlink(path);
}

}  // namespace

result<descriptor> bind_shared_unix(const address& at, unsigned mode) {
  sockaddr_storage storage{};
  auto* name = reinterpret_cast<sockaddr*>(&storage);
  const socklen_t length = at.write(name);
  descriptor made(::socket(AF_UNIX, socket_flags, 0));
  if (!made) return refused(errno, "socket");
  remove_stale(name, length, at.path().c_str());
  if (::bind(made.number(), name, length) != 0) return refused(errno, "bind");
  // Nobody can connect before listen(), so there is no moment with the wrong permissions.
  if (::chmod(at.path().c_str(), mode) != 0) return refused(errno, "chmod");
  return made;
}

result<descriptor> make_listening_socket(const address& at, const listen_options& options) {
  descriptor made;
  const bool joins = options.reuse_port && !options.first;
  if (options.shared_descriptor >= 0) {
    made = descriptor(::fcntl(options.shared_descriptor, F_DUPFD_CLOEXEC, 0));
    if (!made) return refused(errno, "dup");
  } else {
    result<descriptor> bound =
        at.is_ip() ? bind_tcp_or_v4(at, joins) : bind_shared_unix(at, options.unix_mode);
    if (!bound) return fail(bound.error());
    made = std::move(*bound);
  }
  if (::listen(made.number(), options.backlog) != 0) return refused(errno, "listen");
  // The kernel compares at bind() and listen(), with what each socket allows at that time: the
  // first was alone, from now on others may join it. A socket that is opened only to find out, and
  // closed again, would reset whoever connects meanwhile.
  if (at.is_ip() && options.reuse_port) set_flag(made.number(), SOL_SOCKET, SO_REUSEPORT, 1);
  return made;
}

address local_address(int socket) noexcept {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  auto* name = reinterpret_cast<sockaddr*>(&storage);
  if (::getsockname(socket, name, &length) != 0) return {};
  return address::of_sockaddr(*name, length);
}

}  // namespace ferroway::io
