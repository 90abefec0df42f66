#include "base/buffer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ferroway {
namespace {

constexpr std::size_t small = buffer_pool::small_bytes;
constexpr std::size_t large = buffer_pool::large_bytes;

class queued final : public buffer_waiter {
 public:
  queued(int number, std::vector<int>& order) : number_(number), order_(order) {}
  void buffer_granted(buffer given) noexcept override {
    held = std::move(given);
    order_.push_back(number_);
  }
  buffer held;

 private:
  int number_;
  std::vector<int>& order_;
};

TEST(buffer, is_a_window_that_fills_behind_and_empties_before) {
  buffer_pool pool;
  buffer one = pool.acquire();
  EXPECT_EQ(one.append("hello world"), 11U);
  one.consume(6);
  EXPECT_EQ(one.view(), "world");
  one.truncate(3);
  EXPECT_EQ(one.view(), "wor");
  EXPECT_EQ(one.append(std::string(2 * small, 'x')), small - 9);
  EXPECT_TRUE(one.room().empty());
}

TEST(buffer, moves_its_block_and_gives_it_back_once) {
  buffer_pool pool;
  buffer one = pool.acquire();
  (void)one.append("x");
  buffer two = std::move(one);
  EXPECT_FALSE(one);  // NOLINT(bugprone-use-after-move): that it is empty is what is shown
  EXPECT_EQ(two.view(), "x");
  buffer three = pool.acquire();
  three = std::move(two);
  EXPECT_EQ(pool.bytes_lent(), small);
  three.release();
  three.release();
  EXPECT_EQ(pool.bytes_lent(), 0U);
}

TEST(buffer_pool, lends_the_block_that_came_back_last) {
  buffer_pool pool;
  const char* last = nullptr;
  {
    const buffer one = pool.acquire();
    const buffer two = pool.acquire();
    last = one.data();  // destroyed after `two`
  }
  EXPECT_EQ(pool.acquire().data(), last);
  EXPECT_EQ(pool.blocks_from_heap(), 2U);
}

TEST(buffer_pool, keeps_no_more_than_it_may) {
  buffer_pool pool({.bytes_kept = small});
  for (int round = 0; round < 2; ++round) {
    const buffer one = pool.acquire();
    const buffer two = pool.acquire();
  }
  EXPECT_EQ(pool.blocks_from_heap(), 3U);
}

TEST(buffer_pool, serves_any_size) {
  buffer_pool pool;
  EXPECT_EQ(pool.acquire(1).capacity(), small);
  EXPECT_EQ(pool.acquire(small + 1).capacity(), large);
  EXPECT_EQ(pool.acquire(3 * large).capacity(), 3 * large);
  EXPECT_EQ(pool.bytes_lent(), 0U);
}

TEST(buffer_pool, refuses_over_its_bound_only_what_can_wait) {
  buffer_pool pool({.bytes_max = 3 * small});
  const buffer one = pool.try_acquire();
  const buffer two = pool.try_acquire(1);
  EXPECT_TRUE(one && two);
  EXPECT_FALSE(pool.try_acquire(1));
  EXPECT_TRUE(pool.acquire());
}

// Bodies that nobody takes must not keep others from asking.
TEST(buffer_pool, keeps_a_quarter_for_heads) {
  buffer_pool pool({.bytes_max = 4 * small});
  std::vector<int> order;
  queued body(1, order);
  queued head(2, order);
  std::vector<buffer> bodies;
  for (int i = 0; i < 3; ++i) bodies.push_back(pool.try_acquire());
  EXPECT_TRUE(bodies.back());
  EXPECT_FALSE(pool.try_acquire(small, buffer_need::body));
  buffer one = pool.try_acquire(small, buffer_need::head);
  EXPECT_TRUE(one);
  pool.wait(body, small, buffer_need::body);
  pool.wait(head, small, buffer_need::head);
  one.release();
  EXPECT_EQ(order, std::vector{2}) << "the body waits for a body's buffer";
  bodies.clear();
  EXPECT_EQ(order, (std::vector{2, 1}));
}

TEST(buffer_pool, knows_when_it_is_crowded) {
  buffer_pool pool({.bytes_max = 4 * small});
  std::vector<buffer> lent;
  for (int i = 0; i < 3; ++i) lent.push_back(pool.acquire());
  EXPECT_FALSE(pool.crowded());
  lent.push_back(pool.acquire());
  EXPECT_TRUE(pool.crowded());
}

TEST(buffer_pool, can_always_lend_one) {
  buffer_pool pool({.bytes_max = small});
  EXPECT_TRUE(pool.try_acquire(large));
}

TEST(buffer_pool, grants_in_the_order_of_waiting_and_to_no_newcomer) {
  buffer_pool pool({.bytes_max = 3 * small});
  std::vector<int> order;
  queued first(1, order);
  queued second(2, order);
  buffer one = pool.try_acquire();
  buffer two = pool.try_acquire();
  pool.wait(first);
  pool.wait(second);
  one.release();
  EXPECT_EQ(order, std::vector{1});
  EXPECT_FALSE(pool.try_acquire());
  two.release();
  EXPECT_EQ(order, (std::vector{1, 2}));
}

TEST(buffer_pool, a_large_one_is_not_overtaken_until_it_gives_up) {
  buffer_pool pool({.bytes_max = large});
  std::vector<int> order;
  queued wants_large(1, order);
  queued wants_small(2, order);
  buffer one = pool.try_acquire();
  buffer two = pool.try_acquire();
  pool.wait(wants_large, large);
  pool.wait(wants_small);
  one.release();
  EXPECT_TRUE(order.empty());
  EXPECT_FALSE(pool.try_acquire());
  pool.withdraw(wants_large);
  EXPECT_EQ(order, std::vector{2});
}

}  // namespace
}  // namespace ferroway
