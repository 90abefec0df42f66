#include "io/uring.hpp"

#include <algorithm>
#include <cerrno>

namespace ferroway::io {
namespace {

constexpr std::uint64_t op_mask = 7;

std::uint64_t tag_of(ring_source& told, ring_op what) noexcept {
  return reinterpret_cast<std::uint64_t>(&told) | static_cast<std::uint64_t>(what);
}

}  // namespace

uring::~uring() {
  if (made_) io_uring_queue_exit(&ring_);
}

int uring::make(const settings& sizes) noexcept {
  io_uring_params wanted{};
  wanted.flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP | IORING_SETUP_SUBMIT_ALL |
                 IORING_SETUP_R_DISABLED | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN |
                 IORING_SETUP_DEFER_TASKRUN;
  wanted.cq_entries = sizes.completions;
  const int error = io_uring_queue_init_params(sizes.submissions, &ring_, &wanted);
  made_ = error == 0;
  return -error;
}

int uring::enable() noexcept {
  if (enabled_) return 0;
  enabled_ = true;
  if (const int error = io_uring_register(static_cast<unsigned>(ring_.ring_fd),
                                          IORING_REGISTER_ENABLE_RINGS, nullptr, 0);
      error != 0)
    return -error;
  // Saves looking the ring up at each turn; works as well without.
  registered_ = io_uring_register_ring_fd(&ring_) == 1;
  return 0;
}

io_uring_sqe& uring::next_free() noexcept {
  while (true) {
    if (io_uring_sqe* entry = io_uring_get_sqe(&ring_)) return *entry;
    (void)enable();
    (void)enter_kernel(0, 0, nullptr, 0);
  }
}

io_uring_sqe& uring::next(ring_source& told, ring_op what) noexcept {
  io_uring_sqe& entry = next_free();
  entry = {};
  entry.user_data = tag_of(told, what);
  return entry;
}

io_uring_sqe& uring::next_untold() noexcept {
  io_uring_sqe& entry = next_free();
  entry = {};
  entry.flags = IOSQE_CQE_SKIP_SUCCESS;
  return entry;
}

void uring::cancel(ring_source& told, ring_op what) noexcept {
  io_uring_sqe& entry = next_untold();
  entry.opcode = IORING_OP_ASYNC_CANCEL;
  entry.fd = -1;
  entry.addr = tag_of(told, what);
}

bool uring::all_submitted() const noexcept {
  return ring_.sq.sqe_tail == IO_URING_READ_ONCE(*ring_.sq.khead);
}

int uring::enter_kernel(unsigned wait_for, unsigned flags, void* argument,
                        std::size_t bytes) noexcept {
  io_uring_smp_store_release(ring_.sq.ktail, ring_.sq.sqe_tail);
  ring_.sq.sqe_head = ring_.sq.sqe_tail;
  const unsigned to_submit = ring_.sq.sqe_tail - IO_URING_READ_ONCE(*ring_.sq.khead);
  if (registered_) flags |= IORING_ENTER_REGISTERED_RING;
  return io_uring_enter2(static_cast<unsigned>(ring_.enter_ring_fd), to_submit, wait_for, flags,
                         static_cast<sigset_t*>(argument), bytes);
}

int uring::enter(duration wait) noexcept {
  if (wait <= duration::zero()) {
    return -std::min(enter_kernel(0, IORING_ENTER_GETEVENTS, nullptr, 0), 0);
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(wait);
  __kernel_timespec limit{seconds.count(), (wait - seconds).count()};
  io_uring_getevents_arg argument{};
  argument.ts = reinterpret_cast<std::uint64_t>(&limit);
  const unsigned flags = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG;
  return -std::min(enter_kernel(1, flags, &argument, sizeof argument), 0);
}

void uring::tell_all() noexcept {
  io_uring_cqe* entry = nullptr;
  unsigned head = 0;
  unsigned count = 0;
  io_uring_for_each_cqe(&ring_, head, entry) {
    ++count;
    const std::uint64_t tag = entry->user_data;
    if (tag == 0) continue;
    auto* told = reinterpret_cast<ring_source*>(tag & ~op_mask);
    told->completed(static_cast<ring_op>(tag & op_mask), entry->res, entry->flags);
  }
  io_uring_cq_advance(&ring_, count);
}

void uring::reap() noexcept {
  tell_all();
  // The kernel keeps what did not fit, and puts it into the queue when it is asked again.
  while ((IO_URING_READ_ONCE(*ring_.sq.kflags) & IORING_SQ_CQ_OVERFLOW) != 0) {
    (void)enter_kernel(0, IORING_ENTER_GETEVENTS, nullptr, 0);
    tell_all();
  }
}

}  // namespace ferroway::io
