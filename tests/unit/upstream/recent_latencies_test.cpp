#include "upstream/recent_latencies.hpp"

#include <gtest/gtest.h>

namespace ferroway::upstream {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(recent_latencies, say_nothing_before_there_are_enough) {
  recent_latencies all;
  for (int i = 0; i < 99; ++i) all.took(milliseconds(1));
  EXPECT_FALSE(all.percentile(95));
  all.took(milliseconds(1));
  EXPECT_TRUE(all.percentile(95));
}

TEST(recent_latencies, are_off_by_a_fourth_at_most) {
  for (const duration each : {duration(microseconds(4)), duration(microseconds(77)),
                              duration(milliseconds(3)), duration(std::chrono::hours(2))}) {
    recent_latencies all;
    for (int i = 0; i < 200; ++i) all.took(each);
    EXPECT_GE(*all.percentile(50), each);
    EXPECT_LE(*all.percentile(50), each * 5 / 4);
  }
}

TEST(recent_latencies, tell_the_slow_from_the_fast) {
  recent_latencies all;
  for (int i = 0; i < 1000; ++i) all.took(milliseconds(i % 10 == 0 ? 100 : 10));
  EXPECT_LE(*all.percentile(80), microseconds(12'500));
  EXPECT_GE(*all.percentile(95), milliseconds(100));
}

TEST(recent_latencies, forget) {
  recent_latencies all;
  for (int i = 0; i < 4096; ++i) all.took(milliseconds(100));
  for (int i = 0; i < 40'960; ++i) all.took(milliseconds(1));
  EXPECT_LE(*all.percentile(95), milliseconds(2));
}

TEST(recent_latencies, bear_extremes) {
  recent_latencies all;
  for (int i = 0; i < 100; ++i) all.took(i % 2 == 0 ? duration(0) : duration::max());
  EXPECT_TRUE(all.percentile(1));
  EXPECT_TRUE(all.percentile(99));
}

}  // namespace
}  // namespace ferroway::upstream
