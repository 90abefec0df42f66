#include "io/epoll_stream.hpp"

#include <sys/socket.h>

#include <cassert>
#include <cerrno>
#include <utility>

#include "io/connect_socket.hpp"

namespace ferroway::io {
namespace {

constexpr std::uint32_t all_events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

}  // namespace

epoll_stream::epoll_stream(epoll_loop& on, descriptor socket, address peer)
    : kernel_stream(on, std::move(socket), std::move(peer)) {}

epoll_stream::~epoll_stream() { on().forget(*this); }

bool epoll_stream::register_socket() noexcept {
  return on().add(socket_.number(), *this, all_events);
}

void epoll_stream::ready(std::uint32_t events) noexcept {
  if (connecting_) {
    finish_connect(events);
    return;
  }
  if ((events & ~std::uint32_t{EPOLLOUT}) != 0) readable_ = true;
  if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) writable_ = true;
  if ((events & (EPOLLRDHUP | EPOLLHUP)) != 0) peer_ended_ = true;
  if ((events & EPOLLERR) != 0) {
    if (const int error = pending_error(socket_.number()); error != 0) note_error(error);
  }
  retry();
}

void epoll_stream::retry() noexcept {
  if (receive_ != nullptr && may_receive() && !waits_for_buffer()) {
    if (auto received = try_receive(*receive_)) {
      std::exchange(receive_, nullptr)->complete(std::move(*received));
    }
  }
  if (send_ != nullptr && writable_) {
    if (auto sent = try_send(*send_)) {
      std::exchange(send_, nullptr)->complete(*sent);
      sends_ended();
    }
  }
  if (watcher_ != nullptr) tell_watcher(false);
}

void epoll_stream::watch_changed() noexcept {
  told_bytes_ = told_end_ = told_reset_ = false;
  if (watcher_ != nullptr && (readable_ || error_ != 0)) loop_.defer(*this);
}

// Receiving.

bool epoll_stream::begin(receive_operation& wanted) {
  assert(receive_ == nullptr);
  if (may_receive() && loop_.spend_inline()) {
    if (auto received = try_receive(wanted)) {
      wanted.set_outcome(std::move(*received));
      return true;
    }
  }
  receive_ = &wanted;
  if (may_receive() && !waits_for_buffer()) loop_.defer(*this);
  return false;
}

std::optional<result<buffer>> epoll_stream::try_receive(const receive_operation& wanted) noexcept {
  std::optional<result<buffer>> received = receive_now(wanted);
  if (received && *received && !(*received)->empty()) {
    // A short read has emptied the socket; but no edge will come for an end that was told already.
    if (!(*received)->room().empty() && !peer_ended_ && error_ == 0) readable_ = false;
    if (peer_ended_ && watcher_ != nullptr) loop_.defer(*this);
  }
  return received;
}

// Sending.

void epoll_stream::shutdown_write() noexcept {
  shutdown_wanted_ = send_ != nullptr;
  if (!shutdown_wanted_) (void)::shutdown(socket_.number(), SHUT_WR);
}

bool epoll_stream::begin(send_operation& wanted) {
  assert(send_ == nullptr);
  if (refuses(wanted)) return true;
  send_begun_ = false;
  if (writable_ && loop_.spend_inline()) {
    if (auto sent = try_send(wanted)) {
      wanted.set_outcome(*sent);
      return true;
    }
  }
  send_ = &wanted;
  if (writable_) loop_.defer(*this);
  return false;
}

void epoll_stream::abandon(send_operation& wanted, const failure& why) noexcept {
  send_ = nullptr;
  send_cut_short_ = send_begun_;
  sends_ended();
  wanted.complete(fail(why));
}

std::optional<result<void>> epoll_stream::try_send(send_operation& wanted) noexcept {
  gather& what = wanted.what();
  while (!what.empty()) {
    const ssize_t count = send_now(what);
    if (count >= 0) {
      what.consume(static_cast<std::size_t>(count));
      wanted.progressed();
      send_begun_ = true;
    } else if (errno == EAGAIN) {
      writable_ = false;
      return std::nullopt;
    } else if (errno != EINTR) {
      note_send_error(errno);
      return failed("send");
    }
  }
  return result<void>{};
}

void epoll_stream::sends_ended() noexcept {
  if (shutdown_wanted_) shutdown_write();
  if (flush_ != nullptr) std::exchange(flush_, nullptr)->complete(flushed());
}

// What a send accepted is in the kernel already; only a send that still waits is waited for.
bool epoll_stream::begin(flush_operation& wanted) {
  assert(flush_ == nullptr);
  if (send_ != nullptr) {
    flush_ = &wanted;
    return false;
  }
  wanted.set_outcome(flushed());
  return true;
}

// Connecting.

result<std::unique_ptr<epoll_stream>> epoll_stream::begin_connect(epoll_loop& on,
                                                                  const address& to) {
  result<connecting_socket> begun = io::begin_connect(to);
  if (!begun) return fail(begun.error());
  auto made = std::make_unique<epoll_stream>(on, std::move(begun->socket), to);
  made->connecting_ = !begun->connected;
  if (!made->register_socket()) {
    return fail(fault_of_errno(errno), side::local, "epoll_ctl", true);
  }
  return made;
}

void epoll_stream::finish_connect(std::uint32_t events) noexcept {
  if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) == 0) return;
  connecting_ = false;
  if ((events & (EPOLLIN | EPOLLRDHUP)) != 0) readable_ = true;
  if ((events & EPOLLRDHUP) != 0) peer_ended_ = true;
  end_connect();
}

}  // namespace ferroway::io
