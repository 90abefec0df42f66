#include "upstream/hedge.hpp"

#include <optional>
#include <utility>

#include "upstream/connect.hpp"
#include "upstream/request_fields.hpp"

namespace ferroway::upstream {
namespace {

constexpr failure too_late{fault::cancelled, side::local, false, "another endpoint was faster"};

// The second try, and what it has come to.
class second_try {
 public:
  second_try(exchange& ex, upstream& to, tries& so_far, attempt& first)
      : ex_(ex), to_(to), so_far_(so_far), first_(first), scope(ex.scope) {}

  task<> run(duration after) {
    if (!co_await ex_.worker.loop.sleep_for(after, scope)) co_return;
    if (first_.answer_begun()) co_return;
    const std::optional<std::size_t> chosen = so_far_.choose_beside(to_, use_);
    if (!chosen) co_return;
    endpoint_ = *chosen;
    begun_ = true;
    worker_part& mine = to_.part(ex_.worker);
    lease held = mine.pool(endpoint_).take(false);
    const time_point sent_at = ex_.worker.loop.now();
    const bool reused = held != nullptr;
    if (reused) {
      mine.counted.reused.add();
    } else {
      result<lease> made = co_await connect(ex_, to_, endpoint_, so_far_.answer_timeout(), scope);
      if (!made) {
        use_.failed(made.error());
        co_return;
      }
      held = std::move(*made);
    }
    held->answer_timeout = so_far_.answer_timeout();
    set_host(ex_, to_, to_.at(endpoint_));
    trial_.emplace(ex_, std::move(held), scope);
    result<response> reply = co_await trial_->run();
    if (!reply) {
      const bool stale =
          reused && !trial_->answer_begun() && ex_.worker.loop.now() - sent_at < stale_within;
      if (stale && reply.error().kind != fault::timed_out) {
        use_.end();  // its peer had closed it before: that says nothing of the endpoint
      } else {
        use_.failed(reply.error());
      }
      co_return;
    }
    // What would be tried again wins against nobody.
    if (so_far_.is_to_be_repeated(reply->head->status)) {
      use_.answered(reply->head->status);
      co_return;
    }
    won_.emplace(std::move(*reply));
    ex_.download_scope.cancel(too_late);
    ex_.upload_scope.cancel(too_late);  // it may still send a body that is at hand
  }

  bool begun() const noexcept { return begun_; }
  bool won() const noexcept { return won_.has_value(); }
  response take() {
    first_.take_over(*trial_);
    so_far_.won_by(endpoint_, use_);
    ex_.endpoint = to_.at(endpoint_).text;
    ex_.record("forward", "hedged", ex_.endpoint);
    return std::move(*won_);
  }

 private:
  exchange& ex_;
  upstream& to_;
  tries& so_far_;
  attempt& first_;
  endpoint_use use_;
  std::size_t endpoint_ = 0;
  bool begun_ = false;
  std::optional<attempt> trial_;
  std::optional<response> won_;

 public:
  io::cancel_scope scope;
};

}  // namespace

task<result<response>> run_hedged(exchange& ex, upstream& to, tries& so_far, attempt& first) {
  second_try second(ex, to, so_far, first);
  companion beside;
  if (const std::optional<duration> after = so_far.hedge_after(to)) {
    beside.start(second.run(*after));
  }
  result<response> reply = co_await first.run();
  // Where the first has failed by itself, the second may still answer.
  if (reply || !second.begun()) second.scope.cancel(too_late);
  co_await beside.join();
  if (second.won() && !ex.scope.cancelled()) {
    ex.download_scope.reset();
    ex.upload_scope.reset();
  }
  if (!reply && second.won()) {
    so_far.use.failed(reply.error());  // by itself, or else it is nobody's fault
    reply = second.take();
  }
  if (reply) so_far.note_time();
  co_return reply;
}

}  // namespace ferroway::upstream
