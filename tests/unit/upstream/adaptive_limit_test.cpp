#include "upstream/adaptive_limit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace ferroway::upstream {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr adaptive_limit::bounds within{4, 100, 150};

// An endpoint that answers in `base` to as many as it has room for, and makes the rest wait; asked
// by so many as the limit allows, `offered` at most.
struct endpoint_model {
  adaptive_limit limit;
  time_point now{seconds(1000)};
  double room = 1000;
  duration base = milliseconds(10);
  std::uint32_t offered = 1000;

  void run(duration length) {
    const time_point end = now + length;
    while (now < end) {
      const std::uint32_t inside = std::min(limit.now(within), offered);
      const double crowded = std::max(1.0, inside / room);
      const auto took = std::chrono::duration_cast<duration>(base * crowded);
      now += took;
      for (std::uint32_t i = 0; i < inside; ++i) limit.took(took, inside, now, within);
    }
  }
};

TEST(adaptive_limit, begins_with_the_most_and_stays_there_while_answers_are_as_usual) {
  endpoint_model model;
  EXPECT_EQ(model.limit.now(within), 100U);
  model.run(seconds(60));
  EXPECT_EQ(model.limit.now(within), 100U);
}

TEST(adaptive_limit, goes_down_when_answers_take_longer_and_up_again) {
  endpoint_model model;
  model.run(seconds(5));
  model.room = 20;
  model.run(seconds(5));
  // Half as much again is tolerated, and some more is tried all the time.
  EXPECT_GE(model.limit.now(within), 30U);
  EXPECT_LE(model.limit.now(within), 45U);
  model.room = 1000;
  model.run(seconds(20));
  EXPECT_EQ(model.limit.now(within), 100U);
}

TEST(adaptive_limit, goes_down_fast) {
  endpoint_model model;
  model.run(seconds(5));
  model.room = 5;
  model.run(seconds(3));
  EXPECT_LE(model.limit.now(within), 50U);
}

TEST(adaptive_limit, has_a_least) {
  endpoint_model model;
  model.run(seconds(5));
  model.room = 1;
  model.run(seconds(25));
  EXPECT_GE(model.limit.now(within), 4U);
  EXPECT_LE(model.limit.now(within), 8U);
}

// What was usual once is forgotten: an endpoint that is slower for good is not throttled for ever.
TEST(adaptive_limit, gets_used_to_what_does_not_change) {
  endpoint_model model;
  model.run(seconds(5));
  model.base = milliseconds(40);
  model.run(seconds(5));
  EXPECT_LE(model.limit.now(within), 60U);
  model.run(seconds(90));
  EXPECT_EQ(model.limit.now(within), 100U);
}

TEST(adaptive_limit, few_requests_say_nothing_about_it) {
  endpoint_model model;
  model.run(seconds(5));
  model.offered = 40;
  model.base = milliseconds(100);
  model.run(seconds(10));
  EXPECT_EQ(model.limit.now(within), 100U);
}

TEST(adaptive_limit, bears_several_workers) {
  adaptive_limit limit;
  std::vector<std::jthread> all;
  for (int worker = 0; worker < 4; ++worker) {
    all.emplace_back([&limit] {
      time_point now{seconds(1000)};
      for (int i = 0; i < 50'000; ++i) {
        now += milliseconds(1);
        limit.took(milliseconds(i < 25'000 ? 10 : 100), 100, now, within);
        const std::uint32_t seen = limit.now(within);
        ASSERT_TRUE(seen >= within.least && seen <= within.most) << seen;
      }
    });
  }
}

}  // namespace
}  // namespace ferroway::upstream
