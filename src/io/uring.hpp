// A ring (io_uring, see io_uring(7)): what is to be done goes in, what has been done comes out, one
// system call for all of a turn. Used by the one thread that enabled it.
//
// Needs Linux 6.1: multishot receives, provided buffer rings, deferred task work.
#pragma once

#include <liburing.h>

#include <cstdint>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace ferroway::io {

// Which operation of its source has ended.
enum class ring_op : std::uint8_t { receive, poll, send, accept, silent_send };

// What a completion is told to. Has to live until each operation has had its last one.
class alignas(8) ring_source {
 public:
  // `result` as the system call would return it, a negative errno for failures; `flags` of
  // IORING_CQE_F_*.
  virtual void completed(ring_op what, int result, unsigned flags) noexcept = 0;

 protected:
  ~ring_source() = default;
};

class uring {
 public:
  struct settings {
    unsigned submissions = 1024;
    unsigned completions = 8192;
  };

  uring() = default;
  uring(const uring&) = delete;
  uring& operator=(const uring&) = delete;
  ~uring();

  // 0, or an errno. Nothing is done before `enable`, which binds the ring to its thread.
  int make(const settings& sizes) noexcept;
  int enable() noexcept;
  io_uring& raw() noexcept { return ring_; }

  // An entry to be filled. Where the queue is full, what is in it is submitted first.
  io_uring_sqe& next(ring_source& told, ring_op what) noexcept;
  // Nobody is told when it goes well, and nobody when it does not.
  io_uring_sqe& next_untold() noexcept;
  void cancel(ring_source& told, ring_op what) noexcept;

  // Submits, waits up to `wait` for a completion, and lets the kernel run what it has deferred. 0,
  // or an errno: ETIME when nothing came.
  int enter(duration wait) noexcept;
  // Everything that was queued has been taken by the kernel.
  bool all_submitted() const noexcept;
  // Tells every completion that is there, those too that did not fit the queue.
  void reap() noexcept;

 private:
  io_uring_sqe& next_free() noexcept;
  int enter_kernel(unsigned wait_for, unsigned flags, void* argument, std::size_t bytes) noexcept;
  void tell_all() noexcept;

  io_uring ring_{};
  bool made_ = false;
  bool enabled_ = false;
  bool registered_ = false;
};

}  // namespace ferroway::io
