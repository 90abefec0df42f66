#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "unit/exchange/rig.hpp"
#include "unit/upstream/balancer/balancer_rig.hpp"
#include "upstream/balancer/consistent_hash.hpp"
#include "upstream/balancer/maglev_table.hpp"

namespace ferroway::upstream {
namespace {

std::vector<std::string> names(std::size_t count) {
  std::vector<std::string> made;
  for (std::size_t i = 0; i < count; ++i)
    made.push_back("http://10.0.0." + std::to_string(i) + ":80");
  return made;
}

maglev_table table_of(const std::vector<std::string>& of, std::uint32_t first_weight = 1) {
  std::vector<maglev_table::entry> entries;
  for (const std::string& each : of) entries.push_back({each, entries.empty() ? first_weight : 1});
  return maglev_table(entries);
}

TEST(Maglev, SharesAreEvenToOnePercent) {
  const auto of = names(10);
  const maglev_table table = table_of(of);
  std::vector<std::size_t> counts(of.size());
  for (std::uint64_t hash = 0; hash < table.size(); ++hash) ++counts[table.at(hash)];
  for (const std::size_t each : counts) {
    EXPECT_NEAR(static_cast<double>(each), static_cast<double>(table.size()) / 10, 2);
  }
}

TEST(Maglev, SharesFollowTheWeights) {
  const auto of = names(5);
  const maglev_table table = table_of(of, 4);
  std::size_t first = 0;
  for (std::uint64_t hash = 0; hash < table.size(); ++hash) first += table.at(hash) == 0 ? 1 : 0;
  EXPECT_NEAR(static_cast<double>(first) / static_cast<double>(table.size()), 0.5, 0.01);
}

TEST(Maglev, TheOrderInTheFileDoesNotMatter) {
  auto of = names(7);
  const maglev_table before = table_of(of);
  auto turned = of;
  std::ranges::reverse(turned);
  const maglev_table after = table_of(turned);
  for (std::uint64_t hash = 0; hash < before.size(); ++hash) {
    ASSERT_EQ(of[before.at(hash)], turned[after.at(hash)]);
  }
}

// Of ten endpoints one goes: its tenth moves, and few others do.
TEST(Maglev, NearlyAllStayWhenOneGoes) {
  const auto of = names(10);
  const maglev_table before = table_of(of);
  const maglev_table after = table_of({of.begin(), of.end() - 1});
  std::size_t moved = 0;
  for (std::uint64_t hash = 0; hash < before.size(); ++hash) {
    const bool had_to = before.at(hash) == 9;
    moved += !had_to && of[before.at(hash)] != of[after.at(hash)] ? 1 : 0;
  }
  EXPECT_LT(static_cast<double>(moved) / static_cast<double>(before.size()), 0.06);
}

config::upstream hashed(std::size_t endpoints, std::string by) {
  config::upstream made;
  made.name = "service";
  made.balance = config::balancing::consistent_hash;
  made.hash_by = std::move(by);
  for (const std::string& each : names(endpoints)) {
    made.endpoints.push_back({each, *io::address::parse(each.substr(7)), each.substr(7), {}});
  }
  return made;
}

// Where an endpoint is out, only its own values go elsewhere, and to all of the others.
TEST(ConsistentHash, WhoIsOutMovesNobodyElse) {
  const consistent_hash balance(hashed(10, "client.ip"));
  balancer_rig rig(std::vector<std::uint32_t>(10, 1));
  const candidates whole = rig.view();
  rig.all[3].available = false;
  const candidates less = rig.view();
  std::vector<std::size_t> heirs(10);
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    const std::uint64_t hash = rig.random.next();
    const std::uint32_t before = balance.pick(hash, whole);
    const std::uint32_t after = balance.pick(hash, less);
    if (before != 3) {
      ASSERT_EQ(before, after);
    } else {
      ++heirs[after];
    }
  }
  EXPECT_EQ(heirs[3], 0U);
  for (std::size_t i = 0; i < heirs.size(); ++i) {
    if (i != 3) EXPECT_GT(heirs[i], 50U) << i;
  }
}

TEST(ConsistentHash, FindsTheOneThatIsLeft) {
  const consistent_hash balance(hashed(100, "client.ip"));
  balancer_rig rig(std::vector<std::uint32_t>(100, 1));
  for (candidate& each : rig.all) each.available = false;
  rig.all[42].available = true;
  const candidates among = rig.view();
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(balance.pick(rig.random.next(), among), 42U);
}

TEST(ConsistentHash, GoesByWhatTheRequestSays) {
  exchange_rig rig;
  consistent_hash balance(hashed(50, "header.X-Tenant"));
  balancer_rig endpoints(std::vector<std::uint32_t>(50, 1));
  const candidates among = endpoints.view();
  const auto pick = [&] { return balance.pick({rig.resources.random, {}, &rig.ex()}, among); };
  rig.field("X-Tenant", "acme");
  const std::uint32_t acme = pick();
  rig.from("198.51.100.1:1");
  EXPECT_EQ(pick(), acme) << "whoever the client is";
  rig.renew();
  rig.from("198.51.100.1:1");
  const std::uint32_t by_client = pick();
  EXPECT_NE(balance.why({rig.resources.random, {}, &rig.ex()}, among, by_client).find("client.ip"),
            std::string::npos);
  std::size_t others = 0;
  for (int i = 0; i < 20; ++i) {
    rig.renew();
    rig.from("198.51.100.1:1");
    const std::string tenant = "tenant-" + std::to_string(i);
    rig.field("X-Tenant", tenant);
    others += pick() != acme ? 1 : 0;
  }
  EXPECT_GT(others, 15U);
}

}  // namespace
}  // namespace ferroway::upstream
