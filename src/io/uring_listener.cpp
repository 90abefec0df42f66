#include "io/uring_listener.hpp"

#include <sys/socket.h>

#include <cassert>
#include <cerrno>

#include "io/listen_socket.hpp"
#include "io/uring_stream.hpp"

namespace ferroway::io {
namespace {

constexpr int accept_flags = SOCK_NONBLOCK | SOCK_CLOEXEC;

fault fault_of_accept(int error_number) {
  switch (error_number) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return fault::out_of_descriptors;
    case EBADF:
    case EINVAL:
    case ENOTSOCK:
    case EFAULT:
      return fault::internal;
    // The one that was accepted is gone again (accept(2), 'Error handling').
    default:
      return fault::reset;
  }
}

}  // namespace

uring_listener::uring_listener(uring_loop& on, descriptor socket, bool shared)
    : loop_(on),
      socket_(std::move(socket)),
      bound_(local_address(socket_.number())),
      shared_(shared) {}

std::unique_ptr<stream> uring_listener::next_stream() {
  while (!accepted_.empty()) {
    descriptor socket = std::move(accepted_.front());
    accepted_.pop_front();
    // A multishot accept cannot tell whose connection each is; one that is gone has no name any
    // more.
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    auto* name = reinterpret_cast<sockaddr*>(&storage);
    if (::getpeername(socket.number(), name, &length) != 0) continue;
    return std::make_unique<uring_stream>(loop_, std::move(socket),
                                          address::of_sockaddr(*name, length));
  }
  return nullptr;
}

bool uring_listener::take_accepted(accept_operation& wanted) {
  std::unique_ptr<stream> made = next_stream();
  if (!made) return false;
  wanted.set_outcome(std::move(made));
  return true;
}

bool uring_listener::begin(accept_operation& wanted) {
  assert(accept_ == nullptr);
  accept_ = &wanted;
  if (!armed_) arm();
  return false;
}

// The kernel may have accepted meanwhile: what it gives before it says that it has stopped wins.
void uring_listener::abandon(accept_operation& wanted, const failure& why) noexcept {
  if (armed_) return cancel();
  accept_ = nullptr;
  wanted.complete(fail(why));
}

void uring_listener::arm() noexcept {
  armed_ = true;
  error_ = 0;
  io_uring_sqe& entry = loop_.ring().next(*this, ring_op::accept);
  entry.opcode = IORING_OP_ACCEPT;
  entry.ioprio = IORING_ACCEPT_MULTISHOT;
  entry.fd = socket_.number();
  entry.accept_flags = accept_flags;
}

void uring_listener::cancel() noexcept {
  if (!armed_ || cancelling_) return;
  cancelling_ = true;
  loop_.ring().cancel(*this, ring_op::accept);
}

void uring_listener::completed(ring_op, int result, unsigned flags) noexcept {
  if (result >= 0) accepted_.emplace_back(result);
  if ((flags & IORING_CQE_F_MORE) == 0) {
    armed_ = false;
    const bool cancelled = std::exchange(cancelling_, false);
    if (result < 0 && result != -ECANCELED) error_ = -result;
    if (let_go_) return end();
    // A wake-up that came between was ours, and no other worker's.
    if (cancelled && shared_) {
      descriptor socket(::accept4(socket_.number(), nullptr, nullptr, accept_flags));
      if (socket) accepted_.push_back(std::move(socket));
    }
  }
  if (accept_ != nullptr) serve();
}

// Ends the pending accept with what there is, if anything.
void uring_listener::serve() noexcept {
  if (std::unique_ptr<stream> made = next_stream()) {
    std::exchange(accept_, nullptr)->complete(std::move(made));
    loop_.defer(*this);
  } else if (!armed_) {
    accept_operation& waiting = *accept_;
    if (waiting.scope().cancelled()) {
      accept_ = nullptr;
      waiting.complete(fail(waiting.scope().why()));
    } else if (error_ != 0) {
      accept_ = nullptr;
      waiting.complete(fail(fault_of_accept(error_), side::local, "accept"));
    } else {
      arm();
    }
  }
}

// Whoever was given a connection has not asked for another.
void uring_listener::retry() noexcept {
  if (accept_ == nullptr) cancel();
}

void uring_listener::let_go() noexcept {
  assert(accept_ == nullptr);
  let_go_ = true;
  accepted_.clear();
  if (!armed_) {
    uring_listener* self = this;
    self->~uring_listener();
    ::operator delete(self, sizeof(uring_listener));
    return;
  }
  cancel();
  loop_.outlives_its_owner();
}

void uring_listener::end() noexcept {
  uring_loop& on = loop_;
  this->~uring_listener();
  ::operator delete(this, sizeof(uring_listener));
  on.is_gone();
}

}  // namespace ferroway::io
