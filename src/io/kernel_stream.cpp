#include "io/kernel_stream.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <utility>

#include "io/connect_socket.hpp"
#include "io/listen_socket.hpp"

namespace ferroway::io {
namespace {

// recv(2) and send(2) as plain system calls. The C library's are points where a thread can be
// cancelled, which nobody here does; being ready for that costs more than the call's own wrapper.
ssize_t receive_call(int socket, char* to, std::size_t bytes) noexcept {
  return ::syscall(SYS_recvfrom, socket, to, bytes, MSG_DONTWAIT, nullptr, nullptr);
}
ssize_t send_call(int socket, const char* from, std::size_t bytes, int flags) noexcept {
  return ::syscall(SYS_sendto, socket, from, bytes, flags, nullptr, 0);
}

// As recv(2) with MSG_PEEK for one byte: 1, 0 at the end of the stream, or -1 with an errno.
ssize_t peek(const descriptor& socket) noexcept {
  char byte = 0;
  return ::recv(socket.number(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
}

}  // namespace

kernel_stream::kernel_stream(kernel_loop& on, descriptor socket, address peer) noexcept
    : loop_(on), socket_(std::move(socket)), peer_(std::move(peer)) {}

kernel_stream::~kernel_stream() {
  assert(receive_ == nullptr && send_ == nullptr && flush_ == nullptr);
}

void kernel_stream::reset_on_close() noexcept { io::reset_on_close(socket_.number()); }

address kernel_stream::local() const noexcept { return local_address(socket_.number()); }

bool kernel_stream::quiet() noexcept {
  if (peer_ended_ || error_ != 0) return false;
  return peek(socket_) < 0 && errno == EAGAIN;
}

void kernel_stream::end_connect() noexcept {
  error_ = connect_outcome(socket_.number(), peer_);
  connect_operation& waiting = *std::exchange(connect_, nullptr);
  std::unique_ptr<stream> made(std::exchange(waiting.pending, nullptr));
  if (error_ == 0) return waiting.complete(std::move(made));
  waiting.complete(fail(fault_of_errno(error_), side::local, "connect", true));
}

// Receiving.

void kernel_stream::buffer_granted(buffer given) noexcept {
  granted_ = std::move(given);
  loop_.defer(*this);
}

void kernel_stream::abandon(receive_operation& wanted, const failure& why) noexcept {
  receive_ = nullptr;
  granted_.release();
  if (waits_for_buffer()) loop_.buffers().withdraw(*this);
  wanted.complete(fail(why));
}

std::optional<result<buffer>> kernel_stream::receive_now(const receive_operation& wanted) noexcept {
  buffer into =
      granted_ ? std::move(granted_) : loop_.buffers().try_acquire(wanted.room(), wanted.need());
  ssize_t count = 0;
  do {
    count = into ? receive_call(socket_.number(), into.room().data(), into.room().size())
                 : peek(socket_);
  } while (count < 0 && errno == EINTR);
  if (count > 0 && !into) {
    loop_.buffers().wait(*this, wanted.room(), wanted.need());
    return std::nullopt;
  }
  if (count > 0) {
    into.grew(static_cast<std::size_t>(count));
    return into;
  }
  if (count < 0 && errno == EAGAIN) {
    readable_ = false;
    if (!broken_) return std::nullopt;
  } else if (count < 0) {
    note_error(errno);
  }
  if (broken_) return failed("receive");
  peer_ended_ = true;
  return buffer{};
}

// Sending.

// Where it is no reset, the peer takes no more (a unix socket's tells so), or memory is short:
// there may be an answer yet, and the kernel tells those who receive when there is not.
void kernel_stream::note_send_error(int error_number) noexcept {
  if (error_number != EPIPE && error_number != ENOBUFS && error_number != ENOMEM) {
    return note_error(error_number);
  }
  if (error_ == 0) error_ = error_number;
}

ssize_t kernel_stream::send_now(const gather& what) const noexcept {
  constexpr int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
  if (what.count() == 1) return send_call(socket_.number(), what[0].data(), what[0].size(), flags);
  std::array<iovec, gather::parts_max> parts;
  for (std::size_t i = 0; i < what.count(); ++i) {
    parts[i] = {const_cast<char*>(what[i].data()), what[i].size()};
  }
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = what.count();
  return ::sendmsg(socket_.number(), &message, flags);
}

bool kernel_stream::refuses(send_operation& wanted) const noexcept {
  if (send_cut_short_) {
    wanted.set_outcome(fail(fault::reset, side::local, "an earlier send was cut short"));
  } else if (error_ != 0) {
    wanted.set_outcome(failed("send"));
  }
  return send_cut_short_ || error_ != 0;
}

result<void> kernel_stream::flushed() const noexcept {
  if (send_cut_short_) return fail(fault::reset, side::local, "an earlier send was cut short");
  if (error_ != 0) return failed("flush");
  return {};
}

void kernel_stream::abandon(flush_operation& wanted, const failure& why) noexcept {
  flush_ = nullptr;
  wanted.complete(fail(why));
}

// Watching.

// Finds out what `readable_` means: bytes, the end, or nothing after all (a read that filled its
// buffer exactly).
bool kernel_stream::has_bytes() noexcept {
  const ssize_t count = peek(socket_);
  if (count > 0) return true;
  if (count == 0) {
    peer_ended_ = true;
  } else if (errno == EAGAIN) {
    readable_ = false;
  } else if (errno != EINTR) {
    note_error(errno);
  }
  return false;
}

void kernel_stream::tell_watcher(bool taken) noexcept {
  if (receive_ == nullptr && !told_bytes_ && (taken || (readable_ && has_bytes()))) {
    told_bytes_ = true;
    watcher_->peer_did(peer_watcher::event::bytes);
  }
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
