#include "io/slot_table.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace ferroway::io {
namespace {

using entry = slot_table::entry;

TEST(slot_table, admits_so_many_then_queues_so_many) {
  const auto table = std::make_shared<slot_table>(1, false);
  EXPECT_EQ(table->enter(0, {2, 1}), entry::admitted);
  EXPECT_EQ(table->enter(0, {2, 1}), entry::admitted);
  EXPECT_EQ(table->enter(0, {2, 1}), entry::queued);
  EXPECT_EQ(table->enter(0, {2, 1}), entry::full);
  EXPECT_EQ(table->in_flight(0), 2U);
  EXPECT_EQ(table->waiting(0), 1U);
}

TEST(slot_table, who_comes_does_not_pass_who_waits) {
  const auto table = std::make_shared<slot_table>(1, false);
  EXPECT_EQ(table->enter(0, {1, 1}), entry::admitted);
  EXPECT_EQ(table->enter(0, {1, 1}), entry::queued);
  EXPECT_EQ(table->enter(0, {5, 1}), entry::full) << "there is room, and somebody waits for it";
}

TEST(slot_table, other_limits_go_on_with_the_same_counts) {
  const auto table = std::make_shared<slot_table>(1, false);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(table->enter(0, {3, 0}), entry::admitted);
  EXPECT_EQ(table->enter(0, {2, 0}), entry::full);
  table->leave(0, 0);
  EXPECT_EQ(table->enter(0, {2, 0}), entry::full);
  table->leave(0, 0);
  EXPECT_EQ(table->enter(0, {2, 0}), entry::admitted);
  EXPECT_EQ(table->enter(0, {9, 0}), entry::admitted);
}

TEST(slot_table, who_stands_back_waits_or_is_refused) {
  const auto table = std::make_shared<slot_table>(1, false);
  EXPECT_EQ(table->enter(0, {5, 1}), entry::admitted);
  EXPECT_EQ(table->stand_back(0, {5, 1}, 0), entry::queued);
  EXPECT_EQ(table->in_flight(0), 0U);
  EXPECT_EQ(table->waiting(0), 1U);
  EXPECT_EQ(table->enter(0, {5, 1}), entry::full) << "the first one is the first";
  EXPECT_EQ(table->enter(0, {5, 2}), entry::queued);
  const auto none_wait = std::make_shared<slot_table>(1, false);
  EXPECT_EQ(none_wait->enter(0, {5, 0}), entry::admitted);
  EXPECT_EQ(none_wait->stand_back(0, {5, 0}, 0), entry::full);
  EXPECT_EQ(none_wait->in_flight(0), 0U);
}

TEST(slot_table, keys_have_cells_of_their_own) {
  const auto table = std::make_shared<slot_table>(1, true);
  ASSERT_TRUE(table->keyed());
  EXPECT_LT(table->cell_of(~std::uint64_t{0}), slot_table::keyed_cells);
  EXPECT_EQ(table->enter(table->cell_of(7), {1, 0}), entry::admitted);
  EXPECT_EQ(table->enter(table->cell_of(8), {1, 0}), entry::admitted);
  EXPECT_EQ(table->enter(table->cell_of(7), {1, 0}), entry::full);
}

TEST(slot_table, threads_never_go_beyond_a_limit_and_lose_no_slot) {
  constexpr std::uint32_t limit = 3;
  constexpr int threads = 4, rounds = 20'000;
  const auto table = std::make_shared<slot_table>(threads, true);
  const slot_table::cell at = table->cell_of(7);
  std::atomic<std::uint32_t> inside = 0, most = 0, admitted = 0;
  std::vector<std::thread> all;
  for (std::uint32_t worker = 0; worker < threads; ++worker) {
    all.emplace_back([&, worker] {
      for (int i = 0; i < rounds; ++i) {
        if (table->enter(at, {limit, 0}) != entry::admitted) continue;
        const std::uint32_t now = inside.fetch_add(1) + 1;
        std::uint32_t before = most;
        while (before < now && !most.compare_exchange_weak(before, now)) continue;
        admitted.fetch_add(1);
        inside.fetch_sub(1);
        table->leave(at, worker);
      }
    });
  }
  for (std::thread& each : all) each.join();
  EXPECT_LE(most, limit);
  EXPECT_GT(admitted, 0U);
  EXPECT_EQ(table->in_flight(at), 0U);
}

}  // namespace
}  // namespace ferroway::io
