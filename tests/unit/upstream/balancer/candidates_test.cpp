#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "unit/upstream/balancer/balancer_rig.hpp"

namespace ferroway::upstream {
namespace {

std::vector<std::size_t> counted(const candidates& of) {
  std::vector<std::size_t> counts(of.all.size());
  for (const std::uint32_t index : of.turns) ++counts[index];
  return counts;
}

using numbers = std::vector<std::size_t>;

TEST(Candidates, StandAsOftenAsTheirWeightSays) {
  EXPECT_EQ(counted(balancer_rig({5, 1, 1}).view()), (numbers{5, 1, 1}));
  EXPECT_EQ(counted(balancer_rig({1, 1, 1}).view()), (numbers{1, 1, 1}));
  EXPECT_EQ(counted(balancer_rig({30, 20, 10}).view()), (numbers{3, 2, 1}))
      << "less what they share";
  EXPECT_EQ(counted(balancer_rig({0, 2, 4}).view()), (numbers{0, 1, 2})) << "0 is none";
}

// Nobody's turns stand in a heap: no gap is longer than twice the even one.
TEST(Candidates, AreEvenlySpread) {
  for (const auto& weights : std::vector<std::vector<std::uint32_t>>{
           {5, 1, 1}, {7, 3, 2, 1}, {100, 50, 25, 12, 6, 3}, {97, 89, 83, 79, 73}}) {
    const candidates among = balancer_rig(weights).view();
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (std::uint32_t i = 0; i < weights.size(); ++i) {
      std::vector<std::size_t> at;
      for (std::size_t k = 0; k < among.turns.size(); ++k) {
        if (among.turns[k] == i) at.push_back(k);
      }
      at.push_back(at.front() + among.turns.size());
      for (std::size_t k = 1; k < at.size(); ++k) {
        EXPECT_LE(static_cast<double>(at[k] - at[k - 1]), 2 * total / weights[i] + 2);
      }
    }
  }
}

TEST(Candidates, OfHeavyWeightsAreScaled) {
  std::vector<std::uint32_t> weights;
  for (std::uint32_t i = 0; i < 100; ++i) weights.push_back(1000 - i);
  const candidates among = balancer_rig(weights).view();
  EXPECT_LE(among.turns.size(), turns_max + weights.size());
  const std::vector<std::size_t> counts = counted(among);
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double share = static_cast<double>(counts[i]) / static_cast<double>(among.turns.size());
    EXPECT_NEAR(share, weights[i] / total, 1.0 / turns_max);
  }
}

TEST(Candidates, AreThoseThatAreAvailable) {
  balancer_rig rig({1, 1, 1});
  rig.all[1].available = false;
  const candidates among = rig.view();
  EXPECT_EQ(counted(among), (numbers{1, 0, 1}));
  EXPECT_EQ(among.available, 2U);
  EXPECT_EQ(among.may_take[1], 0);
  for (candidate& each : rig.all) each.available = false;
  EXPECT_TRUE(rig.view().turns.empty());
}

TEST(Candidates, OfTheNextPriorityStandInWhenAllOfTheFirstAreOut) {
  balancer_rig rig({1, 1, 1, 1});
  rig.all[2].priority = rig.all[3].priority = 1;
  EXPECT_EQ(counted(rig.view()), (numbers{1, 1, 0, 0}));
  rig.all[0].available = false;
  EXPECT_EQ(counted(rig.view()), (numbers{0, 1, 0, 0})) << "one is enough";
  rig.all[1].available = false;
  EXPECT_EQ(counted(rig.view()), (numbers{0, 0, 1, 1}));
  EXPECT_EQ(rig.view().priority, 1U);
}

TEST(Candidates, OfTheNextPriorityStandInWhenTooFewAreLeft) {
  balancer_rig rig({1, 1, 1, 1});
  rig.all[2].priority = rig.all[3].priority = 1;
  rig.all[0].available = false;
  EXPECT_EQ(counted(rig.view(50)), (numbers{0, 1, 0, 0}));
  EXPECT_EQ(counted(rig.view(51)), (numbers{0, 0, 1, 1}));
}

TEST(Candidates, AreAllInPanic) {
  balancer_rig rig({1, 1, 1, 0});
  rig.all[0].available = rig.all[1].available = false;
  const candidates among = rig.view(50);
  EXPECT_TRUE(among.panic);
  EXPECT_EQ(counted(among), (numbers{1, 1, 1, 0})) << "but those that shall have nothing";
  EXPECT_FALSE(rig.view(30).panic);
}

}  // namespace
}  // namespace ferroway::upstream
