// Retries as a share of requests, so that they never multiply an outage: every request earns a part
// of a retry, up to a reserve; a retry spends one. Per upstream and worker.
#pragma once

#include <algorithm>

namespace ferroway::upstream {

class retry_budget {
 public:
  static constexpr double share = 0.2;
  static constexpr double reserve_max = 10;

  void request_began() noexcept { reserve_ = std::min(reserve_ + share, reserve_max); }
  // False when the budget is spent: the failure stands.
  bool spend() noexcept {
    if (reserve_ < 1) return false;
    reserve_ -= 1;
    return true;
  }

 private:
  double reserve_ = reserve_max;
};

}  // namespace ferroway::upstream
