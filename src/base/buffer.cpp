#include "base/buffer.hpp"

#include <malloc.h>

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include "base/poison.hpp"

namespace ferroway {
namespace {

constexpr std::size_t capacity_for(std::size_t bytes) {
  return bytes <= buffer_pool::small_bytes ? buffer_pool::small_bytes
                                           : std::max(bytes, buffer_pool::large_bytes);
}

}  // namespace

std::size_t buffer::append(std::string_view text) noexcept {
  const std::size_t taken = std::min(text.size(), room().size());
  std::memcpy(room().data(), text.data(), taken);
  grew(taken);
  return taken;
}

buffer_pool::~buffer_pool() {
  assert(lent_ == 0 && reserved_ == 0);
  for (buffer::block* first : {free_small_, free_large_}) {
    while (first != nullptr) {
      buffer::block* next = first->next;
      unpoison(first + 1, first->capacity);
      std::free(first);
      first = next;
    }
  }
}

buffer buffer_pool::acquire(std::size_t bytes) {
  const bool small = bytes <= small_bytes;
  buffer::block*& free = small ? free_small_ : free_large_;
  buffer::block* block = nullptr;
  if (free != nullptr && bytes <= large_bytes) {
    block = free;
    free = block->next;
    kept_ -= block->capacity;
    unpoison(block + 1, block->capacity);
  } else {
    block = make_block(capacity_for(bytes));
  }
  lent_ += block->capacity;
  return buffer(block);
}

bool buffer_pool::affords(std::size_t bytes, buffer_need need) const noexcept {
  if (lent_ == 0) return true;
  const std::size_t wanted = lent_ + capacity_for(bytes);
  if (need == buffer_need::head) return wanted <= limits_.bytes_max;
  return wanted + reserved_ <= limits_.bytes_max / 4 * 3;
}

buffer buffer_pool::try_reserve(std::size_t bytes) {
  if (!heads_waiting_.empty() || !bodies_waiting_.empty()) return {};
  if (lent_ + reserved_ > 0 &&
      lent_ + reserved_ + capacity_for(bytes) > limits_.bytes_max / 4 * 3) {
    return {};
  }
  buffer reserved = acquire(bytes);
  lent_ -= reserved.capacity();
  reserved_ += reserved.capacity();
  return reserved;
}

buffer buffer_pool::try_acquire(std::size_t bytes, buffer_need need) {
  if (!queue_of(need).empty() || !affords(bytes, need)) return {};
  return acquire(bytes);
}

buffer::block* buffer_pool::make_block(std::size_t capacity) {
  ++from_heap_;
  void* memory = std::malloc(sizeof(buffer::block) + capacity);
  if (memory == nullptr) {
    std::fputs("ferroway: out of memory\n", stderr);
    std::abort();
  }
  return new (memory) buffer::block{this, nullptr, static_cast<std::uint32_t>(capacity)};
}

void buffer_pool::take_back(buffer::block* block) noexcept {
  lent_ -= block->capacity;
  if (kept_ + block->capacity > limits_.bytes_kept || block->capacity > large_bytes) {
    const std::size_t capacity = block->capacity;
    std::free(block);
    return_to_system(capacity);
  } else {
    buffer::block*& free = block->capacity == small_bytes ? free_small_ : free_large_;
    block->next = free;
    free = block;
    kept_ += block->capacity;
    poison(block + 1, block->capacity);
  }
  grant();
}

void buffer_pool::withdraw(buffer_waiter& waiter) noexcept {
  list<buffer_waiter, buffer_waiter>::remove(waiter);
  grant();
}

void buffer_pool::grant() noexcept {
  grant_first_of(buffer_need::head);
  grant_first_of(buffer_need::body);
}

void buffer_pool::grant_first_of(buffer_need need) noexcept {
  // The first in the queue holds up those behind it, even when theirs would fit: else large ones
  // would starve.
  list<buffer_waiter, buffer_waiter>& queue = queue_of(need);
  while (!queue.empty() && affords(queue.front().wanted_bytes_, need)) {
    buffer_waiter& first = queue.pop_front();
    first.buffer_granted(acquire(first.wanted_bytes_));
  }
}

// After a flood the heap's free pages go back to the system; not at every buffer, since it is slow.
void buffer_pool::return_to_system(std::size_t freed) noexcept {
  constexpr std::size_t worth_trimming = std::size_t{8} << 20;
  constexpr std::size_t calm = std::size_t{1} << 20;
  freed_ += freed;
  if (freed_ < worth_trimming || lent_ > calm) return;
  freed_ = 0;
  ::malloc_trim(0);
}

}  // namespace ferroway
