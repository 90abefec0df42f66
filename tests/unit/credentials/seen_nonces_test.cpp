#include "credentials/seen_nonces.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace ferroway::credentials {
namespace {

using outcome = seen_nonces::outcome;
using namespace std::chrono_literals;

constexpr time_point start{1h};

TEST(seen_nonces, are_fresh_once_for_each_key) {
  seen_nonces seen(100, 10s);
  EXPECT_EQ(seen.use("a", "1", start), outcome::fresh);
  EXPECT_EQ(seen.use("a", "1", start), outcome::seen);
  EXPECT_EQ(seen.use("b", "1", start), outcome::fresh);
  EXPECT_EQ(seen.use("a", "2", start), outcome::fresh);
  EXPECT_EQ(seen.use("a", "", start), outcome::fresh);
  EXPECT_EQ(seen.use("a", "", start), outcome::seen);
}

// Whenever within a turn it came.
TEST(seen_nonces, are_known_for_a_lifetime_at_least) {
  for (const duration first : {duration(0s), duration(5s), duration(10s)}) {
    seen_nonces seen(100, 10s);
    seen.use("a", "opens the turn", start);
    EXPECT_EQ(seen.use("a", "x", start + first), outcome::fresh);
    for (duration at = 0s; at <= 10s; at += 1s) {
      EXPECT_EQ(seen.use("a", "x", start + first + at), outcome::seen);
      seen.use("a", std::to_string(at.count()), start + first + at);
    }
  }
}

TEST(seen_nonces, are_forgotten_and_their_room_is_free_again) {
  seen_nonces seen(2, 10s);
  EXPECT_EQ(seen.use("a", "1", start), outcome::fresh);
  EXPECT_EQ(seen.use("a", "2", start), outcome::fresh);
  EXPECT_EQ(seen.use("a", "3", start + 10s), outcome::full);
  EXPECT_EQ(seen.use("a", "2", start + 10s), outcome::seen) << "what was seen is told still";
  EXPECT_EQ(seen.use("a", "3", start + 11s), outcome::fresh);
  EXPECT_EQ(seen.use("a", "1", start + 11s), outcome::seen);
  EXPECT_EQ(seen.use("a", "1", start + 22s), outcome::fresh);
  EXPECT_EQ(seen.use("a", "3", start + 60s), outcome::fresh) << "a long time nobody came";
}

TEST(seen_nonces, are_fresh_for_one_of_many_threads) {
  constexpr int nonces = 2000;
  seen_nonces seen(nonces, 10s);
  std::atomic<int> fresh = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int each = 0; each < nonces; ++each) {
        if (seen.use("a", std::to_string(each), start) == outcome::fresh) ++fresh;
      }
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(fresh, nonces);
}

}  // namespace
}  // namespace ferroway::credentials
