// Buffers that the kernel takes when it has something to put into them (a 'provided buffer ring',
// io_uring_register_buf_ring(3)), so that a receive that waits holds none.
//
// A few, so that they stay in the processor's caches; more as soon as a burst has found none. They
// belong to the pool, which can refuse more: then there are none, and receives wait for the pool.
#pragma once

#include <liburing.h>

#include <cstdint>
#include <vector>

#include "base/buffer.hpp"

namespace ferroway::io {

class uring_buffers {
 public:
  // `bytes`: of each. `level`: how many are kept at first.
  uring_buffers(io_uring& ring, buffer_pool& pool, std::uint16_t group, std::size_t bytes,
                unsigned level);
  uring_buffers(const uring_buffers&) = delete;
  uring_buffers& operator=(const uring_buffers&) = delete;
  // The ring is gone, or takes nothing any more.
  ~uring_buffers();

  // 0, or an errno.
  int make() noexcept;
  std::uint16_t group() const noexcept { return group_; }
  // So many are kept, where the pool can spare them.
  unsigned level() const noexcept { return level_; }
  bool empty() const noexcept { return free_slots_.size() == slots_.size(); }
  // Once a turn: gives the kernel what the pool can spare, up to the level.
  void top_up() noexcept;
  // The kernel found none.
  void ran_out() noexcept { ran_out_ = true; }
  // The buffer that a completion with these flags has filled with `bytes`.
  buffer take(unsigned flags, std::size_t bytes) noexcept;

 private:
  io_uring& ring_;
  buffer_pool& pool_;
  std::uint16_t group_;
  std::size_t bytes_;
  unsigned level_;
  bool ran_out_ = false;
  io_uring_buf_ring* shared_ = nullptr;
  std::vector<buffer> slots_;  // by the number that the kernel names
  std::vector<std::uint16_t> free_slots_;
};

}  // namespace ferroway::io
