#include "upstream/balancer/balancer.hpp"

#include <utility>

#include "upstream/balancer/consistent_hash.hpp"
#include "upstream/balancer/least_request.hpp"
#include "upstream/balancer/peak_ewma.hpp"
#include "upstream/balancer/random_choice.hpp"
#include "upstream/balancer/round_robin.hpp"

namespace ferroway::upstream {

loads_kept loads_of(config::balancing how) noexcept {
  return {how == config::balancing::least_request || how == config::balancing::peak_ewma,
          how == config::balancing::peak_ewma};
}

std::unique_ptr<balancer> make_balancer(const config::upstream& from) {
  switch (from.balance) {
    case config::balancing::round_robin:
      return std::make_unique<round_robin>();
    case config::balancing::least_request:
      return std::make_unique<least_request>();
    case config::balancing::peak_ewma:
      return std::make_unique<peak_ewma>();
    case config::balancing::random:
      return std::make_unique<random_choice>();
    case config::balancing::consistent_hash:
      return std::make_unique<consistent_hash>(from);
  }
  std::unreachable();
}

}  // namespace ferroway::upstream
