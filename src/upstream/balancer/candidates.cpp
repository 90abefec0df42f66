#include "upstream/balancer/candidates.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace ferroway::upstream {
namespace {

// How often each stands in the schedule.
std::vector<std::uint32_t> shares(std::span<const std::uint32_t> indices,
                                  std::span<const candidate> all) {
  std::uint32_t common = 0;
  std::uint64_t total = 0;
  for (const std::uint32_t index : indices) {
    common = std::gcd(common, all[index].weight);
    total += all[index].weight;
  }
  std::vector<std::uint32_t> made;
  made.reserve(indices.size());
  const std::size_t most = std::max(turns_max, indices.size());
  const bool scaled = common > 0 && total / common > most;
  for (const std::uint32_t index : indices) {
    const std::uint32_t weight = all[index].weight;
    std::uint64_t share = weight / std::max(common, 1U);
    if (scaled) {
      share = (weight * std::uint64_t{most} + total / 2) / total;
      share = std::max<std::uint64_t>(share, weight > 0 ? 1 : 0);
    }
    made.push_back(static_cast<std::uint32_t>(share));
  }
  return made;
}

struct place {
  double at;
  std::uint32_t index;
};

}  // namespace

// The k-th of n turns of an endpoint stands at (k + phase) / n of the way; phases of the golden
// ratio keep those with the same share apart.
std::vector<std::uint32_t> spread(std::span<const std::uint32_t> indices,
                                  std::span<const candidate> all) {
  const std::vector<std::uint32_t> share = shares(indices, all);
  std::vector<std::uint32_t> turns;
  if (std::ranges::all_of(share, [](std::uint32_t each) { return each == 1; })) {
    turns.assign(indices.begin(), indices.end());
    return turns;
  }
  constexpr double golden = 0.6180339887498949;
  std::vector<place> places;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    double whole = 0;
    const double phase = std::modf(0.5 + golden * static_cast<double>(i), &whole);
    for (std::uint32_t k = 0; k < share[i]; ++k)
      places.push_back({(k + phase) / share[i], indices[i]});
  }
  std::ranges::sort(places, [](const place& a, const place& b) {
    return a.at != b.at ? a.at < b.at : a.index < b.index;
  });
  turns.reserve(places.size());
  for (const place& each : places) turns.push_back(each.index);
  return turns;
}

candidates choose_from(std::vector<candidate> all, unsigned enough_percent) {
  struct tally {
    std::size_t all = 0;
    std::size_t available = 0;
  };
  std::map<std::uint32_t, tally> by_priority;
  candidates made;
  for (const candidate& each : all) {
    if (each.weight == 0) continue;
    tally& mine = by_priority[each.priority];
    ++mine.all;
    mine.available += each.available ? 1 : 0;
    made.available += each.available ? 1 : 0;
  }
  const auto enough = std::ranges::find_if(by_priority, [&](const auto& each) {
    const tally& of = each.second;
    return of.available > 0 && of.available * 100 >= of.all * enough_percent;
  });
  const bool found = enough != by_priority.end();
  made.panic = !found && enough_percent > 0;
  made.priority = found ? enough->first : 0;
  made.may_take.resize(all.size());
  std::vector<std::uint32_t> indices;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool in_use = found && all[i].available && all[i].priority == made.priority;
    if (all[i].weight == 0 || (!in_use && !made.panic)) continue;
    made.may_take[i] = 1;
    indices.push_back(static_cast<std::uint32_t>(i));
  }
  made.count = indices.size();
  made.turns = spread(indices, all);
  made.all = std::move(all);
  return made;
}

}  // namespace ferroway::upstream
