#include "io/epoll_stream.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cassert>
#include <cerrno>

#include "io/connect_socket.hpp"
#include "io/listen_socket.hpp"

namespace ferroway::io {
namespace {

constexpr std::uint32_t all_events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

std::unexpected<failure> failed(int error_number, const char* detail) {
  return fail(fault_of_errno(error_number), side::local, detail);
}

// One system call's worth.
ssize_t send_some(int socket, const gather& what) noexcept {
  if (what.count() == 1) return ::send(socket, what[0].data(), what[0].size(), MSG_NOSIGNAL);
  std::array<iovec, gather::parts_max> parts;
  for (std::size_t i = 0; i < what.count(); ++i) {
    parts[i] = {const_cast<char*>(what[i].data()), what[i].size()};
  }
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = what.count();
  return ::sendmsg(socket, &message, MSG_NOSIGNAL);
}

}  // namespace

epoll_stream::epoll_stream(epoll_loop& on, descriptor socket, address peer)
    : epoll_source(on), socket_(std::move(socket)), peer_(std::move(peer)) {}

epoll_stream::~epoll_stream() {
  assert(receive_ == nullptr && send_ == nullptr && flush_ == nullptr);
}

bool epoll_stream::register_socket() noexcept {
  return loop_.add(socket_.number(), *this, all_events);
}

const address& epoll_stream::local() const noexcept {
  if (local_.is() == address::kind::none) local_ = local_address(socket_.number());
  return local_;
}

void epoll_stream::ready(std::uint32_t events) noexcept {
  if (connecting_) {
    finish_connect(events);
    return;
  }
  if ((events & ~std::uint32_t{EPOLLOUT}) != 0) readable_ = true;
  if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) writable_ = true;
  if ((events & (EPOLLRDHUP | EPOLLHUP)) != 0) peer_ended_ = true;
  if ((events & EPOLLERR) != 0) note_error();
  retry();
}

void epoll_stream::retry() noexcept {
  if (receive_ != nullptr && readable_ && !waits_for_buffer()) {
    if (auto received = try_receive(*receive_)) {
      std::exchange(receive_, nullptr)->complete(std::move(*received));
    }
  }
  if (send_ != nullptr && writable_) {
    if (auto sent = try_send(*send_)) {
      std::exchange(send_, nullptr)->complete(*sent);
      if (shutdown_wanted_) shutdown_write();
      if (flush_ != nullptr) std::exchange(flush_, nullptr)->complete(flushed());
    }
  }
  if (watcher_ != nullptr) tell_watcher();
}

void epoll_stream::note_error() noexcept {
  if (error_ == 0) error_ = pending_error(socket_.number());
}

void epoll_stream::shutdown_write() noexcept {
  shutdown_wanted_ = send_ != nullptr;
  if (!shutdown_wanted_) (void)::shutdown(socket_.number(), SHUT_WR);
}

void epoll_stream::reset_on_close() noexcept { io::reset_on_close(socket_.number()); }

