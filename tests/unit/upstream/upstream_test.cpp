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
