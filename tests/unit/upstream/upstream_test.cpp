#include "upstream/upstream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "unit/exchange/rig.hpp"

namespace ferroway::upstream {
namespace {

config::upstream service(std::size_t endpoints) {
  config::upstream made;
  made.name = "service";
  for (std::size_t i = 0; i < endpoints; ++i) {
    const std::string at = "10.0.1." + std::to_string(i + 1) + ":8000";
    made.endpoints.push_back({"http://" + at, *io::address::parse(at), at, {}});
  }
  return made;
}

std::size_t pick(upstream& to, exchange_rig& rig) { return to.part(rig.resources).pick(rig.ex()); }

TEST(Upstream, GoesRoundItsEndpoints) {
  exchange_rig rig;
  upstream to(service(3), 1);
  const std::size_t first = pick(to, rig);
  for (std::size_t i = 1; i < 30; ++i) EXPECT_EQ(pick(to, rig), (first + i) % 3);
}

TEST(Upstream, WorkersShareTheRound) {
  exchange_rig rig;
  upstream to(service(4), 2);
  worker_resources other{*rig.loop, 1, random_source(9)};
  io::cancel_scope connection(*rig.loop);
  exchange of_other(other, connection);
  const std::size_t first = pick(to, rig);
  for (std::size_t i = 1; i < 30; i += 2) {
    EXPECT_EQ(to.part(other).pick(of_other), (first + i) % 4);
    EXPECT_EQ(pick(to, rig), (first + i + 1) % 4);
  }
}

TEST(Upstream, PassesOverWhoIsOut) {
  exchange_rig rig;
  upstream to(service(3), 1);
  (void)pick(to, rig);
  to.at(1).health.judge(false, "refused", *rig.loop);
  for (int i = 0; i < 30; ++i) EXPECT_NE(pick(to, rig), 1U);
  to.at(1).health.judge(true, "well", *rig.loop);
  std::set<std::size_t> picked;
  for (int i = 0; i < 3; ++i) picked.insert(pick(to, rig));
  EXPECT_EQ(picked.size(), 3U);
}

config::upstream limited(std::size_t endpoints, std::size_t connections) {
  config::upstream made = service(endpoints);
  made.limits.connections = connections;
  return made;
}

TEST(Upstream, APlaceIsTakenWithThePick) {
  exchange_rig rig;
  upstream to(limited(3, 2), 1);
  worker_part& mine = to.part(rig.resources);
  for (int i = 0; i < 6; ++i) {
    EXPECT_LT(mine.pick_place(rig.ex(), *to.limits(), {}, true), 3U);
  }
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(to.at(i).load.in_flight(), 2U);
  EXPECT_EQ(mine.pick_place(rig.ex(), *to.limits(), {}, true), worker_part::full);
  to.at(1).load.ended();
  EXPECT_EQ(mine.pick_place(rig.ex(), *to.limits(), {}, true), 1U) << "the only one with room";
}

TEST(Upstream, OneThatWasTriedIsNoRoomWhileAnotherWasNot) {
  exchange_rig rig;
  upstream to(limited(3, 1), 1);
  worker_part& mine = to.part(rig.resources);
  std::vector<std::uint32_t> tried{0, 1};
  EXPECT_EQ(mine.pick_place(rig.ex(), *to.limits(), tried, true), 2U);
  EXPECT_EQ(mine.pick_place(rig.ex(), *to.limits(), tried, true), worker_part::full);
  tried.push_back(2);
  EXPECT_LT(mine.pick_place(rig.ex(), *to.limits(), tried, true), 2U) << "all were: one of them";
  EXPECT_LT(mine.pick_place(rig.ex(), *to.limits(), tried, true), 2U);
  EXPECT_EQ(mine.pick_place(rig.ex(), *to.limits(), tried, true), worker_part::full);
}

TEST(Upstream, WhoIsOutIsNoRoom) {
  exchange_rig rig;
  upstream to(limited(2, 1), 1);
  worker_part& mine = to.part(rig.resources);
  to.at(0).health.judge(false, "refused", *rig.loop);
  EXPECT_EQ(mine.pick_place(rig.ex(), *to.limits(), {}, true), 1U);
  EXPECT_EQ(mine.pick_place(rig.ex(), *to.limits(), {}, true), worker_part::full);
  to.at(1).health.judge(false, "refused", *rig.loop);
  EXPECT_EQ(mine.pick_place(rig.ex(), *to.limits(), {}, true), worker_part::nobody);
}

// What an ejected endpoint still has in flight counts; its trial is a request like any other.
TEST(Upstream, ATrialNeedsAPlaceToo) {
  exchange_rig rig;
  const auto let = [&rig](duration length) {
    rig.world.run_for(length);
    bool turned = false;
    rig.loop->post([&turned] { turned = true; });
    rig.world.run_until([&] { return turned; });
  };
  upstream to(limited(2, 1), 1);
  worker_part& mine = to.part(rig.resources);
  ASSERT_TRUE(to.at(0).load.try_begin(1));
  ASSERT_TRUE(to.at(0).health.eject({.first = std::chrono::seconds(1), .why = "test"}, *rig.loop));
  let(std::chrono::seconds(3));
  EXPECT_EQ(mine.pick_place(rig.ex(), *to.limits(), {}, true), 1U);
  EXPECT_FALSE(mine.is_on_trial());
  to.at(0).load.ended();
  let(std::chrono::seconds(1));
  EXPECT_EQ(mine.pick_place(rig.ex(), *to.limits(), {}, true), 0U);
  EXPECT_TRUE(mine.is_on_trial());
}

TEST(Upstream, VersionsCountTogether) {
  exchange_rig rig;
  const upstream before(limited(1, 2), 1);
  upstream after(limited(1, 2), 1, &before, rig.loop->now());
  EXPECT_EQ(&before.limits()->slots(), &after.limits()->slots());
  ASSERT_TRUE(before.limits()->claim(*before.shared(0)));
  EXPECT_EQ(after.part(rig.resources).pick_place(rig.ex(), *after.limits(), {}, true), 0U);
  EXPECT_EQ(after.part(rig.resources).pick_place(rig.ex(), *after.limits(), {}, true),
            worker_part::full);
}

TEST(Upstream, HasNobodyWhenAllAreOut) {
  exchange_rig rig;
  upstream to(service(2), 1);
  for (std::size_t i = 0; i < 2; ++i) to.at(i).health.judge(false, "refused", *rig.loop);
  EXPECT_EQ(pick(to, rig), worker_part::nobody);
}

TEST(Upstream, TriesAnotherEndpointNext) {
  exchange_rig rig;
  config::upstream from = service(5);
  from.balance = config::balancing::consistent_hash;
  from.hash_by = "client.ip";
  upstream to(from, 1);
  std::vector<std::uint32_t> tried;
  for (int i = 0; i < 5; ++i) {
    const std::size_t next = to.part(rig.resources).pick(rig.ex(), tried);
    EXPECT_EQ(std::ranges::find(tried, next), tried.end());
    tried.push_back(static_cast<std::uint32_t>(next));
  }
  EXPECT_LT(to.part(rig.resources).pick(rig.ex(), tried), 5U) << "one of them again";
}

TEST(Upstream, KeepsWhatIsKnownOfItsEndpoints) {
  exchange_rig rig;
  const upstream before(service(2), 1);
  before.shared(0)->health.judge(false, "refused", *rig.loop);
  config::upstream from = service(3);
  from.endpoints[1].weight = 4;
  upstream after(from, 1, &before, rig.loop->now());
  EXPECT_FALSE(after.at(0).health.available());
  std::vector<int> counts(3);
  for (int i = 0; i < 50; ++i) ++counts[pick(after, rig)];
  EXPECT_EQ(counts, (std::vector<int>{0, 40, 10})) << "by the weights of now";
}

// A new endpoint has a tenth of its share at first and all of it in the end.
TEST(Upstream, StartsNewEndpointsSlowly) {
  exchange_rig rig;
  config::upstream from = service(4);
  from.slow_start = std::chrono::seconds(10);
  const auto share_of_new = [&](upstream& to) {
    int count = 0;
    for (int i = 0; i < 4000; ++i) count += pick(to, rig) == 4 ? 1 : 0;
    return count / 800.0;
  };
  const upstream before(from, 1);
  from = service(5);
  from.slow_start = std::chrono::seconds(10);
  upstream to(from, 1, &before, rig.loop->now());
  EXPECT_NEAR(share_of_new(to), 0.1, 0.06);
  rig.pass(std::chrono::seconds(5));
  EXPECT_NEAR(share_of_new(to), 0.55, 0.12);
  rig.pass(std::chrono::seconds(5));
  EXPECT_NEAR(share_of_new(to), 1, 0.01);
}

TEST(Upstream, StartsRecoveredEndpointsSlowly) {
  exchange_rig rig;
  config::upstream from = service(2);
  from.slow_start = std::chrono::seconds(10);
  upstream to(from, 1);
  const auto picks_of_first = [&] {
    int count = 0;
    for (int i = 0; i < 1000; ++i) count += pick(to, rig) == 0 ? 1 : 0;
    return count;
  };
  EXPECT_EQ(picks_of_first(), 500) << "nobody is new when the gateway begins";
  to.at(0).health.judge(false, "refused", *rig.loop);
  to.at(0).health.judge(true, "well", *rig.loop);
  EXPECT_LT(picks_of_first(), 150);
}

TEST(Upstream, EachWorkerHasItsOwnPart) {
  exchange_rig rig;
  upstream to(service(2), 2);
  worker_resources other{*rig.loop, 1, random_source(9)};
  EXPECT_EQ(&to.part(rig.resources), &to.part(rig.resources));
  EXPECT_NE(&to.part(rig.resources), &to.part(other));
  to.enter(1);
  to.leave(1);
  EXPECT_EQ(to.part(rig.resources).endpoints(), 2U);
}

TEST(Upstream, MayHaveNoEndpoint) {
  exchange_rig rig;
  upstream to(service(0), 1);
  EXPECT_EQ(pick(to, rig), worker_part::nobody);
}

TEST(Upstream, NamesItsEndpointsForLogs) {
  const upstream to(service(2), 1);
  EXPECT_EQ(to.at(1).text, "10.0.1.2:8000");
  EXPECT_EQ(to.at(1).authority, "10.0.1.2:8000");
}

}  // namespace
}  // namespace ferroway::upstream
