// What a decision of a rate limit costs: two threads on one client, and on a million of them whose
// cells are cold (the targets: 60 ns and 150 ns); and the hash of a client.
#include <benchmark/benchmark.h>

#include "base/keyed_hash.hpp"
#include "base/random.hpp"
#include "middleware/rate_limit/limit_cells.hpp"

namespace {

using namespace ferroway;

constexpr std::size_t clients_max = 1'000'000;
constexpr time_point start{std::chrono::hours(1)};

limit_cells& cells() {
  static limit_cells all(clients_max);
  return all;
}

// Nearly all refused: what a flood costs.
void hot_refused(benchmark::State& state) {
  const limit_policy by = limit_policy::of(100, std::chrono::seconds(1), 200);
  for (auto _ : state) benchmark::DoNotOptimize(cells().take(1, by, 1, start));
}
BENCHMARK(hot_refused)->Threads(1)->Threads(2)->UseRealTime();

// All admitted, so that every decision writes the same cell.
void hot_admitted(benchmark::State& state) {
  const limit_policy by = limit_policy::of(1'000'000'000, std::chrono::seconds(1), 100'000'000);
  time_point now = start;
  for (auto _ : state) {
    now += std::chrono::nanoseconds(40);
    benchmark::DoNotOptimize(cells().take(2, by, 1, now));
  }
}
BENCHMARK(hot_admitted)->Threads(1)->Threads(2)->UseRealTime();

void cold(benchmark::State& state) {
  const limit_policy by = limit_policy::of(100, std::chrono::seconds(1), 200);
  random_source random(static_cast<std::uint64_t>(state.thread_index()) + 1);
  for (auto _ : state) {
    const std::uint64_t client = (random.below(clients_max) + 1) * 0x9e3779b97f4a7c15U;
    benchmark::DoNotOptimize(cells().take(client, by, 1, start));
  }
}
BENCHMARK(cold)->Threads(1)->Threads(2)->MinWarmUpTime(2)->UseRealTime();

void hash_of_an_address(benchmark::State& state) {
  const keyed_hash hash = keyed_hash::random();
  const std::string address(16, 'a');
  for (auto _ : state) benchmark::DoNotOptimize(hash.of(address));
}
BENCHMARK(hash_of_an_address);

}  // namespace

BENCHMARK_MAIN();
