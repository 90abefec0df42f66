// The frame pool and the arena that stands on it.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "base/arena.hpp"
#include "base/frame_pool.hpp"

namespace ferroway {
namespace {

TEST(frame_pool, serves_a_size_again_without_the_heap) {
  void* first = frame_pool::allocate(200);
  frame_pool::release(first, 200);
  const auto before = frame_pool::count();
  void* second = frame_pool::allocate(210);  // of the same class
  EXPECT_EQ(second, first);
  frame_pool::release(second, 210);
  EXPECT_EQ(frame_pool::count().from_heap, before.from_heap);
  EXPECT_EQ(frame_pool::count().frames, before.frames + 1);
}

TEST(frame_pool, blocks_of_every_size_are_whole_and_apart) {
  struct held {
    void* block;
    std::size_t bytes;
  };
  std::vector<held> all;
  for (std::size_t bytes = 0; bytes <= frame_pool::block_bytes_max + 600; bytes += 61) {
    void* block = frame_pool::allocate(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignof(std::max_align_t), 0U);
    std::memset(block, static_cast<int>(all.size() % 251), bytes);
    all.push_back({block, bytes});
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string expected(all[i].bytes, static_cast<char>(i % 251));
    EXPECT_EQ(std::memcmp(all[i].block, expected.data(), all[i].bytes), 0);
    frame_pool::release(all[i].block, all[i].bytes);
  }
}

TEST(frame_pool, each_thread_has_its_own) {
  const auto before = frame_pool::count();
  std::thread([] {
    frame_pool::release(frame_pool::allocate(100), 100);
    EXPECT_EQ(frame_pool::count().frames, 1U);
  }).join();
  EXPECT_EQ(frame_pool::count().frames, before.frames);
}

TEST(arena, hands_out_text_that_stays) {
  arena memory;
  std::vector<std::string_view> copies;
  for (int i = 0; i < 2000; ++i) copies.push_back(memory.copy("piece " + std::to_string(i)));
  for (int i = 0; i < 2000; ++i) {
    EXPECT_EQ(copies[static_cast<std::size_t>(i)], "piece " + std::to_string(i));
  }
  EXPECT_EQ(memory.copy(""), "");
  EXPECT_EQ(memory.join("a", std::string("b"), std::string_view("c")), "abc");
}

TEST(arena, aligns_and_takes_what_is_larger_than_a_block) {
  arena memory;
  (void)memory.allocate_text(1);
  auto* number = memory.make<std::uint64_t>(7U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(number) % alignof(std::uint64_t), 0U);
  const std::string big(10 * arena::block_bytes, 'b');
  EXPECT_EQ(memory.copy(big), big);
  EXPECT_EQ(*number, 7U);
  auto* array = memory.allocate_array<std::uint32_t>(100);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array) % alignof(std::uint32_t), 0U);
}

TEST(arena, needs_no_heap_once_the_pool_is_warm) {
  {
    arena warming;
    (void)warming.allocate(100);
  }
  const auto before = frame_pool::count();
  {
    arena memory;
    (void)memory.allocate(100);
  }
  EXPECT_EQ(frame_pool::count().from_heap, before.from_heap);
}

}  // namespace
}  // namespace ferroway
