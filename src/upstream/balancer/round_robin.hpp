// Weighted round robin: one place in the round for all workers, so that shares are exact whoever
// serves, and each endpoint's turns are evenly spread (candidates.hpp).
#pragma once

#include <atomic>

#include "upstream/balancer/balancer.hpp"

namespace ferroway::upstream {

class round_robin final : public balancer {
 public:
  std::uint32_t pick(const pick_input& in, const candidates& among) noexcept override;
  std::string why(const pick_input& in, const candidates& among,
                  std::uint32_t chosen) const override;
  // Gateways that start together do not all begin with the same endpoint.
  void begin(random_source& random) override;

 private:
  // The one shared write of a pick, on a cache line of its own.
  alignas(64) std::atomic<std::uint32_t> next_{0};
};

}  // namespace ferroway::upstream
