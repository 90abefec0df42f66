// Memory for a library that cannot begin anew but only be made anew (brotli): what one stream gave
// back, the next one takes. Belongs to one encoder; one thread.
#pragma once

#include <array>
#include <cstddef>

namespace ferroway {

class kept_blocks {
 public:
  kept_blocks() = default;
  kept_blocks(const kept_blocks&) = delete;
  kept_blocks& operator=(const kept_blocks&) = delete;
  ~kept_blocks();

  // Null where memory is out.
  void* take(std::size_t bytes) noexcept;
  void give_back(void* block) noexcept;

 private:
  struct kept {
    void* block = nullptr;
    std::size_t bytes = 0;
    bool taken = false;
  };
  kept* find_free(std::size_t bytes) noexcept;
  kept* find_room() noexcept;

  // More blocks than these come from the heap each time.
  static constexpr std::size_t blocks_max = 64;
  std::array<kept, blocks_max> blocks_;
};

}  // namespace ferroway
