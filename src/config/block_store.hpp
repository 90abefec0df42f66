// Room for many small arrays that live and die together: a few allocations for all of them. Owned
// by what owns the arrays; one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace ferroway::config {

// What is stored stays where it is when the store is moved.
template <typename Item>
class block_store {
 public:
  std::span<const Item> keep(std::span<const Item> items) {
    if (items.size() > left_) {
      left_ = std::max(items.size(), block_items);
      blocks_.push_back(std::make_unique_for_overwrite<Item[]>(left_));
      next_ = blocks_.back().get();
    }
    Item* const begin = next_;
    std::ranges::copy(items, begin);
    next_ += items.size();
    left_ -= items.size();
    return {begin, items.size()};
  }

 private:
  static constexpr std::size_t block_items = 4096;

  std::vector<std::unique_ptr<Item[]>> blocks_;
  Item* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace ferroway::config
