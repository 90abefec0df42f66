// Work on other threads: the pool, and awaiting it on a loop.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "io/blocking_operation.hpp"
#include "io/blocking_pool.hpp"
#include "unit/io/rig.hpp"

namespace ferroway::io::test {
namespace {

using std::chrono::milliseconds;

// Holds a pool's threads until it is opened.
struct gate {
  std::promise<void> open;
  std::shared_future<void> opened = open.get_future().share();
};

TEST(blocking_pools, have_bounds_for_all_and_for_each_client) {
  gate held;
  std::atomic<int> ran = 0;
  blocking_pool pool({.threads = 1, .waiting_max = 5, .waiting_max_each = 2});
  std::promise<void> begun;
  ASSERT_TRUE(pool.add(9, [&](bool) {
    begun.set_value();
    held.opened.wait();
  }));
  begun.get_future().wait();
  const auto count = [&](bool in_time) { ran += in_time ? 1 : 100; };
  EXPECT_TRUE(pool.add(1, count));
  EXPECT_TRUE(pool.add(1, count));
  EXPECT_FALSE(pool.add(1, count)) << "a client has its share";
  EXPECT_TRUE(pool.add(2, count));
  EXPECT_TRUE(pool.add(3, count));
  EXPECT_TRUE(pool.add(4, count));
  EXPECT_FALSE(pool.add(5, count)) << "and the pool its bound";
  held.open.set_value();
  std::promise<void> last;
  while (!pool.add(7, [&](bool) { last.set_value(); })) std::this_thread::yield();
  last.get_future().wait();
  EXPECT_EQ(ran, 5);
}

TEST(blocking_pools, do_not_begin_what_has_waited_for_too_long) {
  gate held;
  blocking_pool pool({.threads = 1, .patience = milliseconds(0)});
  std::promise<bool> in_time;
  ASSERT_TRUE(pool.add(1, [&](bool) {
    held.opened.wait();
    std::this_thread::sleep_for(milliseconds(2));  // later than now, whatever the clock's grain
  }));
  ASSERT_TRUE(pool.add(2, [&](bool so) { in_time.set_value(so); }));
  held.open.set_value();
  EXPECT_FALSE(in_time.get_future().get());
}

TEST(blocking_pools, end_with_what_they_have_begun) {
  std::atomic<int> ran = 0;
  {
    gate held;
    std::promise<void> begun;
    blocking_pool pool({.threads = 1});
    ASSERT_TRUE(pool.add(1, [&](bool) {
      begun.set_value();
      ++ran;
    }));
    begun.get_future().wait();
  }
  EXPECT_EQ(ran, 1);
}

class blocking_operations : public testing::TestWithParam<backend> {};

task<> do_elsewhere(rig& on) {
  cancel_scope scope(on.on());
  const auto ran_on = std::make_shared<std::thread::id>();
  const result<void> done = co_await blocking_operation(
      on.on(), 1, [ran_on] { *ran_on = std::this_thread::get_id(); }, scope);
  EXPECT_TRUE(done.has_value());
  EXPECT_NE(*ran_on, std::thread::id());
  EXPECT_EQ(*ran_on == std::this_thread::get_id(), on.on().pool() == nullptr);
}

TEST_P(blocking_operations, come_back_to_their_loop) {
  rig on(GetParam());
  on.run(do_elsewhere(on));
}

task<> wait_elsewhere(rig& on, std::shared_future<void> for_what, cancel_scope& scope,
                      std::optional<failure>& ended) {
  const result<void> done =
      co_await blocking_operation(on.on(), 2, [for_what] { for_what.wait(); }, scope);
  if (!done) ended = done.error();
}

task<> turn_while_it_blocks(rig& on) {
  if (on.on().pool() == nullptr) co_return;
  gate held;
  cancel_scope scope(on.on()), sleeping(on.on());
  std::optional<failure> ended;
  spawn(wait_elsewhere(on, held.opened, scope, ended));
  // The loop goes on, and the wait can be given up, while the work blocks.
  EXPECT_TRUE((co_await on.on().sleep_for(milliseconds(5), sleeping)).has_value());
  EXPECT_FALSE(ended.has_value());
  scope.cancel({fault::cancelled, side::local, false, "no longer wanted"});
  EXPECT_TRUE((co_await on.on().sleep_for(milliseconds(5), sleeping)).has_value());
  CO_ASSERT_TRUE(ended.has_value());
  EXPECT_EQ(ended->kind, fault::cancelled);
  held.open.set_value();
}

TEST_P(blocking_operations, hold_up_no_loop_and_can_be_given_up) {
  rig on(GetParam());
  on.run(turn_while_it_blocks(on));
}

// The loop is gone before the work is done.
TEST_P(blocking_operations, may_outlive_their_loop) {
  gate held;
  std::optional<failure> ended;
  {
    rig on(GetParam());
    if (on.on().pool() == nullptr) GTEST_SKIP() << "nothing runs elsewhere there";
    const auto give_up = [](rig& with, std::shared_future<void> what,
                            std::optional<failure>& into) -> task<> {
      cancel_scope scope(with.on()), sleeping(with.on());
      spawn(wait_elsewhere(with, what, scope, into));
      EXPECT_TRUE((co_await with.on().sleep_for(milliseconds(5), sleeping)).has_value());
      scope.cancel({fault::cancelled, side::local, false, "no longer wanted"});
      EXPECT_TRUE((co_await with.on().sleep_for(milliseconds(1), sleeping)).has_value());
    };
    on.run(give_up(on, held.opened, ended));
  }
  EXPECT_TRUE(ended.has_value());
  held.open.set_value();
}

std::vector<backend> one_of_each() {
  std::vector<backend> there{backend::epoll_ipv4, backend::simulated};
  if (available(backend::uring_ipv4)) there.push_back(backend::uring_ipv4);
  return there;
}

INSTANTIATE_TEST_SUITE_P(every, blocking_operations, testing::ValuesIn(one_of_each()),
                         [](const auto& each) { return to_string(each.param); });

}  // namespace
}  // namespace ferroway::io::test
