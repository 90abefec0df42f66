// What a pick among 1,000 endpoints costs, for each balancer (the target: 100 ns); round robin also
// with two threads, which share its counter; and a view that is made anew, which a change of an
// endpoint's state costs each worker once.
#include <benchmark/benchmark.h>

#include <deque>
#include <string>

#include "upstream/balancer/consistent_hash.hpp"
#include "upstream/balancer/least_request.hpp"
#include "upstream/balancer/peak_ewma.hpp"
#include "upstream/balancer/random_choice.hpp"
#include "upstream/balancer/round_robin.hpp"

namespace {

using namespace ferroway;
using namespace ferroway::upstream;

constexpr std::size_t endpoints = 1000;
constexpr time_point now{std::chrono::hours(1)};

std::vector<candidate> many(std::uint32_t weight_step) {
  static std::deque<endpoint_load> loads(endpoints);
  std::vector<candidate> all;
  for (std::size_t i = 0; i < endpoints; ++i) {
    loads[i].took(std::chrono::microseconds(100 + i), now);
    all.push_back({&loads[i], static_cast<std::uint32_t>(1 + i % weight_step), 0, true});
  }
  return all;
}

const candidates& even() {
  static const candidates view = choose_from(many(1), 0);
  return view;
}
const candidates& weighted() {
  static const candidates view = choose_from(many(10), 0);
  return view;
}

template <class Balancer>
void pick(benchmark::State& state) {
  static Balancer balance;
  random_source random(static_cast<std::uint64_t>(state.thread_index()));
  const candidates& among = state.range(0) == 0 ? even() : weighted();
  for (auto _ : state) benchmark::DoNotOptimize(balance.pick({random, now}, among));
}
BENCHMARK(pick<round_robin>)->Arg(0)->Arg(1);
BENCHMARK(pick<round_robin>)->Arg(0)->Threads(2)->UseRealTime();
BENCHMARK(pick<random_choice>)->Arg(0)->Arg(1);
BENCHMARK(pick<least_request>)->Arg(0)->Arg(1);
BENCHMARK(pick<peak_ewma>)->Arg(0)->Arg(1);

void pick_consistent_hash(benchmark::State& state) {
  config::upstream from;
  from.balance = config::balancing::consistent_hash;
  from.hash_by = "client.ip";
  for (std::size_t i = 0; i < endpoints; ++i) {
    from.endpoints.push_back({"http://10.0.0.1:" + std::to_string(i + 1), {}, {}, {}});
  }
  const consistent_hash balance(from);
  random_source random(1);
  std::vector<candidate> all = many(1);
  const auto out = static_cast<std::size_t>(state.range(0));
  for (std::size_t i = 0; i < out; ++i) all[i].available = false;
  const candidates among = choose_from(std::move(all), 0);
  for (auto _ : state) benchmark::DoNotOptimize(balance.pick(random.next(), among));
}
BENCHMARK(pick_consistent_hash)->Arg(0)->Arg(300);

void view_made_anew(benchmark::State& state) {
  const std::vector<candidate> all = many(state.range(0) == 0 ? 1 : 10);
  for (auto _ : state) benchmark::DoNotOptimize(choose_from(all, 0).turns.data());
}
BENCHMARK(view_made_anew)->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
