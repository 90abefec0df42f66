#include "upstream/upstream.hpp"

#include <gtest/gtest.h>

#include <set>

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

TEST(Upstream, GoesRoundItsEndpoints) {
  exchange_rig rig;
  upstream to(service(3), 1);
  worker_part& mine = to.part(rig.resources);
  const std::size_t first = mine.next_endpoint();
  for (std::size_t i = 1; i < 30; ++i) EXPECT_EQ(mine.next_endpoint(), (first + i) % 3);
}

TEST(Upstream, WorkersBeginElsewhere) {
  std::set<std::size_t> begun;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    exchange_rig rig(seed);
    upstream to(service(4), 1);
    begun.insert(to.part(rig.resources).next_endpoint());
  }
  EXPECT_EQ(begun.size(), 4U);
}

TEST(Upstream, EachWorkerHasItsOwnPart) {
  exchange_rig rig;
  upstream to(service(2), 2);
  worker_resources other{*rig.loop, 1, random_source(9)};
  EXPECT_EQ(&to.part(rig.resources), &to.part(rig.resources));
  EXPECT_NE(&to.part(rig.resources), &to.part(other));
  to.leave(1);
  EXPECT_EQ(to.part(rig.resources).endpoints(), 2U);
}

TEST(Upstream, MayHaveNoEndpoint) {
  exchange_rig rig;
  upstream to(service(0), 1);
  EXPECT_EQ(to.part(rig.resources).endpoints(), 0U);
}

TEST(Upstream, NamesItsEndpointsForLogs) {
  const upstream to(service(2), 1);
  EXPECT_EQ(to.at(1).text, "10.0.1.2:8000");
  EXPECT_EQ(to.at(1).authority, "10.0.1.2:8000");
}

}  // namespace
}  // namespace ferroway::upstream
