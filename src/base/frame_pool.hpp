// Memory for coroutine frames and other short-lived blocks of an exchange: size classes, last in
// first out, one pool a thread. A block is freed on the thread that made it (tasks do not move
// between workers), so nothing is locked.
//
// Under AddressSanitizer free blocks are poisoned, so that a dangling frame is found as surely as
// with malloc.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ferroway {

class frame_pool {
 public:
  // Blocks of up to `block_bytes_max` are pooled, larger ones go to malloc.
  static constexpr std::size_t block_bytes_max = 8192;

  // Aborts when memory is out: a frame cannot be refused half way into a coroutine.
  static void* allocate(std::size_t bytes);
  static void release(void* block, std::size_t bytes) noexcept;

  struct counters {
    std::uint64_t frames = 0;     // allocations served, pooled or not
    std::uint64_t from_heap = 0;  // of these, the ones that called malloc
  };
  // Of this thread, since it began.
  static counters count() noexcept;
};

}  // namespace ferroway
