#include <gtest/gtest.h>

#include <numeric>
#include <thread>

#include "unit/upstream/balancer/balancer_rig.hpp"
#include "upstream/balancer/least_request.hpp"
#include "upstream/balancer/peak_ewma.hpp"
#include "upstream/balancer/random_choice.hpp"
#include "upstream/balancer/round_robin.hpp"

namespace ferroway::upstream {
namespace {

using weights = std::vector<std::uint32_t>;

void expect_shares(const std::vector<std::size_t>& counts, const weights& by, double tolerance) {
  const double total = std::accumulate(by.begin(), by.end(), 0.0);
  const double all = std::accumulate(counts.begin(), counts.end(), 0.0);
  for (std::size_t i = 0; i < by.size(); ++i) {
    const double due = all * by[i] / total;
    EXPECT_NEAR(static_cast<double>(counts[i]), due, due * tolerance) << "endpoint " << i;
  }
}

TEST(RoundRobin, IsFairToOnePercentOfTenThousandPicks) {
  for (const weights& by : {weights(10, 1), weights{1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
                            weights{100, 1, 1, 1, 1, 1, 1, 1, 1, 1}}) {
    balancer_rig rig(by);
    round_robin balance;
    balance.begin(rig.random);
    expect_shares(rig.picks(balance, 10'000), by, 0.01);
  }
}

// Workers share the round: whoever serves, and whatever part each has of the requests.
TEST(RoundRobin, IsFairAcrossWorkers) {
  const weights by{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  round_robin balance;
  std::vector<std::vector<std::size_t>> counts(8);
  std::vector<std::thread> workers;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    workers.emplace_back([&, i] {
      balancer_rig mine(by);
      balance.begin(mine.random);
      counts[i] = mine.picks(balance, i == 0 ? 3000 : 1000);
    });
  }
  for (std::thread& each : workers) each.join();
  std::vector<std::size_t> all(by.size());
  for (const auto& of : counts) {
    for (std::size_t i = 0; i < all.size(); ++i) all[i] += of[i];
  }
  expect_shares(all, by, 0.01);
}

TEST(RoundRobin, BeginsElsewhere) {
  std::vector<std::size_t> begun(4);
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    balancer_rig rig({1, 1, 1, 1});
    rig.random = random_source(seed);
    round_robin balance;
    balance.begin(rig.random);
    ++begun[balance.pick({rig.random, rig.now}, rig.view())];
  }
  for (const std::size_t count : begun) EXPECT_GT(count, 0U);
}

TEST(Random, FollowsTheWeights) {
  const weights by{1, 2, 5};
  balancer_rig rig(by);
  random_choice balance;
  expect_shares(rig.picks(balance, 100'000), by, 0.05);
}

TEST(LeastRequest, FollowsTheWeightsWhereNobodyIsBusy) {
  const weights by{1, 2, 5};
  balancer_rig rig(by);
  least_request balance;
  expect_shares(rig.picks(balance, 100'000), by, 0.05);
}

TEST(LeastRequest, SparesWhoIsBusy) {
  balancer_rig rig({1, 1, 1});
  for (int i = 0; i < 5; ++i) rig.loads[0].began();
  least_request balance;
  const std::vector<std::size_t> counts = rig.picks(balance, 1000);
  EXPECT_EQ(counts[0], 0U) << "whichever stands beside it has less to do";
  EXPECT_GT(counts[1], 300U);
  EXPECT_GT(counts[2], 300U);
}

TEST(LeastRequest, CountsForTheWeight) {
  balancer_rig rig({1, 10});
  for (int i = 0; i < 5; ++i) rig.loads[1].began();
  rig.loads[0].began();
  least_request balance;
  const candidates among = rig.view();
  // 5 of 10 is less than 1 of 1, whenever both are drawn.
  int light = 0;
  for (int i = 0; i < 1000; ++i) light += balance.pick({rig.random, rig.now}, among) == 0 ? 1 : 0;
  EXPECT_EQ(light, 0);
}

// Requests that end in order: everybody is kept equally busy.
TEST(LeastRequest, EvensOutWhatIsInFlight) {
  balancer_rig rig(weights(10, 1));
  least_request balance;
  const candidates among = rig.view();
  for (int i = 0; i < 1000; ++i) rig.loads[balance.pick({rig.random, rig.now}, among)].began();
  for (const endpoint_load& each : rig.loads) EXPECT_NEAR(each.in_flight(), 100, 10);
}

TEST(PeakEwma, PrefersWhoAnswersSooner) {
  balancer_rig rig({1, 1});
  rig.loads[0].took(std::chrono::milliseconds(50), rig.now);
  rig.loads[1].took(std::chrono::milliseconds(5), rig.now);
  peak_ewma balance;
  EXPECT_EQ(rig.picks(balance, 100)[0], 0U);
  // What the faster one has in flight counts as well.
  for (int i = 0; i < 20; ++i) rig.loads[1].began();
  EXPECT_EQ(rig.picks(balance, 100)[1], 0U);
}

TEST(PeakEwma, TriesWhoeverWasNeverAsked) {
  balancer_rig rig({1, 1});
  rig.loads[0].took(std::chrono::milliseconds(1), rig.now);
  peak_ewma balance;
  EXPECT_EQ(rig.picks(balance, 10)[0], 0U);
  rig.loads[1].began();
  EXPECT_EQ(rig.picks(balance, 10)[1], 0U) << "but not again before it has answered";
}

TEST(EndpointLoad, RisesAtOnceAndFalls) {
  using std::chrono::milliseconds;
  endpoint_load load;
  time_point now{std::chrono::hours(1)};
  EXPECT_EQ(load.latency(now), 0);
  load.took(milliseconds(10), now);
  load.took(milliseconds(100), now);
  EXPECT_NEAR(load.latency(now) / 1e6, 100, 1) << "a stall is believed at once";
  load.took(milliseconds(10), now + milliseconds(100));
  EXPECT_GT(load.latency(now + milliseconds(100)) / 1e6, 95) << "one fast answer is no proof";
  for (int i = 1; i < 1000; ++i) load.took(milliseconds(10), now + i * milliseconds(100));
  EXPECT_NEAR(load.latency(now + std::chrono::seconds(100)) / 1e6, 10, 1);
  EXPECT_LT(load.latency(now + std::chrono::seconds(200)) / 1e6, 0.01) << "it fades";
}

}  // namespace
}  // namespace ferroway::upstream
