#include "middleware/rate_limit/limit_cells.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <memory>
#include <thread>
#include <vector>

#include "base/random.hpp"

namespace ferroway {
namespace {

using std::chrono::seconds;

constexpr time_point start{std::chrono::hours(1)};
constexpr limit_policy ten_a_second = limit_policy::of(10, seconds(1), 5);

// As keyed hashes are: spread evenly.
std::uint64_t client(std::uint64_t number) {
  const std::uint64_t hash = random_source(number).next();
  return hash == 0 ? 1 : hash;
}

std::size_t admitted_of(limit_store& store, std::uint64_t who, int tries, time_point at) {
  std::size_t admitted = 0;
  for (int i = 0; i < tries; ++i) admitted += store.take(who, ten_a_second, 1, at).admitted;
  return admitted;
}

TEST(limit_cells, each_client_has_a_bucket) {
  limit_cells cells(1000);
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    EXPECT_EQ(admitted_of(cells, client(i), 7, start), 5U) << i;
  }
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    EXPECT_EQ(admitted_of(cells, client(i), 7, start + std::chrono::milliseconds(200)), 2U) << i;
  }
}

TEST(limit_cells, a_million_clients_fit_into_32_mib) {
  limit_cells cells(1'000'000);
  EXPECT_LE(cells.bytes(), std::size_t{32} << 20);
  std::size_t crowded = 0;
  for (std::uint64_t i = 1; i <= 1'000'000; ++i) {
    crowded += cells.take(client(i), ten_a_second, 1, start).crowded;
  }
  EXPECT_EQ(crowded, 0U);
}

TEST(limit_cells, who_is_full_again_makes_room_and_nobody_else_does) {
  limit_cells cells(1000);
  std::size_t crowded = 0;
  for (std::uint64_t i = 1; i <= 20'000; ++i) {
    crowded += cells.take(client(i), ten_a_second, 5, start).crowded;
  }
  EXPECT_GT(crowded, 17'000U);  // 2,000 cells and a few
  // Those that have a cell are as empty as before, the others share one.
  std::size_t admitted = 0;
  for (std::uint64_t i = 1; i <= 20'000; ++i) {
    admitted += cells.take(client(i), ten_a_second, 1, start).admitted;
  }
  EXPECT_EQ(admitted, 0U);
  const time_point later = start + seconds(1);
  for (std::uint64_t i = 20'001; i <= 21'000; ++i) {
    const limit_decision made = cells.take(client(i), ten_a_second, 5, later);
    EXPECT_TRUE(made.admitted && !made.crowded) << i;
  }
}

// Threads that begin together, `rounds` times.
template <class Work>
void together(unsigned threads, int rounds, Work work) {
  std::barrier begin(threads);
  std::vector<std::jthread> all;
  for (unsigned thread = 0; thread < threads; ++thread) {
    all.emplace_back([&, thread] {
      for (int round = 0; round < rounds; ++round) {
        begin.arrive_and_wait();
        work(thread, round);
      }
    });
  }
}

TEST(limit_cells, one_client_on_many_threads_gets_its_burst_and_no_more) {
  limit_cells cells(1000);
  constexpr int rounds = 300;
  std::vector<std::atomic<std::size_t>> admitted(rounds);
  together(4, rounds, [&](unsigned, int round) {
    admitted[round] += admitted_of(cells, client(7), 10, start + seconds(round));
  });
  for (int round = 0; round < rounds; ++round) EXPECT_EQ(admitted[round], 5U) << round;
}

// The smallest table, full of clients whose time has passed: every round, threads enter the same
// new clients in different orders, each into a cell that another may be taking. A client with two
// cells would get twice its burst.
TEST(limit_cells, no_client_gets_two_cells) {
  constexpr int rounds = 400;
  constexpr std::uint64_t clients = 12;
  limit_cells cells(8);
  std::vector<std::atomic<std::size_t>> admitted(rounds * clients);
  std::vector<std::atomic<bool>> crowded(rounds * clients);
  together(4, rounds, [&](unsigned thread, int round) {
    const time_point now = start + seconds(round * 10);
    for (std::uint64_t i = 0; i < clients; ++i) {
      const std::uint64_t which = (i * 5 + thread * 3) % clients;
      const std::size_t at = static_cast<std::size_t>(round) * clients + which;
      for (int tries = 0; tries < 3; ++tries) {
        const limit_decision made = cells.take(client(at + 1), ten_a_second, 2, now);
        if (made.crowded) crowded[at] = true;
        if (made.admitted && !made.crowded) ++admitted[at];
      }
    }
  });
  std::size_t with_a_cell = 0;
  for (std::size_t at = 0; at < admitted.size(); ++at) {
    ASSERT_LE(admitted[at], 2U) << at;  // of a burst of 5, at 2 each
    if (!crowded[at]) ASSERT_EQ(admitted[at], 2U) << at;
    with_a_cell += !crowded[at];
  }
  EXPECT_GT(with_a_cell, admitted.size() / 2);
}

}  // namespace
}  // namespace ferroway
