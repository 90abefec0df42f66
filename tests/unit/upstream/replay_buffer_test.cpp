#include "upstream/replay_buffer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ferroway::upstream {
namespace {

struct replay_rig {
  explicit replay_rig(std::size_t bytes_max, const buffer_pool::settings& of_pool = {})
      : pool(of_pool), kept(memory, pool, bytes_max) {}
  ~replay_rig() { kept.release(); }

  std::string text() const {
    std::string all;
    for (const replay_buffer::piece* each = kept.first(); each != nullptr; each = each->next) {
      all += each->bytes.view();
    }
    return all;
  }

  arena memory;
  buffer_pool pool;
  replay_buffer kept;
};

TEST(replay_buffer, keeps_all_that_goes_out) {
  replay_rig rig(100'000);
  std::string all;
  for (int i = 0; i < 100; ++i) {
    const std::string piece(static_cast<std::size_t>(i * 19 % 1000),
                            static_cast<char>('a' + i % 26));
    rig.kept.keep(piece);
    all += piece;
  }
  EXPECT_TRUE(rig.kept.whole());
  EXPECT_EQ(rig.text(), all);
  EXPECT_LE(rig.pool.bytes_lent(), all.size() + buffer_pool::small_bytes) << "closely packed";
}

TEST(replay_buffer, only_a_later_try_sends_it_again) {
  replay_rig rig(100);
  rig.kept.begin_try(false);
  rig.kept.keep("first");
  EXPECT_FALSE(rig.kept.resends());
  rig.kept.begin_try(true);
  EXPECT_TRUE(rig.kept.resends());
  rig.kept.keep("second");
  EXPECT_EQ(rig.text(), "firstsecond");
}

TEST(replay_buffer, lets_go_of_all_beyond_its_limit) {
  replay_rig rig(10);
  rig.kept.keep("0123456789");
  EXPECT_TRUE(rig.kept.whole());
  rig.kept.keep("0");
  EXPECT_FALSE(rig.kept.whole());
  EXPECT_EQ(rig.pool.bytes_lent(), 0U);
  rig.kept.keep("1");
  rig.kept.begin_try(true);
  EXPECT_FALSE(rig.kept.resends());
  EXPECT_EQ(rig.pool.bytes_lent(), 0U);
}

TEST(replay_buffer, what_comes_after_the_decision_is_kept_beyond_the_limit) {
  replay_rig rig(10);
  rig.kept.begin_try(false);
  rig.kept.keep("0123456789");
  rig.kept.hold();
  rig.kept.keep("more");
  rig.kept.begin_try(true);
  EXPECT_TRUE(rig.kept.resends());
  EXPECT_EQ(rig.text(), "0123456789more");
  rig.kept.keep("x");
  EXPECT_FALSE(rig.kept.whole()) << "and then the limit holds again";
}

TEST(replay_buffer, keeps_nothing_where_memory_is_crowded) {
  replay_rig rig(100'000, {.bytes_max = 100 * 1024});
  const buffer taken = rig.pool.acquire(90 * 1024);
  rig.kept.keep("anything");
  EXPECT_FALSE(rig.kept.whole());
}

// Bodies that have to move come first: a copy is taken only while there is plenty.
TEST(replay_buffer, takes_no_memory_that_bodies_may_need) {
  replay_rig rig(100'000, {.bytes_max = std::size_t{1} << 20});
  rig.kept.keep("anything");
  EXPECT_TRUE(rig.kept.whole());
  const buffer taken = rig.pool.acquire(300 * 1024);
  EXPECT_FALSE(rig.pool.crowded());
  rig.kept.keep(std::string(buffer_pool::small_bytes, 'x'));
  EXPECT_FALSE(rig.kept.whole());
  EXPECT_EQ(rig.pool.bytes_lent(), taken.capacity()) << "and what was kept is given back";
}

TEST(replay_buffer, is_over_when_the_answer_has_come) {
  replay_rig rig(100);
  rig.kept.keep("first");
  rig.kept.close();
  EXPECT_EQ(rig.text(), "first") << "a try under way may be sending it";
  rig.kept.keep("second");
  EXPECT_EQ(rig.pool.bytes_lent(), 0U);
}

}  // namespace
}  // namespace ferroway::upstream
