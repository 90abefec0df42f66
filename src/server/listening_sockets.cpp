#include "server/listening_sockets.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <thread>
#include <utility>

#include "io/listen_socket.hpp"

namespace ferroway::server {
namespace {

constexpr duration tries_again_after = std::chrono::milliseconds(20);

bool is_any(const io::ip_address& ip) {
  return ip == io::ip_address{} || ip == io::ip_address::parse("0.0.0.0");
}

result<opened_sockets> open(const io::address& at, unsigned workers, bool ours) {
  io::listen_options options;
  io::descriptor shared;
  opened_sockets made{{}, !at.is_ip(), at};
  if (at.is_ip()) {
    // It would meet our own socket. Whoever had the port beside that one would have been noticed
    // when that was opened.
    options.first = !ours;
  } else {
    result<io::descriptor> bound = io::bind_shared_unix(at, options.unix_mode);
    if (!bound) return fail(bound.error());
    shared = std::move(*bound);
    options.shared_descriptor = shared.number();
  }
  for (unsigned i = 0; i < workers; ++i) {
    result<io::descriptor> socket = io::make_listening_socket(made.bound, options);
    if (!socket) {
      if (!at.is_ip()) ::unlink(at.path().c_str());
      return fail(socket.error());
    }
    // Port 0: the others follow the first.
    if (at.is_ip()) made.bound = io::local_address(socket->number());
    options.first = false;
    made.by_worker.push_back(std::move(*socket));
  }
  return made;
}

}  // namespace

std::expected<opened_sockets, std::string> open_sockets(const io::address& at, unsigned workers,
                                                        bool ours, duration patience) {
  const time_point until = std::chrono::steady_clock::now() + patience;
  result<opened_sockets> made = open(at, workers, ours);
  while (!made && made.error().kind == fault::address_in_use &&
         std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(tries_again_after);
    made = open(at, workers, ours);
  }
  if (made) return std::move(*made);
  return std::unexpected(fmt::format("cannot listen on {}: {}", at.text(), explain(made.error())));
}

bool overlap(const io::address& a, const io::address& b) noexcept {
  if (!a.is_ip() || !b.is_ip() || a.port() != b.port()) return a == b;
  return a.ip() == b.ip() || is_any(a.ip()) || is_any(b.ip());
}

std::string explain(const failure& why) {
  switch (why.kind) {
    case fault::address_in_use:
      return "the address is already in use; stop what listens there, or choose another";
    case fault::permission_denied:
      return "permission denied; ports below 1024 need root or CAP_NET_BIND_SERVICE, socket files "
             "a writable folder";
    case fault::unreachable:
      return "this machine has no such address";
    case fault::out_of_descriptors:
      return "out of file descriptors; raise RLIMIT_NOFILE";
    default:
      return fmt::format("{} {}", to_string(why.kind), why.detail);
  }
}

void socket_files::add(const io::address& at) {
  if (at.is() != io::address::kind::unix_path) return;
  const std::lock_guard hold(lock_);
  paths_.insert(at.path());
}

void socket_files::remove(const io::address& at) {
  if (at.is() != io::address::kind::unix_path) return;
  const std::lock_guard hold(lock_);
  if (paths_.erase(at.path()) != 0) ::unlink(at.path().c_str());
}

void socket_files::remove_all() {
  const std::lock_guard hold(lock_);
  for (const std::string& path : paths_) ::unlink(path.c_str());
  paths_.clear();
}

}  // namespace ferroway::server
