// By chance and weight: nothing is shared, and nothing is known.
#pragma once

#include "upstream/balancer/balancer.hpp"

namespace ferroway::upstream {

class random_choice final : public balancer {
 public:
  std::uint32_t pick(const pick_input& in, const candidates& among) noexcept override {
    return among.turns[in.random.below(among.turns.size())];
  }
  std::string why(const pick_input&, const candidates& among, std::uint32_t) const override {
    return "random: by chance and weight, of " + std::to_string(among.count);
  }
};

}  // namespace ferroway::upstream
