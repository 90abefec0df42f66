#include "upstream/split.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cmath>

namespace ferroway::upstream {

split::split(std::vector<part> parts, std::string_view stick_by)
    : parts_(std::move(parts)), why_stuck_("by " + std::string(stick_by)) {
  for (const part& each : parts_) total_ += each.weight;
  if (!stick_by.empty()) stick_by_ = variable::parse(stick_by);
}

std::size_t split::by_chance(exchange& ex) const {
  std::uint64_t left = ex.worker.random.below(total_);
  std::size_t chosen = 0;
  while (left >= parts_[chosen].weight) left -= parts_[chosen++].weight;
  return chosen;
}

// Weighted rendezvous hashing (Schindelhauer and Schomaker, 2005): a change of the weights moves
// only the clients that it must, and every worker, process and restart chooses alike.
std::size_t split::by_value(std::string_view value) const {
  const std::uint64_t seed = XXH3_64bits(value.data(), value.size());
  std::size_t chosen = 0;
  double best = -1;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const part& each = parts_[i];
    if (each.weight == 0) continue;
    const std::uint64_t hash = XXH3_64bits_withSeed(each.name.data(), each.name.size(), seed);
    const double unit = (static_cast<double>(hash >> 11) + 0.5) * 0x1p-53;  // between 0 and 1
    const double score = each.weight / -std::log(unit);
    if (score <= best) continue;
    best = score;
    chosen = i;
  }
  return chosen;
}

task<result<response>> split::handle(exchange& ex) {
  std::size_t chosen = 0;
  if (stick_by_) {
    std::string_view value = stick_by_->value(ex);
    const bool lacks = value.empty();
    if (lacks) value = variable::parse("client.ip")->value(ex);
    chosen = by_value(value);
    ex.record("split", parts_[chosen].name,
              lacks ? "by client.ip, since the request lacks what to stick by" : why_stuck_);
  } else {
    chosen = by_chance(ex);
    ex.record("split", parts_[chosen].name, "by chance and weight");
  }
  return parts_[chosen].to->handle(ex);
}

}  // namespace ferroway::upstream
