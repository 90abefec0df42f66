#include "upstream/outlier_detector.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"
#include "upstream/upstream.hpp"

namespace ferroway::upstream {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using state = endpoint_health::state;

class outliers : public testing::Test {
 protected:
  template <class Set>
  void make(std::size_t endpoints, Set set) {
    config::upstream from;
    from.name = "service";
    set(from.outliers);
    for (std::size_t i = 0; i < endpoints; ++i) {
      const std::string at = "10.0.1." + std::to_string(i + 1) + ":8000";
      from.endpoints.push_back({"http://" + at, *io::address::parse(at), at, {}});
    }
    of.emplace(from, 1);
  }
  void answered(std::size_t i, std::uint16_t status = 200, duration took = milliseconds(1)) {
    of->outliers().ended(*of, of->at(i), {status, {}, took, false}, *rig.loop);
  }
  void broke(std::size_t i, fault why = fault::reset) {
    of->outliers().ended(*of, of->at(i), {0, why, {}, false}, *rig.loop);
  }
  state is(std::size_t i) { return of->at(i).health.is(); }

  exchange_rig rig;
  std::optional<upstream> of;
};

TEST_F(outliers, FailuresCountInARow) {
  make(3, [](auto& by) { by.consecutive_failures = 3; });
  broke(0);
  broke(0);
  answered(0);
  broke(0);
  broke(0);
  EXPECT_EQ(is(0), state::available);
  broke(0);
  EXPECT_EQ(is(0), state::ejected);
}

// A check that passes ends what was a matter of connections alone.
TEST_F(outliers, AnAnswerThatBreaksOffIsNoMatterOfConnections) {
  make(4, [](auto& by) { by.consecutive_failures = 1; });
  broke(0);
  of->outliers().ended(*of, of->at(1), {.why = fault::reset, .broke_off = true}, *rig.loop);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(is(i), state::ejected);
    of->at(i).health.passed_a_check(*rig.loop);
  }
  EXPECT_LE(of->at(0).health.trial_due(), rig.loop->now());
  EXPECT_GT(of->at(1).health.trial_due(), rig.loop->now());
}

TEST_F(outliers, AfterATrialWhoseAnswerGoesOnTheFirstFailureCounts) {
  make(4, [](auto& by) {
    by.consecutive_failures = 3;
    by.eject_for = milliseconds(0);
  });
  const auto try_out = [&](bool goes_on) {
    for (int i = 0; i < 3; ++i) broke(0);
    ASSERT_EQ(is(0), state::ejected);
    ASSERT_TRUE(of->at(0).health.begin_trial(*rig.loop));
    of->outliers().ended(*of, of->at(0), {.status = 200, .on_trial = true, .goes_on = goes_on},
                         *rig.loop);
    ASSERT_EQ(is(0), state::available);
  };
  try_out(true);
  broke(0);
  EXPECT_EQ(is(0), state::ejected);
  of->at(0).health.forgive();
  try_out(false);
  broke(0);
  EXPECT_EQ(is(0), state::available);
  of->at(0).health.forgive();
  try_out(true);
  answered(0);
  broke(0);
  EXPECT_EQ(is(0), state::available) << "an answer has come whole since";
}

TEST_F(outliers, A5xxIsAFailureWhereItIsSaidToBe) {
  make(3, [](auto& by) { by.consecutive_failures = 2; });
  for (int i = 0; i < 10; ++i) answered(0, 500);
  EXPECT_EQ(is(0), state::available);
  make(3, [](auto& by) {
    by.consecutive_failures = 2;
    by.server_errors = true;
  });
  answered(0, 500);
  answered(0, 503);
  EXPECT_EQ(is(0), state::ejected);
  for (int i = 0; i < 10; ++i) answered(1, 404);
  EXPECT_EQ(is(1), state::available) << "the client's mistakes say nothing";
}

TEST_F(outliers, TooManyFailuresOfAWindowEject) {
  make(3, [](auto& by) {
    by.consecutive_failures = 1000;
    by.error_rate = 40U;
    by.requests_min = 20;
  });
  const auto play = [&](std::size_t i, int failed_of_ten, int times) {
    for (int k = 0; k < times; ++k) k % 10 < failed_of_ten ? answered(i, 500) : answered(i);
  };
  play(0, 3, 200);
  EXPECT_EQ(is(0), state::available);
  play(1, 5, 15);
  EXPECT_EQ(is(1), state::available) << "too few to say";
  play(1, 5, 15);
  EXPECT_EQ(is(1), state::ejected);
}

