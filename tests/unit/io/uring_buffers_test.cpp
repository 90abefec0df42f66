#include "io/uring_buffers.hpp"

#include "unit/io/rig.hpp"

namespace ferroway::io::test {
namespace {

class provided_buffers : public uring_test {};

TEST_F(provided_buffers, grow_after_a_turn_that_ran_out_up_to_a_quarter_of_the_pool) {
  constexpr std::size_t small = buffer_pool::small_bytes;
  buffer_pool pool({.bytes_max = 40 * small, .bytes_kept = 40 * small});
  uring ring;
  ASSERT_EQ(ring.make({16, 64}), 0);
  uring_buffers provided(ring.raw(), pool, 0, small, 2);
  ASSERT_EQ(provided.make(), 0);
  EXPECT_EQ(pool.blocks_from_heap(), 0U) << "no turn has begun";
  provided.top_up();
  EXPECT_EQ(pool.blocks_from_heap(), 2U);
  for (const unsigned level : {4U, 8U, 10U, 10U}) {
    provided.ran_out();
    provided.ran_out();  // by many in one turn: still once
    provided.top_up();
    EXPECT_EQ(provided.level(), level);
    EXPECT_EQ(pool.blocks_from_heap(), level);
  }
  provided.top_up();
  EXPECT_EQ(provided.level(), 10U);
}

TEST_F(provided_buffers, leave_to_heads_what_is_theirs) {
  constexpr std::size_t small = buffer_pool::small_bytes;
  buffer_pool pool({.bytes_max = 8 * small, .bytes_kept = 8 * small});
  uring ring;
  ASSERT_EQ(ring.make({16, 64}), 0);
  uring_buffers provided(ring.raw(), pool, 0, small, 100);
  ASSERT_EQ(provided.make(), 0);
  provided.top_up();
  EXPECT_EQ(pool.blocks_from_heap(), 6U);
  const buffer head = pool.try_acquire(small, buffer_need::head);
  EXPECT_TRUE(static_cast<bool>(head));
}

}  // namespace
}  // namespace ferroway::io::test
