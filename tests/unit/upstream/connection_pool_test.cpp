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
