#include "middleware/compress/kept_blocks.hpp"

#include <algorithm>
#include <cstdlib>

namespace ferroway {

kept_blocks::~kept_blocks() {
  for (const kept& each : blocks_) std::free(each.block);
}

// The smallest that is large enough, and not much larger.
kept_blocks::kept* kept_blocks::find_free(std::size_t bytes) noexcept {
  kept* best = nullptr;
  for (kept& each : blocks_) {
    if (each.block == nullptr || each.taken || each.bytes < bytes || each.bytes / 2 > bytes)
      continue;
    if (best == nullptr || each.bytes < best->bytes) best = &each;
  }
  return best;
}

// A place for another block: one where none is, else that of the smallest free one, which goes.
kept_blocks::kept* kept_blocks::find_room() noexcept {
  kept* smallest = nullptr;
  for (kept& each : blocks_) {
    if (each.block == nullptr) return &each;
    if (!each.taken && (smallest == nullptr || each.bytes < smallest->bytes)) smallest = &each;
  }
  if (smallest == nullptr) return nullptr;
  std::free(smallest->block);
  *smallest = {};
  return smallest;
}

void* kept_blocks::take(std::size_t bytes) noexcept {
  if (kept* found = find_free(bytes); found != nullptr) {
    found->taken = true;
    return found->block;
  }
  void* made = std::malloc(bytes);
  kept* room = made == nullptr ? nullptr : find_room();
  if (room != nullptr) *room = {made, bytes, true};
  return made;
}

void kept_blocks::give_back(void* block) noexcept {
  if (block == nullptr) return;
  const auto found = std::ranges::find(blocks_, block, &kept::block);
  if (found == blocks_.end()) return std::free(block);
  found->taken = false;
}

}  // namespace ferroway
