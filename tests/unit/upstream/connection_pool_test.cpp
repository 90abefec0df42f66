#include "upstream/connection_pool.hpp"

#include <gtest/gtest.h>

#include "unit/upstream/rig.hpp"

namespace ferroway::upstream {
namespace {

using std::chrono::seconds;

TEST(ConnectionPool, TheOneUsedLastIsTakenFirst) {
  pool_rig rig;
  lease one = rig.used();
  lease two = rig.used();
  const connection* first = one.get();
  const connection* second = two.get();
  rig.pool->give_back(std::move(one));
  rig.pool->give_back(std::move(two));
  EXPECT_EQ(rig.pool->idle(), 2U);
  lease newest = rig.pool->take(false);
  lease oldest = rig.pool->take(true);
  EXPECT_EQ(newest.get(), second);
  EXPECT_EQ(oldest.get(), first);
  EXPECT_EQ(rig.pool->take(false), nullptr);
}

TEST(ConnectionPool, KeepsNoMoreThanItsLimit) {
  pool_rig rig({.idle_max = 1});
  lease one = rig.used();
  lease two = rig.used();
  rig.pool->give_back(std::move(one));
  rig.pool->give_back(std::move(two));
  EXPECT_EQ(rig.pool->idle(), 1U);
  rig.let(seconds(1));
  EXPECT_EQ(rig.world.open_streams(), 3U) << "two of the peer, one of ours";
}

TEST(ConnectionPool, ALimitOfNoneKeepsNone) {
  pool_rig rig({.idle_max = 0});
  rig.pool->give_back(rig.used());
  EXPECT_EQ(rig.pool->idle(), 0U);
}

TEST(ConnectionPool, IdleOnesAreClosedAtTheirTime) {
  pool_rig rig({.idle_timeout = seconds(60)});
  lease one = rig.used();
  lease two = rig.used();
  rig.pool->give_back(std::move(one));
  rig.let(seconds(30));
  rig.pool->give_back(std::move(two));
  rig.let(seconds(29));
  EXPECT_EQ(rig.pool->idle(), 2U);
  rig.let(seconds(2));
  EXPECT_EQ(rig.pool->idle(), 1U);
  rig.let(seconds(28));
  EXPECT_EQ(rig.pool->idle(), 1U);
  rig.let(seconds(2));
  EXPECT_EQ(rig.pool->idle(), 0U);
  rig.pool->give_back(rig.used());
  rig.let(seconds(61));
  EXPECT_EQ(rig.pool->idle(), 0U) << "and so the next one, after a rest";
}

TEST(ConnectionPool, UseStartsItsTimeAnew) {
  pool_rig rig({.idle_timeout = seconds(60)});
  rig.pool->give_back(rig.used());
  rig.let(seconds(50));
  lease again = rig.pool->take(false);
  ASSERT_TRUE(again);
  again->request_sent = again->answer_keeps_alive = true;
  rig.pool->give_back(std::move(again));
  rig.let(seconds(50));
  EXPECT_EQ(rig.pool->idle(), 1U);
}

TEST(ConnectionPool, OneThatItsPeerClosesLeavesAtOnce) {
  pool_rig rig;
  rig.pool->give_back(rig.used());
  rig.pool->give_back(rig.used());
  rig.peers[0].reset();
  rig.let(seconds(1));
  EXPECT_EQ(rig.pool->idle(), 1U);
  EXPECT_EQ(rig.world.open_streams(), 2U) << "ours is closed too";
}

TEST(ConnectionPool, OneThatSaysWhatNobodyAskedForLeavesAtOnce) {
  pool_rig rig;
  rig.pool->give_back(rig.used());
  rig.send(*rig.peers[0], "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  rig.let(seconds(1));
  EXPECT_EQ(rig.pool->idle(), 0U);
  EXPECT_EQ(rig.pool->take(false), nullptr);
}

TEST(ConnectionPool, AskingFindsWhatTheLoopHasNotSeenYet) {
  pool_rig rig;
  rig.pool->give_back(rig.used());
  rig.peers[0].reset();  // and no turn since
  EXPECT_EQ(rig.pool->take(true), nullptr);
  EXPECT_EQ(rig.pool->idle(), 0U);
}

TEST(ConnectionPool, OnlyWhatIsOverOnBothSidesIsKept) {
  pool_rig rig;
  lease half_sent = rig.used();
  half_sent->request_sent = false;
  rig.pool->give_back(std::move(half_sent));
  lease closing = rig.used();
  closing->answer_keeps_alive = false;
  rig.pool->give_back(std::move(closing));
  lease surplus = rig.used();
  surplus->input = rig.loop->buffers().acquire();
  surplus->input.append("surplus");
  rig.pool->give_back(std::move(surplus));
  lease unread = rig.used();
  const http1::head_limits trailers;
  unread->body.begin({http::framing::kind::length, 10}, {{}, {}, trailers}, rig.ex().memory);
  rig.pool->give_back(std::move(unread));
  EXPECT_EQ(rig.pool->idle(), 0U);
}

TEST(ConnectionPool, AReusedOneBeginsUnsent) {
  pool_rig rig;
  rig.pool->give_back(rig.used());
  lease again = rig.pool->take(false);
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->reusable());
}

TEST(ConnectionPool, OneThatIsTooOldIsNotUsedAgain) {
  pool_rig rig({.lifetime = seconds(100)});
  lease one = rig.used();
  lease two = rig.used();
  rig.pool->give_back(std::move(one));
  rig.let(seconds(50));
  lease again = rig.pool->take(false);
  ASSERT_TRUE(again) << "young enough";
  again->request_sent = again->answer_keeps_alive = true;
  rig.pool->give_back(std::move(again));
  rig.let(seconds(51));
  EXPECT_EQ(rig.pool->take(false), nullptr) << "too old since it lay there";
  rig.pool->give_back(std::move(two));
  EXPECT_EQ(rig.pool->idle(), 0U) << "too old when its exchange ended";
  EXPECT_EQ(rig.world.open_streams(), 2U) << "the peer's alone";
}

// Those made at once do not all end at once, and none of them before the last fifth.
TEST(ConnectionPool, AgesAreSpread) {
  random_source random(1);
  pool_rig rig({.idle_max = 100, .idle_timeout = seconds(1000), .lifetime = seconds(100)}, &random);
  std::vector<lease> all;
  for (int i = 0; i < 20; ++i) all.push_back(rig.used());
  for (lease& each : all) rig.pool->give_back(std::move(each));
  const auto alive = [&] {
    std::vector<lease> taken;
    while (lease each = rig.pool->take(false)) taken.push_back(std::move(each));
    for (lease& each : taken) {
      each->request_sent = each->answer_keeps_alive = true;
      rig.pool->give_back(std::move(each));
    }
    return taken.size();
  };
  rig.let(seconds(79));
  EXPECT_EQ(alive(), 20U);
  rig.let(seconds(11));
  EXPECT_GT(alive(), 3U);
  EXPECT_LT(alive(), 17U);
  rig.let(seconds(11));
  EXPECT_EQ(alive(), 0U);
}

struct warm_rig : pool_rig {
  explicit warm_rig(const pool_settings& settings) : pool_rig(settings), beside(*loop) {}
  void warm_up() {
    pool->warm_up(beside, {*io::address::parse("10.0.1.1:8000"), {}, seconds(1), 0, stats});
  }
  io::background beside;
  std::shared_ptr<telemetry::upstream_stats> stats =
      std::make_shared<telemetry::upstream_stats>("u", 1);
};

TEST(ConnectionPool, WarmsUpToWhatLacks) {
  warm_rig rig({.warm_min = 3});
  rig.pool->give_back(rig.used());
  rig.warm_up();
  rig.warm_up();
  rig.let(seconds(1));
  EXPECT_EQ(rig.pool->idle(), 3U);
  EXPECT_EQ(rig.stats->totals().connected, 2U);
  EXPECT_TRUE(rig.pool->take(true)) << "as good as any";
  EXPECT_EQ(rig.beside.running(), 0U);
}

TEST(ConnectionPool, WhatCannotBeMadeIsLeft) {
  warm_rig rig({.warm_min = 2});
  rig.world.take_down(*io::address::parse("10.0.1.1:8000"));
  rig.warm_up();
  rig.let(seconds(2));
  EXPECT_EQ(rig.pool->idle(), 0U);
  EXPECT_EQ(rig.stats->totals().connect_failed, 2U);
  rig.world.bring_up(*io::address::parse("10.0.1.1:8000"));
  rig.warm_up();
  rig.let(seconds(1));
  EXPECT_EQ(rig.pool->idle(), 2U);
}

TEST(ConnectionPool, MayGoWhileItWarmsUp) {
  warm_rig rig({.warm_min = 2});
  rig.world.take_down(*io::address::parse("10.0.1.1:8000"), io::simulated_world::loss::silent);
  rig.warm_up();
  rig.pool.reset();
  EXPECT_EQ(rig.beside.running(), 2U);
  bool ended = false;
  rig.beside.stop([&] { ended = true; });
  rig.let(seconds(1));
  EXPECT_TRUE(ended);
  EXPECT_EQ(rig.beside.running(), 0U);
}

TEST(ConnectionPool, GoesWithAllItHolds) {
  pool_rig rig;
  rig.pool->give_back(rig.used());
  rig.pool->give_back(rig.used());
  rig.pool.reset();
  rig.let(seconds(1));
  EXPECT_EQ(rig.world.open_streams(), 2U) << "the peer's alone";
}

}  // namespace
}  // namespace ferroway::upstream
