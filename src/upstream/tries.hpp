// How far the tries of one request have come, and whether there is another one: the rules of
// `retry`. On the frame of forward::handle.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "exchange/route.hpp"
#include "upstream/endpoint_use.hpp"

namespace ferroway::upstream {

class tries {
 public:
  tries(exchange& ex, worker_part& mine) noexcept
      : ex_(ex), mine_(mine), policy_(config::retry_of(ex.matched->retry)) {}

  // Where the next try goes; false where there is nobody.
  bool choose(upstream& of);
  std::size_t endpoint() const noexcept { return tried_[count_ - 1]; }
  // A pooled connection may be taken.
  bool may_reuse() const noexcept { return !fresh_only_; }
  void begins(bool reused) noexcept;
  void sent() noexcept { ++sends_; }

  // Whether the request goes out again after that failure, and the budget has paid for it.
  bool again_after(const failure& why, bool answer_begun);
  // The same for an answer with this status, which is then dropped.
  bool again_after(std::uint16_t status);

  // How long a try may wait for an answer.
  duration answer_timeout() const noexcept {
    return policy_.per_try.value_or(ex_.matched->timeouts.response);
  }

  endpoint_use use;

 private:
  bool may_repeat(const failure& why, bool answer_begun) const;
  bool can_be_sent_again() const;
  bool has_waited_in_vain(const failure& why, bool answer_begun) const;
  bool spend();

  exchange& ex_;
  worker_part& mine_;
  const config::retry& policy_;
  std::array<std::uint32_t, config::retries_max + 1> tried_;  // the first `count_`
  unsigned count_ = 0;
  unsigned sends_ = 0;  // that may have reached an endpoint
  bool fresh_only_ = false;
  bool same_again_ = false;  // on another connection
  bool reused_ = false;
  time_point begun_{};
};

}  // namespace ferroway::upstream
