#include "base/buffer.hpp"

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
  assert(lent_ == 0);
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

bool buffer_pool::affords(std::size_t bytes) const noexcept {
  return lent_ == 0 || lent_ + capacity_for(bytes) <= limits_.bytes_max;
}

buffer buffer_pool::try_acquire(std::size_t bytes) {
  if (!waiting_.empty() || !affords(bytes)) return {};
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
    std::free(block);
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
  // The first in the queue holds up those behind it, even when theirs would fit: else large ones
  // would starve.
  while (!waiting_.empty() && affords(waiting_.front().wanted_bytes_)) {
    buffer_waiter& first = waiting_.pop_front();
    first.buffer_granted(acquire(first.wanted_bytes_));
  }
}

}  // namespace ferroway
