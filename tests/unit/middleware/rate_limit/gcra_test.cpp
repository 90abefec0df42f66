#include "middleware/rate_limit/gcra.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.hpp"

namespace ferroway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr time_point start{std::chrono::hours(1)};

class bucket {
 public:
  explicit bucket(limit_policy by) : by_(by) {}
  limit_decision take(time_point at, std::uint64_t cost = 1) {
    const gcra_step step = gcra(tat_, by_, cost, limit_time_of(at));
    if (step.decision.admitted) tat_ = step.tat;
    return step.decision;
  }

 private:
  limit_policy by_;
  limit_time tat_ = 0;
};

TEST(gcra, admits_a_burst_and_then_the_rate) {
  bucket one(limit_policy::of(10, seconds(1), 3));
  EXPECT_EQ(one.take(start).remaining, 2U);
  EXPECT_EQ(one.take(start).remaining, 1U);
  const limit_decision last = one.take(start);
  EXPECT_TRUE(last.admitted);
  EXPECT_EQ(last.remaining, 0U);
  EXPECT_EQ(last.full_after, milliseconds(300));
  const limit_decision refused = one.take(start + milliseconds(99));
  EXPECT_FALSE(refused.admitted);
  EXPECT_EQ(refused.retry_after, milliseconds(1));
  EXPECT_EQ(refused.full_after, milliseconds(201));
  EXPECT_TRUE(one.take(start + milliseconds(100)).admitted);
  EXPECT_FALSE(one.take(start + milliseconds(199)).admitted);
  EXPECT_EQ(one.take(start + seconds(5)).remaining, 2U);  // never more than the burst
}

TEST(gcra, a_dear_request_takes_its_cost) {
  bucket one(limit_policy::of(10, seconds(1), 10));
  EXPECT_EQ(one.take(start, 7).remaining, 3U);
  EXPECT_FALSE(one.take(start, 4).admitted);
  EXPECT_TRUE(one.take(start, 3).admitted);
  EXPECT_EQ(one.take(start, 4).retry_after, milliseconds(400));
  EXPECT_FALSE(one.take(start + seconds(100), 11).admitted);
}

TEST(gcra, a_clock_that_goes_back_gives_nothing) {
  bucket one(limit_policy::of(10, seconds(1), 2));
  EXPECT_TRUE(one.take(start).admitted);
  EXPECT_TRUE(one.take(start).admitted);
  EXPECT_FALSE(one.take(start - seconds(10)).admitted);
  EXPECT_FALSE(one.take(start + milliseconds(99)).admitted);
  EXPECT_TRUE(one.take(start + milliseconds(100)).admitted);
}

// What promise 27 says, over every window of random arrivals: at most burst + rate * time, and one
// less at least while there is demand.
TEST(gcra, holds_in_every_window) {
  random_source random(11);
  for (int round = 0; round < 200; ++round) {
    const std::uint64_t count = 1 + random.below(1000), burst = 1 + random.below(50);
    const duration period = random.chance(50) ? duration(seconds(1)) : duration(seconds(60));
    bucket one(limit_policy::of(count, period, burst));
    const double rate = static_cast<double>(count) / static_cast<double>(period.count());
    std::vector<time_point> admitted;
    time_point now = start;
    for (int i = 0; i < 400; ++i) {
      now += duration(static_cast<duration::rep>(random.below(period.count() / count + 1)));
      if (one.take(now).admitted) admitted.push_back(now);
    }
    for (std::size_t i = 0; i < admitted.size(); ++i) {
      for (std::size_t j = i; j < admitted.size(); ++j) {
        const double time = static_cast<double>((admitted[j] - admitted[i]).count());
        ASSERT_LE(static_cast<double>(j - i + 1), static_cast<double>(burst) + rate * time + 1e-6);
      }
    }
  }
}

TEST(gcra, under_full_demand_loses_less_than_one) {
  for (const std::uint64_t count : {1U, 3U, 7U, 100U, 999U, 99'991U}) {
    bucket one(limit_policy::of(count, seconds(1), 5));
    std::uint64_t admitted = 0;
    const duration step = seconds(1) / (count * 7);
    constexpr int windows = 20'000;
    for (int i = 0; i < windows; ++i) {
      if (one.take(start + i * step).admitted) ++admitted;
    }
    const double time = static_cast<double>(((windows - 1) * step).count()) * 1e-9;
    const double allowed = 5 + static_cast<double>(count) * time;
    EXPECT_LE(static_cast<double>(admitted), allowed + 1e-6) << count;
    EXPECT_GT(static_cast<double>(admitted), allowed - 1) << count;
  }
}

}  // namespace
}  // namespace ferroway
