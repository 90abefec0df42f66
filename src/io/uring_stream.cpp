#include "io/uring_stream.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cassert>
#include <cerrno>
#include <utility>

#include "io/connect_socket.hpp"
#include "io/listen_socket.hpp"

namespace ferroway::io {
namespace {

// So many buffers may wait for their reader before the kernel is told to stop. (Some more may come
// before it does.)
constexpr unsigned received_max = 4;

std::unexpected<failure> failed(int error_number, const char* detail) {
  return fail(fault_of_errno(error_number), side::local, detail);
}

}  // namespace

uring_stream::uring_stream(uring_loop& on, descriptor socket, address peer)
    : loop_(on), socket_(std::move(socket)), peer_(std::move(peer)) {}

uring_stream::~uring_stream() = default;

const address& uring_stream::local() const noexcept {
  if (local_.is() == address::kind::none) local_ = local_address(socket_.number());
  return local_;
}

void uring_stream::reset_on_close() noexcept { io::reset_on_close(socket_.number()); }

bool uring_stream::quiet() noexcept {
  if (!received_.empty() || peer_ended_ || error_ != 0) return false;
  char byte = 0;
  return ::recv(socket_.number(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

void uring_stream::completed(ring_op what, int result, unsigned flags) noexcept {
  switch (what) {
    case ring_op::receive:
      return receive_ended(result, flags);
    case ring_op::poll:
      return poll_ended(result);
    case ring_op::send:
      return send_ended(result);
    case ring_op::accept:
    case ring_op::silent_send:
      assert(false);
  }
}

void uring_stream::retry() noexcept {
  if (receive_ != nullptr && may_receive() && !waits_for_buffer()) {
    if (auto received = try_receive(*receive_)) {
      std::exchange(receive_, nullptr)->complete(std::move(*received));
    }
  }
  advance_sends();
  if (watcher_ != nullptr) tell_watcher();
  rearm();
}

// Receiving.

void uring_stream::rearm() noexcept {
  if (error_ != 0 || let_go_ || connect_ != nullptr) return;
  const bool wanted = receive_ != nullptr || (watcher_ != nullptr && received_.empty());
  if (wanted && !may_receive()) {
    arm_receive(receive_ != nullptr && receive_->room() > buffer_pool::small_bytes);
  } else if (watcher_ != nullptr && armed_ == armed::nothing && !hung_up_ && !poll_armed_) {
    arm_poll(0);  // a reset is told always
  }
}

void uring_stream::arm_receive(bool large) noexcept {
  if (armed_ != armed::nothing) {
    if (armed_ == armed::many && large) cancel_receive();
    return;
  }
  uring_buffers& from = large ? loop_.large_buffers() : loop_.small_buffers();
  if (large) from.want();
  if (from.empty()) return arm_poll(POLLIN | POLLRDHUP);
  io_uring_sqe& entry = loop_.ring().next(*this, ring_op::receive);
  entry.opcode = IORING_OP_RECV;
  entry.fd = socket_.number();
  entry.flags = IOSQE_BUFFER_SELECT;
  entry.buf_group = from.group();
  entry.ioprio = large ? 0 : IORING_RECV_MULTISHOT;
  armed_ = large ? armed::one : armed::many;
  large_receive_ = large;
  ++in_kernel_;
}

void uring_stream::cancel_receive() noexcept {
  if (cancelling_receive_ || armed_ == armed::nothing) return;
  cancelling_receive_ = true;
  loop_.ring().cancel(*this, ring_op::receive);
}

// Errors and hang-ups are told whatever the events.
void uring_stream::arm_poll(unsigned events) noexcept {
  if (poll_armed_) {
    const bool covered = (poll_events_ & events) == events;
    if (covered || cancelling_poll_) return;
    cancelling_poll_ = true;
    return loop_.ring().cancel(*this, ring_op::poll);
  }
  io_uring_sqe& entry = loop_.ring().next(*this, ring_op::poll);
  entry.opcode = IORING_OP_POLL_ADD;
  entry.fd = socket_.number();
  entry.poll32_events = events;
  poll_events_ = static_cast<std::uint16_t>(events);
  poll_armed_ = true;
  ++in_kernel_;
}

void uring_stream::receive_ended(int result, unsigned flags) noexcept {
  if ((flags & IORING_CQE_F_MORE) == 0) {
    armed_ = armed::nothing;
    cancelling_receive_ = false;
    --in_kernel_;
  }
  note_received(result, flags);
  if (let_go_) return end_if_unused();
  if (receive_ != nullptr && may_receive() && !waits_for_buffer()) {
    if (auto received = try_receive(*receive_)) {
      std::exchange(receive_, nullptr)->complete(std::move(*received));
    }
  }
  if (received_count_ >= received_max && armed_ == armed::many) cancel_receive();
  if (watcher_ != nullptr) tell_watcher();
  if (armed_ == armed::nothing) loop_.defer(*this);
}

void uring_stream::note_received(int result, unsigned flags) noexcept {
  if ((flags & IORING_CQE_F_BUFFER) != 0) {
    uring_buffers& from = large_receive_ ? loop_.large_buffers() : loop_.small_buffers();
    buffer bytes = from.take(flags, result > 0 ? static_cast<std::size_t>(result) : 0);
    if (!bytes.empty() && !let_go_) {
      received_.push(std::move(bytes));
      ++received_count_;
    }
  }
  if (result == 0) {
    peer_ended_ = true;
  } else if (result == -ENOBUFS) {
    (large_receive_ ? loop_.large_buffers() : loop_.small_buffers()).ran_out();
  } else if (result < 0 && result != -ECANCELED && result != -EINTR && result != -EAGAIN) {
    note_error(-result);
  }
}

bool uring_stream::waits_for_buffer() const noexcept {
  return static_cast<const buffer_waiter&>(*this).linked();
}

void uring_stream::buffer_granted(buffer given) noexcept {
  granted_ = std::move(given);
  loop_.defer(*this);
}

bool uring_stream::begin(receive_operation& wanted) {
  assert(receive_ == nullptr);
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

// What the kernel receives goes on: it waits for the next who asks.
void uring_stream::abandon(receive_operation& wanted, const failure& why) noexcept {
  receive_ = nullptr;
  granted_.release();
  if (waits_for_buffer()) loop_.buffers().withdraw(*this);
  wanted.complete(fail(why));
}

buffer uring_stream::take_received() noexcept {
  --received_count_;
  return received_.pop();
}

std::optional<result<buffer>> uring_stream::try_receive(const receive_operation& wanted) noexcept {
  if (!received_.empty()) return take_received();
  if (error_ != 0) {
    // What the peer sent before may still be there. What the kernel is receiving comes first.
    cancel_receive();
    readable_ = armed_ == armed::nothing;
  } else if (peer_ended_) {
    return buffer{};
  }
  if (readable_) return receive_now(wanted);
  return std::nullopt;
}

// Where the kernel had no buffer to put the bytes into, or is not to look for any more.
std::optional<result<buffer>> uring_stream::receive_now(const receive_operation& wanted) noexcept {
  buffer into =
      granted_ ? std::move(granted_) : loop_.buffers().try_acquire(wanted.room(), wanted.need());
  // An end, or a failure, needs no buffer.
  const bool bytes_wanted = static_cast<bool>(into);
  char byte = 0;
  const std::span<char> free = bytes_wanted ? into.room() : std::span(&byte, 1);
  const ssize_t count = ::recv(socket_.number(), free.data(), free.size(),
                               bytes_wanted ? MSG_DONTWAIT : MSG_DONTWAIT | MSG_PEEK);
  if (count > 0 && !bytes_wanted) {
    loop_.buffers().wait(*this, wanted.room(), wanted.need());
    return std::nullopt;
  }
  // Whether there is more is asked by arming again.
  readable_ = false;
  if (count > 0) {
    into.grew(static_cast<std::size_t>(count));
    return into;
  }
  if (count < 0 && (errno == EINTR || (errno == EAGAIN && error_ == 0))) {
    loop_.defer(*this);
    return std::nullopt;
  }
  if (count < 0) note_error(errno);
  if (error_ != 0) return failed(error_, "receive");
  peer_ended_ = true;
  return buffer{};
}

void uring_stream::poll_ended(int result) noexcept {
  --in_kernel_;
  poll_armed_ = false;
  cancelling_poll_ = false;
  if (let_go_) return end_if_unused();
  if (connect_ != nullptr) return finish_connect();
  if (result > 0) {
    if ((result & POLLERR) != 0) {
      const int error = pending_error(socket_.number());
      note_error(error != 0 ? error : ECONNRESET);
    }
    if ((result & POLLHUP) != 0) hung_up_ = true;
    if ((result & (POLLIN | POLLRDHUP)) != 0 && armed_ == armed::nothing && !peer_ended_) {
      readable_ = true;
    }
  }
  loop_.defer(*this);
}

// Connecting.

void uring_stream::connect_for(connect_operation& waiting) noexcept {
  connect_ = &waiting;
  arm_poll(POLLOUT);
}

void uring_stream::finish_connect() noexcept {
  connect_operation& waiting = *std::exchange(connect_, nullptr);
  error_ = connect_outcome(socket_.number(), peer_);
  std::unique_ptr<uring_stream> made(
      static_cast<uring_stream*>(std::exchange(waiting.pending, nullptr)));
  if (error_ != 0) {
    waiting.complete(fail(fault_of_errno(error_), side::local, "connect", true));
    return;
  }
  waiting.complete(std::move(made));
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

// Finds out what `readable_` means: bytes or the end.
void uring_stream::peek() noexcept {
  char byte = 0;
  const ssize_t count = ::recv(socket_.number(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (count > 0) {
    told_bytes_ = true;
    watcher_->peer_did(peer_watcher::event::bytes);
  } else if (count == 0) {
    readable_ = false;
    peer_ended_ = true;
  } else if (errno == EAGAIN) {
    readable_ = false;
  } else if (errno != EINTR) {
    note_error(errno);
  }
}

void uring_stream::tell_watcher() noexcept {
  if (receive_ == nullptr && !received_.empty() && !told_bytes_) {
    told_bytes_ = true;
    watcher_->peer_did(peer_watcher::event::bytes);
  }
  if (watcher_ != nullptr && receive_ == nullptr && readable_ && !told_bytes_) peek();
  if (watcher_ != nullptr && receive_ == nullptr && peer_ended_ && error_ == 0 && !told_end_) {
    told_end_ = true;
    watcher_->peer_did(peer_watcher::event::end_of_stream);
  }
  if (watcher_ != nullptr && error_ != 0 && !told_reset_) {
    told_reset_ = true;
    watcher_->peer_did(peer_watcher::event::reset);
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
  if (poll_armed_ && !cancelling_poll_) loop_.ring().cancel(*this, ring_op::poll);
  if (backlog_) {
    reset_on_close();  // what is missing must not pass for the end
    if (send_in_kernel_) loop_.ring().cancel(*this, ring_op::send);
  }
  if (in_kernel_ == 0) {
    uring_stream* self = this;
    self->~uring_stream();
    ::operator delete(self, sizeof(uring_stream));
    return;
  }
  let_go_ = true;
  if (silent_send_) loop_.settle_soon();
  loop_.outlives_its_owner();
}

void uring_stream::end_if_unused() noexcept {
  if (in_kernel_ > 0) return;
  uring_loop& on = loop_;
  this->~uring_stream();
  ::operator delete(this, sizeof(uring_stream));
  on.is_gone();
}

}  // namespace ferroway::io
