// What matching costs as tables grow: one request among 10 to 100,000 routes (the target: within 2
// times), and building the largest.
#include <benchmark/benchmark.h>

#include "routing/route_table.hpp"

namespace {

using namespace ferroway;
using namespace ferroway::routing;

std::vector<route_pattern> patterns_of(std::size_t count) {
  std::vector<route_pattern> patterns{
      {.path = "/api/v1/users/{id}/orders", .methods = {"GET", "POST"}}};
  for (std::uint32_t i = 1; i < count; ++i) {
    route_pattern made{
        .path = "/api/v1/service-" + std::to_string(i) + "/{id}", .methods = {"GET"}, .route = i};
    if (i % 4 == 0) made.host = "tenant-" + std::to_string(i) + ".example.com";
    patterns.push_back(made);
  }
  return patterns;
}

void match_among(benchmark::State& state) {
  const auto table = route_table::compile(patterns_of(static_cast<std::size_t>(state.range(0))));
  arena memory;
  const route_query query{0, "api.example.com:8080", "/api/v1/users/1234/orders/99", "GET"};
  for (auto _ : state) benchmark::DoNotOptimize(table->match(query, memory));
}
BENCHMARK(match_among)->Arg(10)->Arg(1000)->Arg(10000)->Arg(100000);

// The only path that a thousand others do not take, all of them regular expressions.
void match_regex_among(benchmark::State& state) {
  std::vector<route_pattern> patterns;
  for (std::uint32_t i = 0; i < state.range(0); ++i) {
    route_pattern& made = patterns.emplace_back();
    made.kind = path_kind::regex;
    made.path = "/service-" + std::to_string(i) + "/v[0-9]+(/.*)?";
    made.route = i;
  }
  const auto table = route_table::compile(patterns);
  arena memory;
  const route_query query{0, "api.example.com:8080", "/service-0/v12/orders/99", "GET"};
  for (auto _ : state) benchmark::DoNotOptimize(table->match(query, memory));
}
BENCHMARK(match_regex_among)->Arg(1)->Arg(10)->Arg(100)->Arg(1000);

// The last of several routes of one path, told apart by a header.
void match_conditions_among(benchmark::State& state) {
  std::vector<route_pattern> patterns;
  for (std::uint32_t i = 0; i < state.range(0); ++i) {
    route_pattern& made = patterns.emplace_back();
    made.path = "/api/v1/users";
    made.headers = {
        {"X-Tier", ferroway::config::condition::kind::equals, "tier-" + std::to_string(i)}};
    made.route = i;
  }
  const auto table = route_table::compile(patterns);
  arena memory;
  ferroway::http::field_list fields;
  const std::string value = "tier-" + std::to_string(state.range(0) - 1);
  fields.add(memory, "Accept", "*/*");
  fields.add(memory, "User-Agent", "bench");
  fields.add(memory, "X-Tier", value);
  const route_query query{0, "api.example.com", "/api/v1/users/7", "GET", "", &fields};
  for (auto _ : state) benchmark::DoNotOptimize(table->match(query, memory));
}
BENCHMARK(match_conditions_among)->Arg(1)->Arg(10)->Arg(100);

void compile_routes(benchmark::State& state) {
  const auto patterns = patterns_of(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(route_table::compile(patterns));
}
BENCHMARK(compile_routes)->Arg(100000)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
