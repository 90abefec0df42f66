#include "base/task.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "base/spawn.hpp"

namespace ferroway {
namespace {

// Suspends whoever awaits it until open().
class gate {
 public:
  auto operator co_await() noexcept {
    struct awaiter {
      gate& self;
      bool await_ready() noexcept { return false; }
      void await_suspend(std::coroutine_handle<> waiter) noexcept { self.waiter_ = waiter; }
      void await_resume() noexcept {}
    };
    return awaiter{*this};
  }
  void open() { std::exchange(waiter_, nullptr).resume(); }

 private:
  std::coroutine_handle<> waiter_;
};

task<int> count_down(int from) {
  if (from == 0) co_return 0;
  const int below = co_await count_down(from - 1);
  co_return below + 1;
}

task<> store(int depth, int& to) { to = co_await count_down(depth); }

TEST(task, returns_values_through_a_deep_chain) {
  int depth = 0;
  spawn(store(1000, depth));
  EXPECT_EQ(depth, 1000);
}

task<> loop_over_tasks(int rounds, int& sum) {
  for (int i = 0; i < rounds; ++i) sum += co_await count_down(1);
}

TEST(task, a_long_loop_of_tasks_needs_no_stack) {
  // Unoptimised builds keep symmetric transfer as well: clang guarantees the tail call.
  int sum = 0;
  spawn(loop_over_tasks(100'000, sum));
  EXPECT_EQ(sum, 100'000);
}

task<> set(bool& ran) {
  ran = true;
  co_return;
}

TEST(task, does_not_start_unless_awaited) {
  bool ran = false;
  {
    const task<> never_awaited = set(ran);
    EXPECT_FALSE(ran);
  }
  EXPECT_FALSE(ran);
}

task<std::unique_ptr<int>> make_number() { co_return std::make_unique<int>(7); }

task<> take_number(int& to) {
  const std::unique_ptr<int> made = co_await make_number();
  to = *made;
}

TEST(task, hands_over_what_can_only_be_moved) {
  int number = 0;
  spawn(take_number(number));
  EXPECT_EQ(number, 7);
}

task<> wait_at(gate& here, int& stage) {
  stage = 1;
  co_await here;
  stage = 2;
}

TEST(task, spawn_runs_to_the_first_suspension_and_frees_the_frame_at_the_end) {
  gate here;
  int stage = 0;
  spawn(wait_at(here, stage));
  EXPECT_EQ(stage, 1);
  here.open();
  EXPECT_EQ(stage, 2);
}

task<> join_it(companion& other, bool& joined) {
  co_await other.join();
  joined = true;
}

TEST(companion, is_joined_when_it_ends_and_not_before) {
  gate here;
  int stage = 0;
  bool joined = false;
  companion beside;
  beside.start(wait_at(here, stage));
  EXPECT_TRUE(beside.running());
  spawn(join_it(beside, joined));
  EXPECT_FALSE(joined);
  here.open();
  EXPECT_TRUE(joined);
  EXPECT_FALSE(beside.running());
}

TEST(companion, that_has_ended_or_never_began_is_joined_at_once) {
  bool joined = false;
  companion idle;
  spawn(join_it(idle, joined));
  EXPECT_TRUE(joined);
  joined = false;
  bool ran = false;
  companion quick;
  quick.start(set(ran));
  spawn(join_it(quick, joined));
  EXPECT_TRUE(ran && joined);
}

task<> outlive(gate& here, int& stage, bool& joined) {
  companion beside;
  beside.start(wait_at(here, stage));
  co_await beside.join();
  joined = true;
}

TEST(companion, may_be_gone_as_soon_as_its_joiner_goes_on) {
  gate here;
  int stage = 0;
  bool joined = false;
  spawn(outlive(here, stage, joined));
  here.open();
  EXPECT_TRUE(joined);
}

}  // namespace
}  // namespace ferroway
