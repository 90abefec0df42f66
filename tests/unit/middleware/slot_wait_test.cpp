// Waiting for a place on real loops, each with its thread: what one worker ends, another begins.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/spawn.hpp"
#include "io/backend.hpp"
#include "middleware/slot_table.hpp"

namespace ferroway {
namespace {

using entry = slot_table::entry;
using std::chrono::milliseconds;

constexpr slot_table::limits limits{2, 1000};
constexpr std::uint32_t workers = 3;
constexpr int tasks_per_worker = 6;
constexpr int rounds = 60;

// What all threads see of one key.
struct counted {
  slot_table::cell at = 0;
  std::atomic<std::uint32_t> inside = 0, most = 0, admitted = 0, gave_up = 0;

  void enter() {
    const std::uint32_t now = inside.fetch_add(1) + 1;
    std::uint32_t before = most;
    while (before < now && !most.compare_exchange_weak(before, now)) continue;
    admitted.fetch_add(1);
  }
};

task<> come_and_go(slot_table& table, io::loop& loop, std::uint32_t worker, duration patience,
                   counted& key, std::atomic<int>& running) {
  io::cancel_scope scope(loop);
  for (int i = 0; i < rounds; ++i) {
    const entry got = table.enter(key.at, limits);
    EXPECT_NE(got, entry::full);
    if (got == entry::queued) {
      const result<void> waited = co_await slot_table::wait(
          table, {worker, key.at, limits.requests}, loop, patience, scope);
      if (!waited) {
        EXPECT_EQ(waited.error().kind, fault::overloaded);
        key.gave_up.fetch_add(1);
        continue;
      }
    }
    key.enter();
    (void)co_await loop.sleep_for(milliseconds(1), scope);
    key.inside.fetch_sub(1);
    table.leave(key.at, worker);
  }
  running.fetch_sub(1);
  running.notify_one();
}

TEST(slot_wait, over_several_loops_no_place_is_lost_and_none_is_made_up) {
  const auto table = std::make_shared<slot_table>(workers, true);
  std::vector<std::unique_ptr<io::loop>> loops;
  for (std::uint32_t i = 0; i < workers; ++i) loops.push_back(*io::make_epoll_loop());
  counted keys[2];
  keys[0].at = table->cell_of(1);
  keys[1].at = table->cell_of(2);
  std::atomic<int> running = workers * tasks_per_worker * 2;
  for (std::uint32_t worker = 0; worker < workers; ++worker) {
    io::loop& mine = *loops[worker];
    mine.post([&, worker] {
      for (int i = 0; i < tasks_per_worker; ++i) {
        spawn(come_and_go(*table, mine, worker, std::chrono::minutes(5), keys[0], running));
        spawn(come_and_go(*table, mine, worker, milliseconds(2), keys[1], running));
      }
    });
  }
  std::vector<std::jthread> threads;
  for (const auto& each : loops) threads.emplace_back([&each] { each->run(); });
  for (int left = running; left != 0; left = running) running.wait(left);
  for (const auto& each : loops) each->stop();
  threads.clear();
  for (const counted& key : keys) {
    EXPECT_LE(key.most, limits.requests);
    EXPECT_EQ(table->in_flight(key.at), 0U);
    EXPECT_EQ(table->waiting(key.at), 0U);
    EXPECT_EQ(key.admitted + key.gave_up, workers * tasks_per_worker * rounds);
  }
  EXPECT_EQ(keys[0].gave_up, 0U) << "somebody was never woken";
}

}  // namespace
}  // namespace ferroway
