// Retries as a share of requests, so that they never multiply an outage: every request earns a part
// of a retry, up to a reserve; a retry spends one. Per upstream and worker.
#pragma once

#include <algorithm>
#include <cstdint>

namespace ferroway::upstream {

class retry_budget {
 public:
  static constexpr std::uint32_t reserve_max = 10 * 100;

  // `percent`: how much of a retry it earns.
  void request_began(std::uint32_t percent = 20) noexcept {
    reserve_ = std::min(reserve_ + percent, reserve_max);
  }
  // False when the budget is spent: the failure stands.
  bool spend() noexcept {
    if (reserve_ < 100) return false;
    reserve_ -= 100;
    return true;
  }

 private:
  // In hundredths.
  std::uint32_t reserve_ = reserve_max;
};

}  // namespace ferroway::upstream
