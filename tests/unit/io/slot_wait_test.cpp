// Waiting for a place on real loops, each with its thread: what one worker ends, another begins.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/spawn.hpp"
#include "io/backend.hpp"
#include "io/slot_table.hpp"

namespace ferroway::io {
namespace {

using entry = slot_table::entry;
using std::chrono::milliseconds;

constexpr slot_table::limits limits{2, 1000};
constexpr failure in_vain{fault::overloaded, side::local, false, "in vain"};
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
          table, {worker, key.at, limits.requests}, loop, patience, in_vain, scope);
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

// A slot and one of a few places.
class two_things final : public slot_table::wait {
 public:
  two_things(slot_table& in, std::atomic<int>& places, std::uint32_t worker, io::loop& on,
             cancel_scope& scope)
      : wait(in, {worker, 0, limits.requests * 4}, on, std::chrono::minutes(5), in_vain, scope),
        places_(places) {}

  static bool take(std::atomic<int>& places) {
    int left = places;
    while (left > 0) {
      if (places.compare_exchange_weak(left, left - 1)) return true;
    }
    return false;
  }

 private:
  bool claim() noexcept override { return take(places_); }
  std::atomic<int>& places_;
};

constexpr slot_table::limits wide{limits.requests * 4, 1000};

task<> come_for_both(slot_table& table, std::atomic<int>& places, io::loop& loop,
                     std::uint32_t worker, counted& key, std::atomic<int>& running) {
  cancel_scope scope(loop);
  for (int i = 0; i < rounds; ++i) {
    entry got = table.enter(0, wide);
    if (got == entry::admitted && !two_things::take(places)) {
      got = table.stand_back(0, wide, worker);
    }
    EXPECT_NE(got, entry::full);
    if (got == entry::queued) {
      two_things waiting(table, places, worker, loop, scope);
      const result<void> waited = co_await waiting;
      EXPECT_TRUE(waited);
    }
    key.enter();
    (void)co_await loop.sleep_for(milliseconds(1), scope);
    key.inside.fetch_sub(1);
    places.fetch_add(1);
    table.leave(0, worker);
  }
  running.fetch_sub(1);
  running.notify_one();
}

TEST(slot_wait, who_needs_something_else_too_waits_for_both) {
  const auto table = std::make_shared<slot_table>(workers, false);
  std::vector<std::unique_ptr<io::loop>> loops;
  for (std::uint32_t i = 0; i < workers; ++i) loops.push_back(*io::make_epoll_loop());
  constexpr int places_max = 3;
  std::atomic<int> places = places_max;
  counted key;
  std::atomic<int> running = workers * tasks_per_worker;
  for (std::uint32_t worker = 0; worker < workers; ++worker) {
    io::loop& mine = *loops[worker];
    mine.post([&, worker] {
      for (int i = 0; i < tasks_per_worker; ++i) {
        spawn(come_for_both(*table, places, mine, worker, key, running));
      }
    });
  }
  std::vector<std::jthread> threads;
  for (const auto& each : loops) threads.emplace_back([&each] { each->run(); });
  for (int left = running; left != 0; left = running) running.wait(left);
  for (const auto& each : loops) each->stop();
  threads.clear();
  EXPECT_LE(key.most, static_cast<std::uint32_t>(places_max));
  EXPECT_EQ(key.admitted, workers * tasks_per_worker * rounds);
  EXPECT_EQ(places, places_max);
  EXPECT_EQ(table->in_flight(0), 0U);
  EXPECT_EQ(table->waiting(0), 0U);
}

}  // namespace
}  // namespace ferroway::io
