// Endpoints with loads, and picks among them.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "upstream/balancer/balancer.hpp"

namespace ferroway::upstream {

struct balancer_rig {
  // One endpoint for each weight.
  explicit balancer_rig(const std::vector<std::uint32_t>& weights) {
    for (const std::uint32_t weight : weights) {
      loads.emplace_back();
      all.push_back({&loads.back(), weight, 0, true});
    }
  }

  candidates view(unsigned enough_percent = 0) const { return choose_from(all, enough_percent); }

  std::vector<std::size_t> picks(balancer& by, std::size_t times) {
    const candidates among = view();
    std::vector<std::size_t> counts(all.size());
    for (std::size_t i = 0; i < times; ++i) ++counts[by.pick({random, now}, among)];
    return counts;
  }

  std::deque<endpoint_load> loads;
  std::vector<candidate> all;
  random_source random{7};
  time_point now{std::chrono::hours(1)};
};

}  // namespace ferroway::upstream
