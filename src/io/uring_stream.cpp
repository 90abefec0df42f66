#include "io/uring_stream.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cassert>
#include <cerrno>
#include <utility>

#include "io/connect_socket.hpp"

namespace ferroway::io {
namespace {

// So many buffers may wait for their reader before the kernel is told to stop. (Some more may come
// before it does.)
constexpr unsigned received_max = 4;

// So many short receives in a row make a multishot of a peer that has filled a buffer before.
constexpr std::uint8_t wary_for = 8;

bool wants_large(const receive_operation& wanted) {
  return wanted.room() > buffer_pool::small_bytes;
}

}  // namespace

uring_stream::uring_stream(uring_loop& on, descriptor socket, address peer)
    : kernel_stream(on, std::move(socket), std::move(peer)) {}

uring_stream::~uring_stream() = default;

void uring_stream::completed(ring_op what, int result, unsigned flags) noexcept {
  switch (what) {
    case ring_op::receive:
      return receive_ended(result, flags);
    case ring_op::poll:
      return poll_told(result, flags);
    case ring_op::send:
      return send_ended(result);
    case ring_op::accept:
    case ring_op::silent_send:
      assert(false);
  }
}

void uring_stream::retry() noexcept {
  serve_receive();
  advance_sends();
  if (watcher_ != nullptr) tell_watcher(!received_.empty());
  rearm();
}

// Receiving.

void uring_stream::rearm() noexcept {
  if (broken_ || let_go_ || connect_ != nullptr) return;
  const bool wanted = receive_ != nullptr || (watcher_ != nullptr && received_.empty());
  if (wanted && !may_receive()) {
    const bool large = receive_ != nullptr && wants_large(*receive_);
    if (large || wary_ > 0 || on().small_buffers().empty()) {
      await_readiness();
    } else {
      arm_receive();
    }
  } else if (watcher_ != nullptr && !armed_ && !hung_up_ && !poll_armed_) {
    arm_poll(0);  // a reset is told always
  }
}

void uring_stream::await_readiness() noexcept {
  if (armed_) return cancel_receive();
  arm_poll(POLLIN | POLLRDHUP);
}

void uring_stream::arm_receive() noexcept {
  if (armed_) return;
  io_uring_sqe& entry = on().ring().next(*this, ring_op::receive);
  entry.opcode = IORING_OP_RECV;
  entry.fd = socket_.number();
  entry.flags = IOSQE_BUFFER_SELECT;
  entry.buf_group = on().small_buffers().group();
  entry.ioprio = IORING_RECV_MULTISHOT;
  armed_ = true;
  ++in_kernel_;
}

void uring_stream::cancel_receive() noexcept {
  if (cancelling_receive_ || !armed_) return;
  cancelling_receive_ = true;
  on().ring().cancel(*this, ring_op::receive);
}

// Errors and hang-ups are told whatever the events.
void uring_stream::arm_poll(unsigned events) noexcept {
  if (poll_armed_) {
    const bool covered = (poll_events_ & events) == events;
    if (covered || cancelling_poll_) return;
    cancelling_poll_ = true;
    return on().ring().cancel(*this, ring_op::poll);
  }
  io_uring_sqe& entry = on().ring().next(*this, ring_op::poll);
  entry.opcode = IORING_OP_POLL_ADD;
  entry.fd = socket_.number();
  entry.poll32_events = events;
  // The kernel adds the end of the peer's stream to whatever is asked for, and a poll for less
  // would end with it at once, again and again: one that goes on tells it once.
  if (events == 0) entry.len = IORING_POLL_ADD_MULTI;
  poll_events_ = static_cast<std::uint16_t>(events);
  poll_armed_ = true;
  ++in_kernel_;
}

void uring_stream::receive_ended(int result, unsigned flags) noexcept {
  if ((flags & IORING_CQE_F_MORE) == 0) {
    armed_ = false;
    cancelling_receive_ = false;
    --in_kernel_;
  }
  note_received(result, flags);
  if (let_go_) return end_if_unused();
  serve_receive();
  if (received_count_ >= received_max) cancel_receive();
  if (watcher_ != nullptr) tell_watcher(!received_.empty());
  if (!armed_) loop_.defer(*this);
}

void uring_stream::note_received(int result, unsigned flags) noexcept {
  if ((flags & IORING_CQE_F_BUFFER) != 0) {
    const std::size_t count = result > 0 ? static_cast<std::size_t>(result) : 0;
    buffer bytes = on().small_buffers().take(flags, count);
    if (bytes.room().empty()) wary_ = wary_for;
    if (!bytes.empty() && !let_go_) {
      received_.push(std::move(bytes));
      ++received_count_;
    }
  }
  if (result == 0) {
    peer_ended_ = true;
  } else if (result == -ENOBUFS) {
    on().small_buffers().ran_out();
  } else if (result < 0 && result != -ECANCELED && result != -EINTR && result != -EAGAIN) {
    note_error(-result);
  }
}

bool uring_stream::begin(receive_operation& wanted) {
  assert(receive_ == nullptr);
  // Or a fast sender would fill small buffers for as long as its body is long.
  if (wants_large(wanted)) cancel_receive();
  if (may_receive() && loop_.spend_inline()) {
    if (auto received = try_receive(wanted)) {
      wanted.set_outcome(std::move(*received));
      return true;
    }
  }
  receive_ = &wanted;
  if (!may_receive()) {
    rearm();
  } else if (!waits_for_buffer()) {
    loop_.defer(*this);
  }
  return false;
}

buffer uring_stream::take_received() noexcept {
  --received_count_;
  return received_.pop();
}

void uring_stream::serve_receive() noexcept {
  if (receive_ == nullptr || !may_receive() || waits_for_buffer()) return;
  if (auto received = try_receive(*receive_)) {
    std::exchange(receive_, nullptr)->complete(std::move(*received));
  }
}

std::optional<result<buffer>> uring_stream::try_receive(const receive_operation& wanted) noexcept {
  if (!received_.empty()) return take_received();
  if (broken_) {
    // What the peer sent before may still be there. What the kernel is receiving comes first.
    cancel_receive();
    readable_ = !armed_;
  } else if (peer_ended_) {
    return buffer{};
  }
  if (!readable_) return std::nullopt;
  std::optional<result<buffer>> received = receive_now(wanted);
  if (waits_for_buffer()) return std::nullopt;
  if (!received || !*received || (*received)->empty()) {
    readable_ = false;
    if (!received) loop_.defer(*this);
    return received;
  }
  // Whether there is more than a short one had is asked by arming again.
  readable_ = (*received)->room().empty();
  if (readable_) {
    wary_ = wary_for;
  } else if (wary_ > 0 && !wants_large(wanted)) {
    --wary_;
  }
  return received;
}

void uring_stream::poll_told(int result, unsigned flags) noexcept {
  if ((flags & IORING_CQE_F_MORE) == 0) {
    --in_kernel_;
    poll_armed_ = false;
    cancelling_poll_ = false;
  }
  if (let_go_) return end_if_unused();
  if (connect_ != nullptr) return end_connect();
  if (result > 0) {
    if ((result & POLLERR) != 0) {
      const int error = pending_error(socket_.number());
      note_error(error != 0 ? error : ECONNRESET);
    }
    if ((result & POLLHUP) != 0) hung_up_ = true;
    if ((result & (POLLIN | POLLRDHUP)) != 0 && !armed_ && !peer_ended_) {
      readable_ = true;
    }
  }
  serve_receive();
  loop_.defer(*this);
}

// Connecting.

void uring_stream::connect_for(connect_operation& waiting) noexcept {
  connect_ = &waiting;
  arm_poll(POLLOUT);
}

// Watching.

void uring_stream::watch_changed() noexcept {
  told_bytes_ = told_end_ = told_reset_ = false;
  if (watcher_ == nullptr) return;
  if (may_receive()) {
    loop_.defer(*this);
  } else {
    rearm();
  }
}

// The end.

void uring_stream::let_go() noexcept {
  assert(receive_ == nullptr && send_ == nullptr && flush_ == nullptr);
  watcher_ = nullptr;
  connect_ = nullptr;
  received_.clear();
  granted_.release();
  if (waits_for_buffer()) loop_.buffers().withdraw(*this);
  list<deferrable, in_deferred>::remove(*this);
  cancel_receive();
  if (poll_armed_ && !cancelling_poll_) on().ring().cancel(*this, ring_op::poll);
  if (backlog_) {
    reset_on_close();  // what is missing must not pass for the end
    if (send_in_kernel_) on().ring().cancel(*this, ring_op::send);
  }
  if (in_kernel_ == 0) {
    uring_stream* self = this;
    self->~uring_stream();
    ::operator delete(self, sizeof(uring_stream));
    return;
  }
  let_go_ = true;
  if (silent_send_) on().settle_soon();
  on().outlives_its_owner();
}

void uring_stream::end_if_unused() noexcept {
  if (in_kernel_ > 0) return;
  uring_loop& loop = on();
  this->~uring_stream();
  ::operator delete(this, sizeof(uring_stream));
  loop.is_gone();
}

}  // namespace ferroway::io
