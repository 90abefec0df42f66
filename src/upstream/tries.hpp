// How far the tries of one request have come, and whether there is another one: the rules of
// `retry`. On the frame of forward::handle.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "exchange/route.hpp"
#include "upstream/endpoint_use.hpp"
#include "upstream/place_search.hpp"
#include "upstream/replay_buffer.hpp"

namespace ferroway::upstream {

class tries {
 public:
  tries(exchange& ex, worker_part& mine) noexcept
      : ex_(ex), mine_(mine), policy_(config::retry_of(ex.matched->retry)) {}

  // Where the next try goes; false where there is nobody, or no room yet or at all.
  bool choose(upstream& of) {
    if (same_again_) return true;
    if (of.limits() != nullptr && ex_.rehearsed_by == nullptr) [[unlikely]]
      return choose_place(of);
    return choose_anybody(of);
  }
  // After a `choose` that is false: the wait for room, or why there is none.
  task<result<void>> wait_for_place(upstream& of);
  std::size_t endpoint() const noexcept { return tried_[count_ - 1]; }
  // A pooled connection may be taken.
  bool may_reuse() const noexcept { return !fresh_only_; }
  void begins(bool reused) noexcept;
  // Where the body is kept to be sent again; null: nowhere.
  replay_buffer* kept() noexcept { return kept_; }
  // The answer that came last is the client's: nothing is kept any more.
  void settled() noexcept;
  void sent() noexcept { ++sends_; }

  // Whether the request goes out again after that failure, and the budget has paid for it.
  bool again_after(const failure& why, bool answer_begun);
  // The same for an answer with this status, which is then dropped.
  bool again_after(std::uint16_t status);
  // Whether the route has statuses tried again, and this is one of them.
  bool is_to_be_repeated(std::uint16_t status) const;
  // The request's body has failed, and not the endpoint.
  bool client_failed() const noexcept;

  // It does, and nothing of the try before it is under way any more.
  void go_again() noexcept;

  // How long a try may wait for an answer.
  duration answer_timeout() const noexcept {
    return policy_.per_try.value_or(ex_.matched->timeouts.response);
  }

  // A second endpoint may be asked beside the first one.
  bool hedges() const noexcept { return policy_.hedges != config::retry::hedging::never; }
  // When, from now; none: never, of this request, or nothing is known of the others' times yet.
  std::optional<duration> hedge_after(const upstream& of) const;
  // Somebody else for a second try beside the first, whom the budget has paid for.
  std::optional<std::size_t> choose_beside(upstream& of, endpoint_use& its);
  // That one's answer came first.
  void won_by(std::size_t endpoint, endpoint_use& its);
  // An answer has begun: its time counts for percentiles.
  void note_time();

  endpoint_use use;

 private:
  bool choose_anybody(upstream& of);
  bool choose_place(upstream& of);
  void goes_to(upstream& of, const endpoint_place& found);
  place_query query(upstream& of) const;
  bool may_repeat(const failure& why, bool answer_begun) const;
  bool may_be_sent_twice() const;
  bool can_be_sent_again() const;
  void keep_body();
  bool has_waited_in_vain(const failure& why, bool answer_begun) const;
  bool spend();

  exchange& ex_;
  worker_part& mine_;
  const config::retry& policy_;
  std::array<std::uint32_t, 2 * (config::retries_max + 1)> tried_;  // the first `count_`
  unsigned count_ = 0;
  unsigned hedged_ = 0;  // of those: second tries that won
  unsigned sends_ = 0;   // that may have reached an endpoint
  bool fresh_only_ = false;
  bool same_again_ = false;  // on another connection
  bool reused_ = false;
  place_found found_;  // where `choose` has found none
  time_point begun_{};
  replay_buffer* kept_ = nullptr;
};

}  // namespace ferroway::upstream
