// What a MiB of text costs in each coding, as `compress` makes it: pieces of 64 KiB, each flushed,
// into buffers of 20 KiB; and an answer of 4 KiB at once. The text is JSON with names, numbers and
// sentences.
#include <benchmark/benchmark.h>

#include <string>

#include "base/random.hpp"
#include "middleware/compress/encoder_pool.hpp"

namespace ferroway {
namespace {

std::string json_of(std::size_t bytes) {
  random_source random(1);
  std::string made = "[";
  while (made.size() < bytes) {
    made += R"({"id": )" + std::to_string(random.below(1'000'000)) + R"(, "name": "user-)" +
            std::to_string(random.below(5000)) + R"(", "active": )" +
            (random.chance(50) ? "true" : "false") + R"(, "note": ")";
    for (int i = 0; i < 8; ++i) made += "word" + std::to_string(random.below(800)) + " ";
    made += "\"},\n";
  }
  made.resize(bytes);
  return made;
}

std::size_t run(encoder& by, std::string_view input, encoder::until end, std::string& room) {
  std::size_t made = 0;
  while (true) {
    const auto did = by.advance(input, room, end);
    if (!did) return 0;
    made += did->made;
    input.remove_prefix(did->taken);
    if (did->done) return made;
  }
}

void compress_text(benchmark::State& state) {
  const auto coding = static_cast<http::content_coding>(state.range(0));
  const auto level = static_cast<config::compression_level>(state.range(1));
  const auto bytes = static_cast<std::size_t>(state.range(2));
  constexpr std::size_t slice = 65536;
  const std::string text = json_of(bytes);
  std::string room(std::size_t{20} << 10, '\0');
  std::size_t made = 0;
  for (auto _ : state) {
    const encoder_loan by = encoder_pool::of_this_thread().take(coding, level);
    made = 0;
    if (bytes > slice) {
      for (std::size_t at = 0; at < bytes; at += slice) {
        made += run(*by, std::string_view(text).substr(at, slice), encoder::until::flushed, room);
      }
      made += run(*by, {}, encoder::until::finished, room);
    } else {
      made += run(*by, text, encoder::until::finished, room);
    }
    benchmark::DoNotOptimize(room.data());
  }
  state.SetLabel(std::string(http::to_string(coding)));
  state.counters["of_100"] = 100.0 * static_cast<double>(made) / static_cast<double>(bytes);
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
}
BENCHMARK(compress_text)
    ->ArgsProduct({{0, 1, 2}, {0, 1, 2}, {1 << 20, 4096}})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace ferroway

BENCHMARK_MAIN();