TEST_F(outliers, WhatIsLongPastDoesNotCount) {
  make(3, [](auto& by) {
    by.consecutive_failures = 1000;
    by.error_rate = 50U;
    by.requests_min = 20;
    by.window = seconds(1);
  });
  for (int k = 0; k < 18; ++k) broke(0);
  rig.pass(seconds(2));
  for (int k = 0; k < 18; ++k) answered(0);
  broke(0);
  broke(0);
  EXPECT_EQ(is(0), state::available);
}

TEST_F(outliers, WhoIsMuchSlowerThanTheOthersIsEjected) {
  make(4, [](auto& by) {
    by.slower_than = 300U;
    by.requests_min = 10;
    by.window = seconds(1);
  });
  for (int round = 0; round < 3; ++round) {
    for (int k = 0; k < 20; ++k) {
      answered(0, 200, milliseconds(10));
      answered(1, 200, milliseconds(12));
      answered(2, 200, milliseconds(25));
      answered(3, 200, milliseconds(60));
    }
    rig.pass(milliseconds(1100));
  }
  EXPECT_EQ(is(2), state::available);
  EXPECT_EQ(is(3), state::ejected);
}

TEST_F(outliers, WhoFailsIsNotSlowForThat) {
  make(3, [](auto& by) {
    by.consecutive_failures = 1000;
    by.slower_than = 150U;
    by.requests_min = 10;
    by.window = seconds(1);
  });
  for (int round = 0; round < 3; ++round) {
    for (int k = 0; k < 40; ++k) {
      answered(0, 200, milliseconds(50));
      answered(1, 200, milliseconds(50));
      answered(2, k % 2 == 0 ? 200 : 503, milliseconds(50));
    }
    rig.pass(milliseconds(1100));
  }
  EXPECT_EQ(is(2), state::available);
}

TEST_F(outliers, NeverMoreThanItsShareIsOut) {
  make(4, [](auto& by) {
    by.consecutive_failures = 1;
    by.eject_at_most = 50;
  });
  for (std::size_t i = 0; i < 4; ++i) broke(i);
  EXPECT_EQ(is(0), state::ejected);
  EXPECT_EQ(is(1), state::ejected);
  EXPECT_EQ(is(2), state::available);
  EXPECT_EQ(is(3), state::available);
}

TEST_F(outliers, WhatChecksHaveTakenOutCountsAsWell) {
  make(4, [](auto& by) {
    by.consecutive_failures = 1;
    by.eject_at_most = 50;
  });
  of->at(0).health.judge(false, "refused", *rig.loop);
  of->at(1).health.judge(false, "refused", *rig.loop);
  broke(2);
  EXPECT_EQ(is(2), state::available);
}

// 1 s, then 2, then 4; after a long good time 1 again.
TEST_F(outliers, TheTimeGrows) {
  make(3, [](auto& by) {
    by.consecutive_failures = 1;
    by.eject_for = seconds(1);
    by.eject_for_max = seconds(3);
  });
  endpoint_health& health = of->at(0).health;
  for (const int length : {1, 2, 3, 3}) {
    broke(0);
    EXPECT_EQ(health.trial_due() - rig.loop->now(), seconds(length));
    EXPECT_FALSE(health.begin_trial(*rig.loop));
    rig.pass(seconds(length) + milliseconds(1));
    EXPECT_TRUE(health.begin_trial(*rig.loop));
    EXPECT_FALSE(health.begin_trial(*rig.loop)) << "one request";
    of->outliers().ended(*of, of->at(0), {200, {}, {}, true}, *rig.loop);
    EXPECT_EQ(is(0), state::available);
  }
  rig.pass(seconds(13));
  broke(0);
  EXPECT_EQ(health.trial_due() - rig.loop->now(), seconds(1));
}

TEST_F(outliers, ATrialThatSaysNothingIsTriedAgain) {
  make(3, [](auto& by) {
    by.consecutive_failures = 1;
    by.eject_for = seconds(1);
  });
  broke(0);
  rig.pass(milliseconds(1001));
  endpoint_health& health = of->at(0).health;
  EXPECT_TRUE(health.begin_trial(*rig.loop));
  health.trial_undecided(*rig.loop);
  EXPECT_TRUE(health.begin_trial(*rig.loop));
}

}  // namespace
}  // namespace ferroway::upstream
