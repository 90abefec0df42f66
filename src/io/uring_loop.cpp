#include "io/uring_loop.hpp"

#include <poll.h>

#include <cerrno>
#include <utility>

#include "io/connect_socket.hpp"
#include "io/listen_socket.hpp"
#include "io/uring_listener.hpp"
#include "io/uring_stream.hpp"

namespace ferroway::io {
namespace {

constexpr unsigned small_level = 64;

}  // namespace

uring_loop::uring_loop(descriptor wake, const buffer_pool::settings& memory)
    : kernel_loop(std::move(wake), memory),
      small_(ring_.raw(), buffers(), 0, buffer_pool::small_bytes, small_level) {}

result<std::unique_ptr<loop>> uring_loop::make(const buffer_pool::settings& memory,
                                               const uring::settings& sizes) {
  result<descriptor> wake = make_wake();
  if (!wake) return fail(wake.error());
  std::unique_ptr<uring_loop> made(new uring_loop(std::move(*wake), memory));
  int error = made->ring_.make(sizes);
  if (error == 0) error = made->small_.make();
  if (error != 0) return fail(fault_of_errno(error), side::local, "io_uring");
  made->waker_.arm();
  return made;
}

uring_loop::~uring_loop() = default;

void uring_loop::waker::arm() noexcept {
  io_uring_sqe& entry = loop_.ring_.next(*this, ring_op::poll);
  entry.opcode = IORING_OP_POLL_ADD;
  entry.fd = loop_.wake_descriptor();
  entry.poll32_events = POLLIN;
  entry.len = IORING_POLL_ADD_MULTI;
}

void uring_loop::waker::completed(ring_op, int, unsigned flags) noexcept {
  loop_.woken();
  if ((flags & IORING_CQE_F_MORE) == 0) arm();
}

void uring_loop::run() {
  (void)ring_.enable();
  running_ = true;
  while (!stopping()) turn();
  stopped();
  running_ = false;
  come_to_rest();
}

void uring_loop::turn() {
  small_.top_up();
  retry_deferred();
  exchange_with_kernel(longest_wait());
  ++turns_;
  read_clock();
  run_turn();
}

void uring_loop::exchange_with_kernel(duration wait) noexcept {
  (void)ring_.enter(std::exchange(settle_soon_, false) ? duration::zero() : wait);
  ring_.reap();
  if (ring_.all_submitted()) sends_.settle();
}

void uring_loop::outlives_its_owner() noexcept {
  ++outliving_;
  if (!running_) come_to_rest();
}

void uring_loop::come_to_rest() noexcept {
  constexpr int attempts_max = 1000;
  (void)ring_.enable();
  for (int i = 0; i < attempts_max && (outliving_ > 0 || !sends_.empty()); ++i) {
    exchange_with_kernel(std::chrono::milliseconds(outliving_ > 0 ? 10 : 0));
  }
}

result<std::unique_ptr<listener>> uring_loop::listen(const address& at,
                                                     const listen_options& options) {
  result<descriptor> socket = make_listening_socket(at, options);
  if (!socket) return fail(socket.error());
  return adopt(std::move(*socket), options.shared_descriptor >= 0);
}

result<std::unique_ptr<listener>> uring_loop::adopt(descriptor socket, bool shared) {
  return std::make_unique<uring_listener>(*this, std::move(socket), shared);
}

bool uring_loop::begin(connect_operation& wanted) {
  result<connecting_socket> begun = io::begin_connect(wanted.to());
  if (!begun) {
    wanted.set_outcome(fail(begun.error()));
    return true;
  }
  auto made = std::make_unique<uring_stream>(*this, std::move(begun->socket), wanted.to());
  if (begun->connected) {
    wanted.set_outcome(std::move(made));
    return true;
  }
  made->connect_for(wanted);
  wanted.pending = made.release();
  return false;
}

void uring_loop::abandon(connect_operation& wanted, const failure& why) noexcept {
  delete static_cast<uring_stream*>(std::exchange(wanted.pending, nullptr));
  wanted.complete(fail(why));
}

}  // namespace ferroway::io
