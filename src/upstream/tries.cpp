#include "upstream/tries.hpp"

#include <algorithm>

namespace ferroway::upstream {
namespace {

// A pooled connection that fails sooner than this was stale: its peer had closed it before the
// request came. One that fails later had the request, and the endpoint failed.
constexpr duration stale_within = std::chrono::milliseconds(100);

}  // namespace

bool tries::choose(upstream& of) {
  if (same_again_) return true;
  const std::span<const std::uint32_t> tried(tried_.data(), count_);
  const std::size_t picked = mine_.pick(ex_, tried, can_be_sent_again());
  if (picked == worker_part::nobody) return false;
  tried_[count_++] = static_cast<std::uint32_t>(picked);
  use.begin(ex_, of, picked, mine_.is_on_trial());
  return true;
}

void tries::begins(bool reused) noexcept {
  reused_ = reused;
  begun_ = ex_.worker.loop.now();
}

// Sending it twice can do no harm, or the route says that it may be (RFC 9110, 9.2.2); and all of
// it is at hand.
bool tries::can_be_sent_again() const {
  return ex_.request_body.rest == nullptr &&
         (http::is_idempotent(ex_.request.verb) || policy_.non_idempotent);
}

bool tries::may_repeat(const failure& why, bool answer_begun) const {
  if (ex_.scope.cancelled() || answer_begun || why.from != side::upstream) return false;
  switch (why.kind) {
    case fault::refused:
    case fault::unreachable:
      return policy_.on_connect;
    case fault::reset:
    case fault::end_of_stream:
      if (why.retry_safe) return policy_.on_connect;
      return policy_.on_reset && can_be_sent_again();
    case fault::timed_out:
      if (why.retry_safe) return policy_.on_connect;
      // Without a time of its own, a try has used up all there is.
      return policy_.on_timeout && policy_.per_try && can_be_sent_again();
    default:
      return false;
  }
}

bool tries::spend() {
  if (count_ > policy_.retries || !mine_.retries.spend()) return false;
  mine_.counted.retries.add();
  return true;
}

// The time of the whole exchange ran out, and this endpoint has had most of it: where that time is
// shorter than an answer's, one that hangs would never be noticed otherwise.
bool tries::has_waited_in_vain(const failure& why, bool answer_begun) const {
  const time_point now = ex_.worker.loop.now();
  return why.kind == fault::timed_out && why.from == side::local && !answer_begun &&
         ex_.request_body.rest == nullptr && (now - begun_) * 2 > now - ex_.started;
}

bool tries::again_after(const failure& why, bool answer_begun) {
  const bool stale = reused_ && !fresh_only_ && ex_.worker.loop.now() - begun_ < stale_within &&
                     why.kind != fault::timed_out;
  const bool broke = why.kind == fault::reset || why.kind == fault::end_of_stream;
  same_again_ = stale && broke && !answer_begun && !ex_.scope.cancelled() &&
                why.from == side::upstream && (why.retry_safe || can_be_sent_again()) &&
                !ex_.download_scope.cancelled();
  // A connection that its peer had closed is not a failing endpoint: it costs neither a retry nor
  // the budget.
  if (same_again_) {
    fresh_only_ = true;
    return true;
  }
  use.failed(has_waited_in_vain(why, answer_begun)
                 ? failure{fault::timed_out, side::upstream, false, why.detail}
                 : why);
  if (!may_repeat(why, answer_begun) || sends_ > std::max(policy_.retries, 1U)) return false;
  if (!spend()) return false;
  if (why.kind == fault::timed_out) ex_.download_scope.reset();
  fresh_only_ = true;
  return !ex_.download_scope.cancelled();
}

bool tries::again_after(std::uint16_t status) {
  if (policy_.statuses.empty()) [[likely]]
    return false;
  if (std::ranges::find(policy_.statuses, status) == policy_.statuses.end()) return false;
  if (!can_be_sent_again() || sends_ > policy_.retries || !spend()) return false;
  same_again_ = false;
  return true;
}

}  // namespace ferroway::upstream
