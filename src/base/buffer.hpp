// Owned bytes from a worker's pool: what sockets fill and empty.
//
// A buffer is a window [begin, end) on a pooled block: bytes are appended behind `end` and consumed
// at `begin`. It is move-only; destroying it gives the block back. Pools are bounded and last in
// first out, so the next receive finds a warm block. Only the pool's own thread may touch its
// buffers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "base/list.hpp"

namespace ferroway {

class buffer_pool;

class buffer {
 public:
  buffer() noexcept = default;
  buffer(buffer&& from) noexcept
      : block_(std::exchange(from.block_, nullptr)),
        begin_(std::exchange(from.begin_, 0)),
        end_(std::exchange(from.end_, 0)) {}
  buffer& operator=(buffer&& from) noexcept {
    if (this != &from) {
      release();
      block_ = std::exchange(from.block_, nullptr);
      begin_ = std::exchange(from.begin_, 0);
      end_ = std::exchange(from.end_, 0);
    }
    return *this;
  }
  ~buffer() { release(); }

  bool empty() const noexcept { return begin_ == end_; }
  std::size_t size() const noexcept { return end_ - begin_; }
  const char* data() const noexcept { return bytes() + begin_; }
  char* data() noexcept { return bytes() + begin_; }
  std::string_view view() const noexcept { return {data(), size()}; }

  // Has a block behind it (which may hold no bytes).
  explicit operator bool() const noexcept { return block_ != nullptr; }
  std::size_t capacity() const noexcept { return block_ != nullptr ? block_->capacity : 0; }

  // The room behind the bytes; `grew(n)` says that n bytes of it have been filled.
  std::span<char> room() noexcept { return {bytes() + end_, capacity() - end_}; }
  void grew(std::size_t count) noexcept { end_ += static_cast<std::uint32_t>(count); }
  // Takes what fits of `text`; returns how much that was.
  std::size_t append(std::string_view text) noexcept;

  void consume(std::size_t count) noexcept { begin_ += static_cast<std::uint32_t>(count); }
  void truncate(std::size_t count) noexcept { end_ = begin_ + static_cast<std::uint32_t>(count); }
  void clear() noexcept { begin_ = end_ = 0; }
  void release() noexcept;

 private:
  friend class buffer_pool;
  friend class buffer_queue;
  struct alignas(16) block {
    buffer_pool* pool;
    block* next;  // while free or in a queue
    std::uint32_t capacity;
    std::uint32_t queued_begin = 0;  // the window, while in a queue
    std::uint32_t queued_end = 0;
  };
  explicit buffer(block* from) noexcept : block_(from) {}
  char* bytes() const noexcept {
    return block_ == nullptr ? nullptr : reinterpret_cast<char*>(block_ + 1);
  }

  block* block_ = nullptr;
  std::uint32_t begin_ = 0;
  std::uint32_t end_ = 0;
};

// Buffers one behind the other, linked through their blocks: an empty queue is two pointers.
class buffer_queue {
 public:
  buffer_queue() noexcept = default;
  buffer_queue(const buffer_queue&) = delete;
  buffer_queue& operator=(const buffer_queue&) = delete;
  ~buffer_queue() { clear(); }

  bool empty() const noexcept { return first_ == nullptr; }
  // `bytes` has a block.
  void push(buffer bytes) noexcept {
    buffer::block* added = std::exchange(bytes.block_, nullptr);
    added->queued_begin = bytes.begin_;
    added->queued_end = bytes.end_;
    added->next = nullptr;
    (first_ == nullptr ? first_ : last_->next) = added;
    last_ = added;
  }
  // Of a queue that is not empty.
  buffer pop() noexcept {
    buffer::block* taken = std::exchange(first_, first_->next);
    buffer bytes(taken);
    bytes.begin_ = taken->queued_begin;
    bytes.end_ = taken->queued_end;
    return bytes;
  }
  void clear() noexcept {
    while (!empty()) pop();
  }

 private:
  buffer::block* first_ = nullptr;
  buffer::block* last_ = nullptr;
};

// What a buffer is wanted for. Heads are short and their buffers come back at once: a part of each
// pool is theirs, so that bodies which nobody takes cannot keep others from asking.
enum class buffer_need : std::uint8_t { head, body };

// Given, first come first served among its need, a buffer of an exhausted pool when enough has come
// back. Called from wherever a buffer is released: keep `given` and go on later, resume nobody.
class buffer_waiter : public tagged_node<buffer_waiter> {
 public:
  virtual void buffer_granted(buffer given) noexcept = 0;

