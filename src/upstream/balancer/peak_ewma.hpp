// Of two that are drawn by weight, the one that would answer sooner: its recent latency, times what
// it has in flight, for its weight. An answer that is slow counts at once, a fast one little by
// little (endpoint_load.hpp).
#pragma once

#include "upstream/balancer/balancer.hpp"

namespace ferroway::upstream {

class peak_ewma final : public balancer {
 public:
  std::uint32_t pick(const pick_input& in, const candidates& among) noexcept override;
  std::string why(const pick_input& in, const candidates& among,
                  std::uint32_t chosen) const override;
};

}  // namespace ferroway::upstream