bool epoll_stream::quiet() noexcept {
  if (peer_ended_ || error_ != 0) return false;
  char byte = 0;
  return ::recv(socket_.number(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

// Receiving.

bool epoll_stream::waits_for_buffer() const noexcept {
  return static_cast<const buffer_waiter&>(*this).linked();
}

void epoll_stream::buffer_granted(buffer given) noexcept {
  granted_ = std::move(given);
  loop_.defer(*this);
}

bool epoll_stream::begin(receive_operation& wanted) {
  assert(receive_ == nullptr);
  if (readable_ && loop_.spend_inline()) {
    if (auto received = try_receive(wanted)) {
      wanted.set_outcome(std::move(*received));
      return true;
    }
  }
  receive_ = &wanted;
  if (readable_ && !waits_for_buffer()) loop_.defer(*this);
  return false;
}

void epoll_stream::abandon(receive_operation& wanted, const failure& why) noexcept {
  receive_ = nullptr;
  granted_.release();
  if (waits_for_buffer()) loop_.buffers().withdraw(*this);
  wanted.complete(fail(why));
}

std::optional<result<buffer>> epoll_stream::try_receive(const receive_operation& wanted) noexcept {
  buffer into =
      granted_ ? std::move(granted_) : loop_.buffers().try_acquire(wanted.room(), wanted.need());
  // An end, or a failure, needs no buffer.
  const bool bytes_wanted = static_cast<bool>(into);
  char byte = 0;
  const std::span<char> free = bytes_wanted ? into.room() : std::span(&byte, 1);
  ssize_t count = 0;
  do {
    count = ::recv(socket_.number(), free.data(), free.size(), bytes_wanted ? 0 : MSG_PEEK);
  } while (count < 0 && errno == EINTR);
  if (count > 0 && !bytes_wanted) {
    loop_.buffers().wait(*this, wanted.room(), wanted.need());
    return std::nullopt;
  }
  if (count > 0) {
    into.grew(static_cast<std::size_t>(count));
    // A short read has emptied the socket; but no edge will come for an end that was told already.
    if (!into.room().empty() && !peer_ended_ && error_ == 0) readable_ = false;
    if (peer_ended_ && watcher_ != nullptr) loop_.defer(*this);
    return into;
  }
  if (count < 0 && errno == EAGAIN) {
    readable_ = false;
    return std::nullopt;
  }
  if (count < 0 && error_ == 0) error_ = errno;
  if (error_ != 0) return failed(error_, "receive");
  peer_ended_ = true;
  return buffer{};
}

// Sending.

bool epoll_stream::begin(send_operation& wanted) {
  assert(send_ == nullptr);
  if (send_cut_short_) {
    wanted.set_outcome(fail(fault::reset, side::local, "an earlier send was cut short"));
    return true;
  }
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
  if (shutdown_wanted_) shutdown_write();
  if (flush_ != nullptr) std::exchange(flush_, nullptr)->complete(flushed());
  wanted.complete(fail(why));
}

std::optional<result<void>> epoll_stream::try_send(send_operation& wanted) noexcept {
  gather& what = wanted.what();
  while (!what.empty()) {
    const ssize_t count = send_some(socket_.number(), what);
    if (count >= 0) {
      what.consume(static_cast<std::size_t>(count));
      wanted.progressed();
      send_begun_ = true;
    } else if (errno == EAGAIN) {
      writable_ = false;
      return std::nullopt;
    } else if (errno != EINTR) {
      if (error_ == 0) error_ = errno;
      return failed(error_, "send");
    }
  }
  return result<void>{};
}

result<void> epoll_stream::flushed() const noexcept {
  if (send_cut_short_) return fail(fault::reset, side::local, "an earlier send was cut short");
  if (error_ != 0) return failed(error_, "flush");
  return {};
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

void epoll_stream::abandon(flush_operation& wanted, const failure& why) noexcept {
  flush_ = nullptr;
  wanted.complete(fail(why));
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
  error_ = connect_outcome(socket_.number(), peer_);
  connecting_ = false;
  connect_operation& waiting = *std::exchange(connect_, nullptr);
  std::unique_ptr<epoll_stream> made(
      static_cast<epoll_stream*>(std::exchange(waiting.pending, nullptr)));
  if (error_ != 0) {
    waiting.complete(fail(fault_of_errno(error_), side::local, "connect", true));
    return;
  }
  if ((events & (EPOLLIN | EPOLLRDHUP)) != 0) readable_ = true;
  if ((events & EPOLLRDHUP) != 0) peer_ended_ = true;
  waiting.complete(std::move(made));
}

// Watching.

void epoll_stream::watch_changed() noexcept {
  told_bytes_ = told_end_ = told_reset_ = false;
  if (watcher_ != nullptr && (readable_ || error_ != 0)) loop_.defer(*this);
}

// Finds out what `readable_` means: bytes, the end, or nothing after all (a read that filled its
// buffer exactly).
void epoll_stream::peek() noexcept {
  char byte = 0;
  const ssize_t count = ::recv(socket_.number(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (count > 0) {
    told_bytes_ = true;
    watcher_->peer_did(peer_watcher::event::bytes);
  } else if (count == 0) {
    peer_ended_ = true;
  } else if (errno == EAGAIN) {
    readable_ = false;
  } else if (errno != EINTR && error_ == 0) {
    error_ = errno;
  }
}

void epoll_stream::tell_watcher() noexcept {
  if (receive_ == nullptr && readable_ && !told_bytes_) peek();
  if (watcher_ != nullptr && receive_ == nullptr && peer_ended_ && error_ == 0 && !told_end_) {
    told_end_ = true;
    watcher_->peer_did(peer_watcher::event::end_of_stream);
  }
  if (watcher_ != nullptr && error_ != 0 && !told_reset_) {
    told_reset_ = true;
    watcher_->peer_did(peer_watcher::event::reset);
  }
}

}  // namespace ferroway::io