 protected:
  ~buffer_waiter() = default;

 private:
  friend class buffer_pool;
  std::size_t wanted_bytes_ = 0;
};

class buffer_pool {
 public:
  // A 16 KiB body with its head fits one small buffer; large ones carry bodies that are known to be
  // long.
  static constexpr std::size_t small_bytes = 20 * 1024;
  static constexpr std::size_t large_bytes = 256 * 1024;

  struct settings {
    std::size_t bytes_max = std::size_t{256}
                            << 20;  // lent out at once, over which try_acquire() refuses
    std::size_t bytes_kept = std::size_t{8}
                             << 20;  // free ones kept for reuse; more go back to the heap
  };

  buffer_pool() : buffer_pool(settings()) {}
  explicit buffer_pool(const settings& limits) : limits_(limits) {}
  buffer_pool(const buffer_pool&) = delete;
  buffer_pool& operator=(const buffer_pool&) = delete;
  // Every buffer must have come back.
  ~buffer_pool();

  // A buffer with room for at least `bytes`, without a bound on the pool's total: for what is
  // already owed (heads to be written). Sizes over large_bytes come from the heap each time.
  buffer acquire(std::size_t bytes = small_bytes);
  // The same, or an empty handle when what the need may use is lent out (`bytes_max` for heads,
  // three quarters of it for bodies) or somebody with that need waits already: for what can wait
  // (receives). One buffer can always be lent, however small `bytes_max` is.
  buffer try_acquire(std::size_t bytes = small_bytes, buffer_need need = buffer_need::body);
  // `waiter` is granted one buffer when its turn comes, unless it withdraws before.
  void wait(buffer_waiter& waiter, std::size_t bytes = small_bytes,
            buffer_need need = buffer_need::body) noexcept {
    waiter.wanted_bytes_ = bytes;
    queue_of(need).push_back(waiter);
  }
  void withdraw(buffer_waiter& waiter) noexcept;

  // A buffer for the kernel to fill before anybody knows whose bytes those will be. It is not lent
  // yet, but leaves that much less for bodies; an empty handle where they may use no more. `lend`
  // it when it has found its reader, or give it back with `unreserve`.
  buffer try_reserve(std::size_t bytes = small_bytes);
  void lend(const buffer& reserved) noexcept {
    reserved_ -= reserved.capacity();
    lent_ += reserved.capacity();
  }
  void unreserve(buffer reserved) noexcept {
    lend(reserved);
    reserved.release();
  }

  std::size_t bytes_max() const noexcept { return limits_.bytes_max; }
  std::size_t bytes_lent() const noexcept { return lent_; }
  // Bodies may keep no more: what is left is for heads.
  bool crowded() const noexcept { return lent_ > limits_.bytes_max / 4 * 3; }
  // Less than a quarter is lent: long bodies may be carried in large buffers.
  bool plenty() const noexcept { return lent_ < limits_.bytes_max / 4; }
  std::size_t blocks_from_heap() const noexcept { return from_heap_; }

 private:
  friend class buffer;
  void take_back(buffer::block* block) noexcept;
  buffer::block* make_block(std::size_t capacity);
  bool affords(std::size_t bytes, buffer_need need) const noexcept;
  void grant() noexcept;
  void grant_first_of(buffer_need need) noexcept;
  void return_to_system(std::size_t freed) noexcept;
  list<buffer_waiter, buffer_waiter>& queue_of(buffer_need need) noexcept {
    return need == buffer_need::head ? heads_waiting_ : bodies_waiting_;
  }

  settings limits_;
  buffer::block* free_small_ = nullptr;
  buffer::block* free_large_ = nullptr;
  std::size_t lent_ = 0;
  std::size_t reserved_ = 0;
  std::size_t kept_ = 0;
  std::size_t from_heap_ = 0;
  std::size_t freed_ = 0;  // given back to the heap since it was last trimmed
  list<buffer_waiter, buffer_waiter> heads_waiting_;
  list<buffer_waiter, buffer_waiter> bodies_waiting_;
};

inline void buffer::release() noexcept {
  if (block_ == nullptr) return;
  block* returned = std::exchange(block_, nullptr);
  begin_ = end_ = 0;
  returned->pool->take_back(returned);
}

}  // namespace ferroway
