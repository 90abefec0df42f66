#include "upstream/balancer/maglev_table.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace ferroway::upstream {
namespace {

constexpr std::array<std::size_t, 4> primes{1'021, 8'191, 65'537, 655'373};
constexpr std::size_t places_each = 100;
constexpr std::uint32_t nobody = UINT32_MAX;

// Large enough for shares to be right to one in a hundred.
std::size_t size_for(std::size_t entries) {
  const auto* fits = std::ranges::lower_bound(primes, entries * places_each);
  return fits == primes.end() ? primes.back() : *fits;
}

// The order in which one entry would take places.
struct preference {
  std::uint32_t index;
  std::uint32_t weight;
  std::size_t next;
  std::size_t skip;
  std::uint64_t earned = 0;  // of turns, in parts of the greatest weight
};

std::vector<preference> preferences(std::span<const maglev_table::entry> from, std::size_t size) {
  std::vector<std::uint32_t> order(from.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::uint32_t index) { return from[index].name; });
  std::vector<preference> made;
  for (const std::uint32_t index : order) {
    const maglev_table::entry& each = from[index];
    if (each.weight == 0) continue;
    const std::uint64_t offset = XXH3_64bits_withSeed(each.name.data(), each.name.size(), 1);
    const std::uint64_t skip = XXH3_64bits_withSeed(each.name.data(), each.name.size(), 2);
    made.push_back({index, each.weight, offset % size, skip % (size - 1) + 1});
  }
  return made;
}

}  // namespace

maglev_table::maglev_table(std::span<const entry> from) : places_(size_for(from.size()), nobody) {
  std::vector<preference> wanting = preferences(from, places_.size());
  if (wanting.empty()) {
    places_.assign(1, 0);
    return;
  }
  const std::uint32_t greatest = std::ranges::max(wanting, {}, &preference::weight).weight;
  std::size_t taken = 0;
  while (taken < places_.size()) {
    for (preference& each : wanting) {
      each.earned += each.weight;
      if (each.earned < greatest) continue;
      each.earned -= greatest;
      while (places_[each.next] != nobody) each.next = (each.next + each.skip) % places_.size();
      places_[each.next] = each.index;
      if (++taken == places_.size()) return;
    }
  }
}

}  // namespace ferroway::upstream
