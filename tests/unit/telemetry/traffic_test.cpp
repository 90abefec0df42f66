#include "telemetry/traffic.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "telemetry/metrics.hpp"

namespace ferroway::telemetry {
namespace {

using std::chrono::milliseconds;

TEST(RouteStats, CountByClassOfStatus) {
  route_stats stats("users", 1);
  for (const std::uint16_t status : {200, 204, 301, 404, 499, 503, 101, 0, 999}) {
    stats.began(0);
    stats.ended(0, {.status = status});
  }
  const route_totals all = stats.totals();
  EXPECT_EQ(all.by_class, (std::array<std::uint64_t, 6>{2, 1, 2, 1, 2, 1}));
  EXPECT_EQ(all.ended(), 9U);
  EXPECT_EQ(all.begun, 9U);
}

TEST(RouteStats, BucketsIncludeTheirBound) {
  route_stats stats("users", 1);
  for (const duration bound : duration_bounds) {
    stats.ended(0, {.status = 200, .took = bound});
    stats.ended(0, {.status = 200, .took = bound + std::chrono::nanoseconds(1)});
  }
  const route_totals all = stats.totals();
  EXPECT_EQ(all.by_duration.front(), 1U);
  for (std::size_t i = 1; i < duration_bounds.size(); ++i) EXPECT_EQ(all.by_duration[i], 2U) << i;
  EXPECT_EQ(all.by_duration.back(), 1U);
}

TEST(RouteStats, AddUpWhatWorkersHave) {
  route_stats stats("users", 3);
  for (std::uint32_t worker = 0; worker < 3; ++worker) {
    stats.began(worker);
    stats.ended(worker, {200, milliseconds(worker), 10, 100});
  }
  stats.began(1);
  const route_totals all = stats.totals();
  EXPECT_EQ(all.begun, 4U);
  EXPECT_EQ(all.ended(), 3U);
  EXPECT_EQ(all.nanoseconds, 3'000'000U);
  EXPECT_EQ(all.bytes_received, 30U);
  EXPECT_EQ(all.bytes_sent, 300U);
}

TEST(RouteStats, ThatWereNeverUsedHoldNothing) {
  const route_stats idle("idle", 64);
  EXPECT_EQ(idle.place(), 0U);
  EXPECT_EQ(idle.totals().begun, 0U);
}

TEST(RouteStats, WorkersThatBeginAtOnceShareThem) {
  constexpr std::uint32_t workers = 4;
  for (int round = 0; round < 50; ++round) {
    route_stats stats("users", workers);
    std::vector<std::thread> threads;
    for (std::uint32_t worker = 0; worker < workers; ++worker) {
      threads.emplace_back([&stats, worker] {
        for (int i = 0; i < 100; ++i) {
          stats.began(worker);
          stats.ended(worker, {.status = 200});
        }
      });
    }
    const route_totals meanwhile = stats.totals();
    EXPECT_GE(meanwhile.begun, meanwhile.ended());
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(stats.totals().by_class[2], workers * 100U);
    EXPECT_NE(stats.place(), 0U);
  }
}

TEST(ListenerStats, KnowWhatIsOpen) {
  listener_stats stats("public", 2);
  stats.accepted(0);
  stats.accepted(1);
  stats.accepted(1);
  stats.closed(1);
  EXPECT_EQ(stats.totals().accepted, 3U);
  EXPECT_EQ(stats.totals().open, 2U);
}

TEST(ListenerStats, TakeConnectionsOverFromAnotherName) {
  listener_stats before("before", 1);
  listener_stats after("after", 1);
  before.accepted(0);
  before.gave(0, 1);
  after.got(0, 1);
  EXPECT_EQ(before.totals().open, 0U);
  EXPECT_EQ(after.totals().open, 1U);
  EXPECT_EQ(after.totals().accepted, 0U);
  after.closed(0);
  EXPECT_EQ(after.totals().open, 0U);
}

TEST(Metrics, FindTheFiguresOfANameAgain) {
  metrics all(1);
  const auto first = all.route("users");
  first->ended(0, {.status = 200});
  EXPECT_EQ(all.route("users"), first);
  EXPECT_NE(all.route("orders"), first);
  EXPECT_EQ(all.routes().size(), 2U);
}

TEST(Metrics, ForgetNamesThatNothingUses) {
  metrics all(1);
  auto kept = all.route("kept");
  auto left = all.route("left");
  const auto upstream = all.upstream("service");
  (void)all.listener("public");
  left.reset();
  all.forget_unused();
  ASSERT_EQ(all.routes().size(), 1U);
  EXPECT_EQ(all.routes()[0], kept);
  EXPECT_EQ(all.upstreams().size(), 1U);
  EXPECT_TRUE(all.listeners().empty());
}

}  // namespace
}  // namespace ferroway::telemetry
