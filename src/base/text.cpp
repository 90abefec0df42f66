#include "base/text.hpp"

#include <algorithm>
#include <vector>

namespace ferroway {
namespace {

// Optimal string alignment distance: insertions, deletions, replacements, swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> before(width), previous(width), current(width);
  for (std::size_t j = 0; j < width; ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j < width; ++j) {
      const std::size_t cost = to_lower(a[i - 1]) == to_lower(b[j - 1]) ? 0 : 1;
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        current[j] = std::min(current[j], before[j - 2] + 1);
      }
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string low(text);
  std::ranges::transform(low, low.begin(), to_lower);
  return low;
}

std::optional<std::string_view> nearest_name(std::string_view wanted, const std::string_view* names,
                                             std::size_t count) {
  constexpr std::size_t longest_compared = 64;
  if (wanted.size() > longest_compared) return std::nullopt;
  std::optional<std::string_view> nearest;
  std::size_t least = std::max<std::size_t>(1, wanted.size() / 3) + 1;
  for (std::size_t i = 0; i < count; ++i) {
    if (names[i].size() > longest_compared) continue;
    const std::size_t distance = edit_distance(wanted, names[i]);
    if (distance < least) {
      least = distance;
      nearest = names[i];
    }
  }
  return nearest;
}

}  // namespace ferroway
