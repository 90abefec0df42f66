// Who of an upstream's endpoints may be picked, and how often each: what balancers choose from.
// Made anew by a worker when the state of an endpoint has changed, so that a pick never has to look
// for somebody who is there. Immutable in between; each worker has its own.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "upstream/endpoint_load.hpp"

namespace ferroway::upstream {

// An endpoint as a balancer sees it.
struct candidate {
  const endpoint_load* load = nullptr;
  std::uint32_t weight = 1;
  std::uint32_t priority = 0;
  bool available = true;
};

struct candidates {
  // Indices of endpoints: each as often as its weight says, and evenly spread. Empty: there is
  // nobody. A walk through it is weighted round robin, a draw from it a weighted draw.
  std::vector<std::uint32_t> turns;
  std::vector<candidate> all;          // every endpoint of the upstream
  std::vector<std::uint8_t> may_take;  // of every endpoint, whether it stands in `turns`
  std::uint32_t priority = 0;          // of those that stand there
  std::size_t count = 0;               // of those that stand there
  std::size_t available = 0;           // of all
  bool panic = false;  // too few are available: all are used, whatever is known of them
};

// Longer schedules are scaled down to this: no share is off by more than one part in it.
inline constexpr std::size_t turns_max = 8192;

// The lowest priority number of which at least `enough_percent` (and one) are available is used.
// Where there is none: with `enough_percent` all endpoints (panic), else nobody.
candidates choose_from(std::vector<candidate> all, unsigned enough_percent);

// Each index as often as its weight says (less a common factor), evenly spread.
std::vector<std::uint32_t> spread(std::span<const std::uint32_t> indices,
                                  std::span<const candidate> all);

}  // namespace ferroway::upstream
