// Of two that are drawn by weight, the one with fewer requests in flight for its weight ("the power
// of two choices", Mitzenmacher 2001): nearly as even as the least of all, without looking at all,
// and without sending everybody to the same one.
#pragma once

#include "upstream/balancer/balancer.hpp"

namespace ferroway::upstream {

class least_request final : public balancer {
 public:
  std::uint32_t pick(const pick_input& in, const candidates& among) noexcept override;
  std::string why(const pick_input& in, const candidates& among,
                  std::uint32_t chosen) const override;
};

// Two places of `turns`, different ones where there are two.
struct two_drawn {
  std::uint32_t first;
  std::uint32_t second;
};
two_drawn draw_two(random_source& random, const candidates& among) noexcept;

}  // namespace ferroway::upstream
