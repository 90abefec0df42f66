#include "base/frame_pool.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

#include "base/poison.hpp"

namespace ferroway {
namespace {

// Classes of 32 bytes up to 1 KiB, of 512 above: frames cluster at the small end. The small ones
// are 8 bytes short of that, which malloc puts in front of a block: idle connections count bytes.
constexpr std::size_t malloc_bytes = 8;
constexpr std::size_t fine_step = 32;
constexpr std::size_t fine_limit = 1024 - malloc_bytes;
constexpr std::size_t coarse_step = 512;
constexpr std::size_t fine_classes = (fine_limit + malloc_bytes) / fine_step;
constexpr std::size_t coarse_first = 2;  // times coarse_step
constexpr std::size_t class_count =
    fine_classes + frame_pool::block_bytes_max / coarse_step - coarse_first + 1;

// Of each class; more goes back to the heap, so that a flood leaves no mark.
constexpr std::size_t kept_bytes_max = std::size_t{1} << 20;

constexpr std::size_t class_of(std::size_t bytes) {
  if (bytes <= fine_limit) return (bytes + malloc_bytes + fine_step - 1) / fine_step - 1;
  return fine_classes + (bytes + coarse_step - 1) / coarse_step - coarse_first;
}

constexpr std::size_t class_bytes(std::size_t index) {
  if (index < fine_classes) return (index + 1) * fine_step - malloc_bytes;
  return (index - fine_classes + coarse_first) * coarse_step;
}

static_assert(class_bytes(class_of(1)) >= 1 && class_bytes(class_of(1017)) == 1024 &&
              class_bytes(class_of(1025)) == 1536 && class_bytes(class_of(4096)) == 4096);
static_assert(class_of(frame_pool::block_bytes_max) == class_count - 1);

struct free_block {
  free_block* next;
};

// Trivially destructible on purpose: blocks may come back while a thread's other statics are going
// down. What is still pooled when a thread ends is given back by `drain`, registered on first use.
struct thread_pool {
  std::array<free_block*, class_count> free{};
  std::array<std::uint32_t, class_count> kept{};  // blocks
  frame_pool::counters counted;
  bool drained = false;
};
constinit thread_local thread_pool pool;

struct drain {
  ~drain() {
    pool.drained = true;
    for (std::size_t index = 0; index < class_count; ++index) {
      while (free_block* block = pool.free[index]) {
        unpoison(block, class_bytes(index));
        pool.free[index] = block->next;
        std::free(block);
      }
    }
  }
};

[[gnu::noinline, gnu::cold]] void* from_heap(std::size_t bytes) {
  static thread_local drain at_thread_exit;
  (void)at_thread_exit;
  ++pool.counted.from_heap;
  void* block = std::malloc(bytes);
  if (block == nullptr) {
    std::fputs("ferroway: out of memory\n", stderr);
    std::abort();
  }
  return block;
}

}  // namespace

void* frame_pool::allocate(std::size_t bytes) {
  ++pool.counted.frames;
  if (bytes == 0) bytes = 1;
  if (bytes > block_bytes_max) return from_heap(bytes);
  const std::size_t index = class_of(bytes);
  free_block* block = pool.free[index];
  if (block == nullptr) return from_heap(class_bytes(index));
  unpoison(block, class_bytes(index));
  pool.free[index] = block->next;
  --pool.kept[index];
  return block;
}

void frame_pool::release(void* block, std::size_t bytes) noexcept {
  if (bytes == 0) bytes = 1;
  if (bytes > block_bytes_max || pool.drained) {
    std::free(block);
    return;
  }
  const std::size_t index = class_of(bytes);
  if (pool.kept[index] >= kept_bytes_max / class_bytes(index)) {
    std::free(block);
    return;
  }
  ++pool.kept[index];
  auto* freed = static_cast<free_block*>(block);
  freed->next = pool.free[index];
  pool.free[index] = freed;
  poison(block, class_bytes(index));
}

frame_pool::counters frame_pool::count() noexcept { return pool.counted; }

}  // namespace ferroway
