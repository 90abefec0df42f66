#include "io/epoll_listener.hpp"

#include <sys/socket.h>

#include <cassert>
#include <cerrno>

#include "io/epoll_stream.hpp"
#include "io/listen_socket.hpp"

namespace ferroway::io {

// Without EPOLLEXCLUSIVE also where workers share the socket: it would wake the same idle worker
// each time, even one that has stopped accepting because it is full.
epoll_listener::epoll_listener(epoll_loop& on, descriptor socket)
    : loop_(on), socket_(std::move(socket)), bound_(local_address(socket_.number())) {
  registered_ = loop_.add(socket_.number(), *this, EPOLLIN | EPOLLET);
}

epoll_listener::~epoll_listener() {
  assert(accept_ == nullptr);
  // Closing would not do: where the socket is shared, other descriptors keep it, and this
  // registration, alive.
  if (registered_) loop_.remove(socket_.number());
  loop_.forget(*this);
}

bool epoll_listener::begin(accept_operation& wanted) {
  assert(accept_ == nullptr);
  if (readable_ && loop_.spend_inline()) {
    if (auto accepted = try_accept()) {
      wanted.set_outcome(std::move(*accepted));
      return true;
    }
  }
  accept_ = &wanted;
  if (readable_) loop_.defer(*this);
  return false;
}

void epoll_listener::abandon(accept_operation& wanted, const failure& why) noexcept {
  accept_ = nullptr;
  wanted.complete(fail(why));
}

void epoll_listener::ready(std::uint32_t) noexcept {
  readable_ = true;
  retry();
}

void epoll_listener::retry() noexcept {
  if (accept_ == nullptr || !readable_) return;
  if (auto accepted = try_accept()) {
    std::exchange(accept_, nullptr)->complete(std::move(*accepted));
  } else if (readable_) {
    loop_.defer(*this);
  }
}

std::optional<result<std::unique_ptr<stream>>> epoll_listener::try_accept() {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  auto* name = reinterpret_cast<sockaddr*>(&storage);
  descriptor socket(::accept4(socket_.number(), name, &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (socket) {
    auto made = std::make_unique<epoll_stream>(loop_, std::move(socket),
                                               address::of_sockaddr(*name, length));
    if (made->register_socket()) return made;
    return fail(fault::out_of_descriptors, side::local, "epoll_ctl");
  }
  switch (errno) {
    case EAGAIN:
      readable_ = false;
      return std::nullopt;
    // What is waiting stays in the queue, and no edge will tell of it again: the flag stays.
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return fail(fault::out_of_descriptors, side::local, "accept");
    case EBADF:
    case EINVAL:
    case ENOTSOCK:
    case EFAULT:
      return fail(fault::internal, side::local, "accept");
    // The one that was accepted is gone again (accept(2), 'Error handling'): the next may be fine.
    default:
      return std::nullopt;
  }
}

}  // namespace ferroway::io
