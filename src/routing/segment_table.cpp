#include "routing/segment_table.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

namespace ferroway::routing {

std::uint64_t segment_table::hash(std::uint32_t parent, std::string_view text) const noexcept {
  constexpr std::uint64_t spread = 0x9e3779b97f4a7c15U;
  return XXH3_64bits_withSeed(text.data(), text.size(), seed_ ^ (parent * spread));
}

std::uint32_t segment_table::find(std::uint32_t parent, std::string_view text) const noexcept {
  if (text.size() > longest_) return 0;
  const std::uint64_t hashed = hash(parent, text);
  const auto tag = static_cast<std::uint32_t>(hashed >> 32);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hashed & mask;; at = (at + 1) & mask) {
    const slot& candidate = slots_[at];
    if (candidate.child == 0) return 0;
    if (candidate.tag == tag && candidate.parent == parent && text_of(candidate) == text) {
      return candidate.child;
    }
  }
}

void segment_table::insert(std::uint32_t parent, std::string_view text, std::uint32_t child) {
  if (2 * (used_ + 1) > slots_.size()) grow();
  const std::uint64_t hashed = hash(parent, text);
  place({parent, child, static_cast<std::uint32_t>(hashed >> 32),
         static_cast<std::uint32_t>(texts_.size()), static_cast<std::uint32_t>(text.size())},
        hashed);
  texts_ += text;
  longest_ = std::max(longest_, text.size());
  ++used_;
}

void segment_table::place(const slot& filled, std::uint64_t hash) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at].child != 0) at = (at + 1) & mask;
  slots_[at] = filled;
}

void segment_table::grow() {
  std::vector<slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const slot& moved : old) {
    if (moved.child != 0) place(moved, hash(moved.parent, text_of(moved)));
  }
}

}  // namespace ferroway::routing
