#include "upstream/versions.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"
#include "upstream/upstream.hpp"

namespace ferroway::upstream {
namespace {

config::upstream service(std::initializer_list<int> hosts) {
  config::upstream made;
  made.name = "service";
  for (const int host : hosts) {
    const std::string at = "10.0.1." + std::to_string(host) + ":8000";
    made.endpoints.push_back({"http://" + at, *io::address::parse(at), at, {}});
  }
  return made;
}

// An upstream whose names stand for these, served by one worker.
class Versions : public testing::Test {
 protected:
  Versions() : of_(service({}), 1) {
    of_.resolve_from(std::make_shared<upstream>(service({1}), 1), 1);
    of_.enter(0);
  }
  ~Versions() override { of_.leave(0); }

  // An answer: the endpoints are these from the next exchange on.
  std::shared_ptr<upstream> change(std::initializer_list<int> hosts) {
    auto next = std::make_shared<upstream>(service(hosts), 1, &of_.newest());
    of_.resolved()->publish(next);
    of_.resolved()->take(0, next);
    return next;
  }

  exchange_rig rig_;
  upstream of_;
};

TEST_F(Versions, AnExchangeKeepsWhatItHasBegunOn) {
  upstream& first = of_.now(rig_.ex());
  const std::weak_ptr<endpoint> gone = first.shared(0);
  change({2});
  EXPECT_EQ(first.at(0).text, "10.0.1.1:8000");
  EXPECT_EQ(first.part(rig_.resources).pick(rig_.ex()), 0U);
  EXPECT_FALSE(gone.expired());
  rig_.ex().run_end_actions();
  EXPECT_TRUE(gone.expired()) << "nobody uses it any more";
  rig_.renew();
  EXPECT_EQ(of_.now(rig_.ex()).at(0).text, "10.0.1.2:8000");
  rig_.ex().run_end_actions();
}

TEST_F(Versions, WhatEndActionsSayIsThereUntilTheyHaveSaidIt) {
  std::string said;
  rig_.ex().at_end(
      [](exchange& ex, void* with) noexcept { *static_cast<std::string*>(with) = ex.endpoint; },
      &said);
  rig_.ex().endpoint = of_.now(rig_.ex()).at(0).text;
  change({2});
  rig_.ex().run_end_actions();
  EXPECT_EQ(said, "10.0.1.1:8000");
}

TEST_F(Versions, ShareTheEndpointsThatStay) {
  upstream& first = of_.now(rig_.ex());
  const endpoint* stays = &first.at(0);
  const connection_pool* pool = &first.at(0).pool(rig_.resources);
  const auto next = change({1, 2});
  EXPECT_EQ(&next->at(0), stays);
  rig_.ex().run_end_actions();
  EXPECT_EQ(&next->at(0).pool(rig_.resources), pool) << "connections are kept";
}

TEST_F(Versions, CarryTheRetryBudget) {
  retry_budget& before = of_.now(rig_.ex()).part(rig_.resources).retries;
  while (before.spend()) {
  }
  rig_.ex().run_end_actions();
  change({2});
  change({3});
  rig_.renew();
  EXPECT_FALSE(of_.now(rig_.ex()).part(rig_.resources).retries.spend());
  rig_.ex().run_end_actions();
}

TEST_F(Versions, MayStandForNobody) {
  change({});
  rig_.renew();
  upstream& now = of_.now(rig_.ex());
  EXPECT_EQ(now.part(rig_.resources).pick(rig_.ex()), worker_part::nobody);
  EXPECT_STREQ(nobody(now).detail, "the names of its endpoints are not resolved");
  rig_.ex().run_end_actions();
}

TEST_F(Versions, ThatComeWhileNoGenerationIsHereWaitForOne) {
  of_.leave(0);
  change({2});
  of_.enter(0);
  EXPECT_EQ(of_.now(rig_.ex()).at(0).text, "10.0.1.2:8000");
  rig_.ex().run_end_actions();
}

TEST(VersionsOfAHash, MayStandForNobody) {
  config::upstream hashed = service({});
  hashed.balance = config::balancing::consistent_hash;
  hashed.hash_by = "client.ip";
  hashed.panic_threshold = 50;
  exchange_rig rig;
  upstream to(hashed, 1);
  EXPECT_EQ(to.part(rig.resources).pick(rig.ex()), worker_part::nobody);
}

}  // namespace
}  // namespace ferroway::upstream
