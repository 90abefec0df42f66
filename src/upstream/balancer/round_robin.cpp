#include "upstream/balancer/round_robin.hpp"

namespace ferroway::upstream {

void round_robin::begin(random_source& random) {
  std::uint32_t unset = 0;
  next_.compare_exchange_strong(unset, static_cast<std::uint32_t>(random.below(1U << 31)),
                                std::memory_order_relaxed);
}

std::uint32_t round_robin::pick(const pick_input&, const candidates& among) noexcept {
  const std::uint32_t turn = next_.fetch_add(1, std::memory_order_relaxed);
  return among.turns[turn % static_cast<std::uint32_t>(among.turns.size())];
}

std::string round_robin::why(const pick_input&, const candidates& among,
                             std::uint32_t chosen) const {
  std::string text = "round_robin: the next in turn of " + std::to_string(among.count);
  if (among.turns.size() != among.count) {
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < among.all.size(); ++i) {
      if (among.may_take[i] != 0) total += among.all[i].weight;
    }
    text += ", weight " + std::to_string(among.all[chosen].weight) + " of " + std::to_string(total);
  }
  return text;
}

}  // namespace ferroway::upstream
