#include "upstream/tries.hpp"

#include <algorithm>

#include "upstream/connect.hpp"

namespace ferroway::upstream {

bool tries::choose_anybody(upstream& of) {
  const std::span<const std::uint32_t> tried(tried_.data(), count_);
  const std::size_t picked = mine_.pick(ex_, tried, can_be_sent_again());
  if (picked == worker_part::nobody) {
    found_ = place_found::nobody;
    return false;
  }
  tried_[count_++] = static_cast<std::uint32_t>(picked);
  use.begin(ex_, of, picked, mine_.is_on_trial());
  return true;
}

place_query tries::query(upstream& of) const {
  return {ex_, of, std::span(tried_.data(), count_), can_be_sent_again()};
}

void tries::goes_to(upstream& of, const endpoint_place& found) {
  tried_[count_++] = static_cast<std::uint32_t>(found.endpoint);
  use.begin_placed(ex_, of, found.endpoint, found.on_trial);
}

bool tries::choose_place(upstream& of) {
  use.end();  // its place may be the one that is wanted
  endpoint_place found;
  found_ = find_place(query(of), found);
  if (found_ != place_found::yes) return false;
  goes_to(of, found);
  return true;
}

task<result<void>> tries::wait_for_place(upstream& of) {
  if (found_ != place_found::waits) co_return fail(why_none(found_, of));
  const place_query what = query(of);
  const result<endpoint_place> found = co_await ferroway::upstream::wait_for_place(what, ex_.scope);
  if (!found) co_return fail(found.error());
  goes_to(of, *found);
  co_return result<void>{};
}

std::optional<duration> tries::hedge_after(const upstream& of) const {
  if (of.size() < 2 || ex_.request_body.rest != nullptr || !may_be_sent_twice() ||
      ex_.upload.running()) {
    return std::nullopt;
  }
  if (policy_.hedges == config::retry::hedging::after_time) return policy_.hedge_after;
  return mine_.latencies ? mine_.latencies->percentile(policy_.hedge_percentile) : std::nullopt;
}

std::optional<std::size_t> tries::choose_beside(upstream& of, endpoint_use& its) {
  const place_query what = query(of);
  endpoint_place found;
  if (of.limits() != nullptr) {
    if (!find_place_at_once(what, found)) return std::nullopt;
    its.begin_placed(ex_, of, found.endpoint, found.on_trial);
  } else {
    found.endpoint = mine_.pick(ex_, what.tried, true);
    if (found.endpoint == worker_part::nobody) return std::nullopt;
    its.begin(ex_, of, found.endpoint, mine_.is_on_trial());
  }
  const bool other = std::ranges::find(what.tried, found.endpoint) == what.tried.end();
  if (other && mine_.retries.spend()) {
    mine_.counted.hedges.add();
    return found.endpoint;
  }
  its.end();
  return std::nullopt;
}

void tries::won_by(std::size_t endpoint, endpoint_use& its) {
  tried_[count_++] = static_cast<std::uint32_t>(endpoint);
  ++hedged_;
  use.take_over(its);
}

void tries::note_time() {
  if (policy_.hedges != config::retry::hedging::after_percentile) return;
  if (!mine_.latencies) mine_.latencies = std::make_unique<recent_latencies>();
  mine_.latencies->took(ex_.worker.loop.now() - begun_);
}

void tries::begins(bool reused) noexcept {
  reused_ = reused;
  begun_ = ex_.worker.loop.now();
  if (ex_.request_body.rest != nullptr) [[unlikely]]
    keep_body();
}

// Before each try; from the first one on, where there may be another.
void tries::keep_body() {
  if (kept_ != nullptr) return kept_->begin_try(sends_ > 0);
  if (policy_.buffer == 0 || sends_ > 0 || !may_be_sent_twice()) return;
  void* const at = ex_.memory.allocate(sizeof(replay_buffer), alignof(replay_buffer));
  kept_ = new (at) replay_buffer(ex_.memory, ex_.worker.loop.buffers(), policy_.buffer);
  ex_.at_end([](exchange&, void* with) noexcept { static_cast<replay_buffer*>(with)->release(); },
             kept_);
}

void tries::settled() noexcept {
  if (kept_ == nullptr) return;
  kept_->close();
  if (!ex_.upload.running()) kept_->release();
}

// What has become of this try is no part of what becomes of the exchange.
void tries::go_again() noexcept {
  if (kept_ == nullptr) return;
  ex_.upload_scope.reset();
  ex_.failed.reset();
}

// It can do no harm, or the route says that it may be (RFC 9110, 9.2.2).
bool tries::may_be_sent_twice() const {
  return http::is_idempotent(ex_.request.verb) || policy_.non_idempotent;
}

// Its body broke a rule or broke off: what is kept of it is not all, and must not pass for that.
bool tries::client_failed() const noexcept {
  return ex_.failed && ex_.failed->from == side::client;
}

// And all of it that has come is at hand.
bool tries::can_be_sent_again() const {
  const bool at_hand = ex_.request_body.rest == nullptr || (kept_ != nullptr && kept_->whole());
  return at_hand && may_be_sent_twice();
}

bool tries::may_repeat(const failure& why, bool answer_begun) const {
  if (ex_.scope.cancelled() || answer_begun || why.from != side::upstream) return false;
  if (client_failed()) return false;
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
  // A second try beside the first has been paid for, and is no retry.
  if (count_ - hedged_ > policy_.retries || !mine_.retries.spend()) return false;
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
    go_again();
    return true;
  }
  use.failed(has_waited_in_vain(why, answer_begun)
                 ? failure{fault::timed_out, side::upstream, false, why.detail}
                 : why);
  if (!may_repeat(why, answer_begun) || sends_ > std::max(policy_.retries, 1U)) return false;
  if (!spend()) return false;
  if (why.kind == fault::timed_out) ex_.download_scope.reset();
  fresh_only_ = true;
  go_again();
  return !ex_.download_scope.cancelled();
}

bool tries::is_to_be_repeated(std::uint16_t status) const {
  if (policy_.statuses.empty()) [[likely]]
    return false;
  return std::ranges::find(policy_.statuses, status) != policy_.statuses.end();
}

bool tries::again_after(std::uint16_t status) {
  if (!is_to_be_repeated(status)) [[likely]]
    return false;
  if (!can_be_sent_again() || sends_ > policy_.retries || !spend()) return false;
  same_again_ = false;
  if (kept_ != nullptr) kept_->hold();
  return true;
}

}  // namespace ferroway::upstream
