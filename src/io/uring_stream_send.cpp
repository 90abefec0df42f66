// How an io_uring connection sends.
#include <sys/socket.h>

#include <cassert>
#include <cerrno>
#include <utility>

#include "io/uring_stream.hpp"

namespace ferroway::io {
namespace {

// Sends up to this size are silent: an answer of 16 KiB with its head.
constexpr std::size_t silent_send_max = 18 * 1024;

}  // namespace

void uring_stream::shutdown_write() noexcept {
  shutdown_wanted_ = silent_send_ || backlog_ != nullptr || send_ != nullptr;
  if (silent_send_) on().settle_soon();
  if (!shutdown_wanted_) (void)::shutdown(socket_.number(), SHUT_WR);
}

bool uring_stream::try_send_silently(gather& what) noexcept {
  if (what.borrows() || what.empty() || what.size() > silent_send_max) return false;
  uring_send* entry = on().sends().try_take();
  if (entry == nullptr) return false;
  entry->by = this;
  entry->what = std::move(what);
  io_uring_sqe& queued = on().ring().next(*entry, ring_op::silent_send);
  fill(queued, *entry, entry->what);
  // With MSG_WAITALL a send that is cut short counts as failed, and is told.
  queued.msg_flags = MSG_NOSIGNAL | MSG_DONTWAIT | MSG_WAITALL;
  queued.flags = IOSQE_CQE_SKIP_SUCCESS;
  silent_send_ = true;
  ++in_kernel_;
  return true;
}

// Where too many are under way it is tried again in the next turn.
void uring_stream::start_send(gather& what) noexcept {
  uring_send* entry = on().sends().try_take();
  if (entry == nullptr) return loop_.defer(*this);
  io_uring_sqe& queued = on().ring().next(*this, ring_op::send);
  fill(queued, *entry, what);
  queued.msg_flags = MSG_NOSIGNAL;
  send_in_kernel_ = true;
  ++in_kernel_;
}

void uring_stream::fill(io_uring_sqe& queued, uring_send& entry, const gather& what) noexcept {
  queued.fd = socket_.number();
  if (what.count() == 1) {
    queued.opcode = IORING_OP_SEND;
    queued.addr = reinterpret_cast<std::uint64_t>(what[0].data());
    queued.len = static_cast<std::uint32_t>(what[0].size());
    return;
  }
  for (std::size_t i = 0; i < what.count(); ++i) {
    entry.parts[i] = {const_cast<char*>(what[i].data()), what[i].size()};
  }
  entry.message = {};
  entry.message.msg_iov = entry.parts.data();
  entry.message.msg_iovlen = what.count();
  queued.opcode = IORING_OP_SENDMSG;
  queued.addr = reinterpret_cast<std::uint64_t>(&entry.message);
  queued.len = 1;
}

bool uring_stream::begin(send_operation& wanted) {
  assert(send_ == nullptr);
  if (refuses(wanted)) return true;
  send_begun_ = false;
  if (silent_send_) {
    on().settle_soon();
  } else if (backlog_ == nullptr) {
    if (!loop_.spend_inline()) {
      loop_.defer(*this);
    } else if (auto sent = try_send(wanted)) {
      wanted.set_outcome(*sent);
      return true;
    }
  }
  send_ = &wanted;
  return false;
}

std::optional<result<void>> uring_stream::try_send(send_operation& wanted) noexcept {
  gather& what = wanted.what();
  if (!send_begun_ && try_send_silently(what)) return result<void>{};
  // Long ones are not left to the ring, where they would wait until all of a turn has been
  // received: now the processor's caches still have them.
  while (!send_begun_ && !what.empty()) {
    const ssize_t count = send_now(what);
    if (count >= 0) {
      const auto bytes = static_cast<std::size_t>(count);
      send_begun_ = bytes < what.size();
      what.consume(bytes);
      wanted.progressed();
    } else if (errno == EAGAIN) {
      break;
    } else if (errno != EINTR) {
      note_send_error(errno);
      return failed("send");
    }
  }
  if (what.empty()) return result<void>{};
  start_send(what);
  return std::nullopt;
}

void uring_stream::abandon(send_operation& wanted, const failure& why) noexcept {
  // The kernel reads from its buffers: it has to let go of them first.
  if (send_in_kernel_ && backlog_ == nullptr) return on().ring().cancel(*this, ring_op::send);
  send_ = nullptr;
  send_cut_short_ = send_begun_;
  wanted.complete(fail(why));
  advance_sends();
}

void uring_stream::send_failed(int error_number) noexcept { note_send_error(error_number); }

void uring_stream::silent_send_succeeded() noexcept {
  silent_send_ = false;
  --in_kernel_;
  if (let_go_) return end_if_unused();
  advance_sends();
}

void uring_stream::silent_send_fell_short(int outcome, gather&& rest) noexcept {
  silent_send_ = false;
  --in_kernel_;
  if (outcome > 0) rest.consume(static_cast<std::size_t>(outcome));
  if (let_go_) {
    reset_on_close();  // what is missing must not pass for the end
    return end_if_unused();
  }
  if (error_ == 0 && !rest.empty()) backlog_ = std::make_unique<gather>(std::move(rest));
  advance_sends();
  if (watcher_ != nullptr) tell_watcher(!received_.empty());
}

void uring_stream::send_ended(int result) noexcept {
  --in_kernel_;
  send_in_kernel_ = false;
  if (let_go_) return end_if_unused();
  gather& what = backlog_ ? *backlog_ : send_->what();
  if (result > 0) {
    what.consume(static_cast<std::size_t>(result));
    if (send_ != nullptr) send_->progressed();
    if (!backlog_) send_begun_ = true;
  } else if (result < 0 && result != -ECANCELED && result != -EINTR && result != -EAGAIN) {
    note_send_error(-result);
  }
  if (backlog_) {
    if (what.empty() || error_ != 0) backlog_.reset();
  } else if (what.empty()) {
    std::exchange(send_, nullptr)->complete({});
  } else if (send_->scope().cancelled()) {
    send_cut_short_ = send_begun_;
    send_operation& ended = *std::exchange(send_, nullptr);
    ended.complete(fail(ended.scope().why()));
  }
  advance_sends();
  if (watcher_ != nullptr) tell_watcher(!received_.empty());
}

// Goes on with what is to be sent next, and tells whoever waited for the end of it.
void uring_stream::advance_sends() noexcept {
  if (silent_send_ || send_in_kernel_) return;
  if (backlog_) {
    if (error_ == 0) {
      start_send(*backlog_);
      return;
    }
    backlog_.reset();
  }
  if (send_ != nullptr) {
    const auto sent = error_ != 0 ? failed("send") : try_send(*send_);
    if (!sent) return;
    std::exchange(send_, nullptr)->complete(*sent);
    if (silent_send_) {
      if (flush_ != nullptr || shutdown_wanted_) on().settle_soon();
      return;
    }
  }
  if (shutdown_wanted_) {
    shutdown_wanted_ = false;
    (void)::shutdown(socket_.number(), SHUT_WR);
  }
  if (flush_ != nullptr) std::exchange(flush_, nullptr)->complete(flushed());
}

bool uring_stream::begin(flush_operation& wanted) {
  assert(flush_ == nullptr);
  if (silent_send_ || backlog_ != nullptr || send_ != nullptr) {
    flush_ = &wanted;
    if (silent_send_) on().settle_soon();
    return false;
  }
  wanted.set_outcome(flushed());
  return true;
}

}  // namespace ferroway::io
