// The memory of one exchange: a bump allocator whose blocks come from the frame pool. What it hands
// out lives until the arena is destroyed; nothing is freed one by one, no destructor runs (so:
// bytes and trivial types only).
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/frame_pool.hpp"

namespace ferroway {

class arena {
 public:
  static constexpr std::size_t block_bytes = 4096;

  arena() = default;
  arena(const arena&) = delete;
  arena& operator=(const arena&) = delete;
  ~arena() {
    while (block_ != nullptr) {
      block* below = block_->below;
      frame_pool::release(block_, block_->bytes);
      block_ = below;
    }
  }

  void* allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
    std::size_t at = (used_ + alignment - 1) & ~(alignment - 1);
    if (block_ == nullptr || at + bytes > block_->bytes) {
      grow(bytes + alignment);
      at = (used_ + alignment - 1) & ~(alignment - 1);
    }
    used_ = at + bytes;
    return reinterpret_cast<char*>(block_) + at;
  }

  template <class T>
  T* allocate_array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    return static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
  }

  template <class T, class... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
  }

  char* allocate_text(std::size_t bytes) { return static_cast<char*>(allocate(bytes, 1)); }

  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* to = allocate_text(text.size());
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  // The pieces one after the other.
  template <class... Pieces>
  std::string_view join(const Pieces&... pieces) {
    const std::size_t bytes = (std::string_view(pieces).size() + ... + 0);
    char* to = allocate_text(bytes);
    char* end = to;
    ((end = put(end, pieces)), ...);
    return {to, bytes};
  }

 private:
  struct block {
    block* below;
    std::size_t bytes;
  };

  static char* put(char* to, std::string_view text) {
    // Where there is nothing to copy there may be no address either.
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    return to + text.size();
  }

  void grow(std::size_t at_least) {
    std::size_t bytes = block_bytes;
    if (at_least + sizeof(block) > bytes) bytes = at_least + sizeof(block);
    block_ = new (frame_pool::allocate(bytes)) block{block_, bytes};
    used_ = sizeof(block);
  }

  block* block_ = nullptr;
  std::size_t used_ = 0;
};

}  // namespace ferroway
