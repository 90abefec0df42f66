#include "io/timer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/random.hpp"

namespace ferroway::io {
namespace {

using std::chrono::milliseconds;

constexpr time_point start{std::chrono::hours(5)};

class noting_timer final : public timer {
 public:
  noting_timer(timer_wheel& wheel, int number, std::vector<int>& order)
      : timer(wheel), number_(number), order_(order) {}
  duration arm_again{};  // by itself, when it fires
  time_point* clock = nullptr;

 private:
  void expired() override {
    order_.push_back(number_);
    if (arm_again != duration{}) arm(*clock + arm_again);
  }
  int number_;
  std::vector<int>& order_;
};

TEST(timer, fires_in_the_order_of_deadlines_at_every_distance) {
  timer_wheel wheel(start);
  std::vector<int> order;
  // From one tick to beyond what the wheel spans.
  const std::vector<duration> ahead{
      milliseconds(1),    milliseconds(63),      milliseconds(64),      milliseconds(4095),
      milliseconds(4097), std::chrono::hours(3), std::chrono::days(40), std::chrono::days(900)};
  std::vector<std::unique_ptr<noting_timer>> timers;
  for (std::size_t i = ahead.size(); i-- > 0;) {
    timers.push_back(std::make_unique<noting_timer>(wheel, static_cast<int>(i), order));
    timers.back()->arm(start + ahead[i]);
  }
  std::vector<int> expected;
  for (std::size_t i = 0; i < ahead.size(); ++i) {
    wheel.advance(start + ahead[i] - milliseconds(1));
    EXPECT_EQ(order, expected) << "early, at " << i;
    wheel.advance(start + ahead[i]);
    expected.push_back(static_cast<int>(i));
    EXPECT_EQ(order, expected);
  }
  EXPECT_EQ(wheel.next(), never);
}

TEST(timer, never_fires_within_the_tick_before_its_deadline) {
  timer_wheel wheel(start);
  std::vector<int> order;
  noting_timer one(wheel, 1, order);
  one.arm(start + milliseconds(10) + std::chrono::nanoseconds(1));
  wheel.advance(start + milliseconds(10));
  EXPECT_TRUE(order.empty());
  wheel.advance(start + milliseconds(11));
  EXPECT_EQ(order, std::vector{1});
}

TEST(timer, follows_a_deadline_that_moves_either_way) {
  timer_wheel wheel(start);
  std::vector<int> order;
  noting_timer later(wheel, 1, order);
  later.arm(start + milliseconds(10));
  later.arm(start + milliseconds(500));
  noting_timer earlier(wheel, 2, order);
  earlier.arm(start + milliseconds(500));
  earlier.arm(start + milliseconds(20));
  wheel.advance(start + milliseconds(19));
  EXPECT_TRUE(order.empty());
  wheel.advance(start + milliseconds(499));
  EXPECT_EQ(order, std::vector{2});
  wheel.advance(start + milliseconds(500));
  EXPECT_EQ(order, (std::vector{2, 1}));
  EXPECT_EQ(later.deadline(), never);
}

TEST(timer, does_not_fire_when_disarmed_or_gone) {
  timer_wheel wheel(start);
  std::vector<int> order;
  noting_timer disarmed(wheel, 1, order);
  disarmed.arm(start + milliseconds(5));
  disarmed.disarm();
  {
    noting_timer gone(wheel, 2, order);
    gone.arm(start + milliseconds(5));
  }
  wheel.advance(start + std::chrono::seconds(1));
  EXPECT_TRUE(order.empty());
  EXPECT_EQ(wheel.next(), never);
}

TEST(timer, may_be_armed_again_when_it_fires) {
  timer_wheel wheel(start);
  std::vector<int> order;
  time_point clock = start + milliseconds(10);
  noting_timer again(wheel, 1, order);
  again.clock = &clock;
  again.arm_again = milliseconds(10);
  again.arm(clock);
  wheel.advance(clock);
  EXPECT_EQ(order.size(), 1U);
  EXPECT_EQ(wheel.next(), start + milliseconds(20));
  clock = start + milliseconds(20);
  wheel.advance(clock);
  EXPECT_EQ(order.size(), 2U);
}

// The wheel against the plainest possible model, with jumps of all sizes.
TEST(timer, agrees_with_a_sorted_list_whatever_happens) {
  timer_wheel wheel(start);
  random_source random(7);
  std::vector<int> order;
  constexpr int count = 200;
  std::vector<std::unique_ptr<noting_timer>> timers;
  std::vector<time_point> model(count, never);
  for (int i = 0; i < count; ++i) {
    timers.push_back(std::make_unique<noting_timer>(wheel, i, order));
  }
  time_point now = start;
  for (int round = 0; round < 3000; ++round) {
    for (int change = 0; change < 5; ++change) {
      const auto which = random.below(count);
      const auto ms =
          static_cast<std::int64_t>(1 + random.below(std::uint64_t{1} << random.below(24)));
      const time_point deadline = random.chance(10) ? never : now + milliseconds(ms);
      timers[which]->arm(deadline);
      model[which] = deadline;
    }
    now +=
        milliseconds(static_cast<std::int64_t>(random.below(std::uint64_t{1} << random.below(16))));
    EXPECT_LE(wheel.next(), *std::min_element(model.begin(), model.end()));
    order.clear();
    wheel.advance(now);
    time_point last = start;
    for (const int fired : order) {
      EXPECT_LE(model[static_cast<std::size_t>(fired)], now);
      EXPECT_GE(model[static_cast<std::size_t>(fired)], last);
      last = model[static_cast<std::size_t>(fired)];
      model[static_cast<std::size_t>(fired)] = never;
    }
    for (const time_point left : model) ASSERT_GT(left, now);
  }
}

}  // namespace
}  // namespace ferroway::io
