// Where a rate limit keeps what its clients have used up.
#pragma once

#include <cstdint>

#include "middleware/rate_limit/gcra.hpp"

namespace ferroway {

class limit_store {
 public:
  virtual ~limit_store() = default;

  // Takes `cost` requests from the bucket of `client` (a keyed hash, not 0) if they are there. Any
  // thread.
  virtual limit_decision take(std::uint64_t client, const limit_policy& by, std::uint64_t cost,
                              time_point now) noexcept = 0;
};

}  // namespace ferroway
