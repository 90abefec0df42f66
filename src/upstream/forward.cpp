#include "upstream/forward.hpp"

#include "exchange/route.hpp"
#include "upstream/attempt.hpp"
#include "upstream/request_fields.hpp"

namespace ferroway::upstream {
namespace {

// A pooled connection that fails sooner than this was stale: its peer had closed it before the
// request came. One that fails later had the request, and the endpoint failed.
constexpr duration stale_within = std::chrono::milliseconds(100);

// How often a request may reach endpoints.
constexpr int sends_max = 2;

// Whether sending the request again, after `why`, can do no harm (RFC 9110, 9.2.2).
bool may_repeat(exchange& ex, const failure& why, bool answer_begun) {
  if (ex.scope.cancelled() || ex.download_scope.cancelled() || answer_begun) return false;
  switch (why.kind) {
    case fault::refused:
    case fault::unreachable:
    case fault::reset:
    case fault::end_of_stream:
      break;
    case fault::timed_out:
      if (!why.retry_safe)
        return false;  // only connecting; a slow answer is no reason to ask twice
      break;
    default:
      return false;
  }
  if (why.retry_safe) return true;
  return why.from == side::upstream && http::is_idempotent(ex.request.verb) &&
         ex.request_body.rest == nullptr;
}

}  // namespace

task<result<response>> forward::handle(exchange& ex) {
  worker_part& mine = to_->part(ex.worker);
  mine.retries.request_began();
  ex.upstream = to_->name();
  if (mine.endpoints() == 0) co_return fail(fault::no_endpoint, side::upstream, "no endpoints");
  prepare_request_fields(ex);
  // A pooled connection may have been closed by its peer a moment ago: that costs an idempotent
  // request one more try, on a fresh connection; the others ask the kernel first.
  const bool ask_kernel = !http::is_idempotent(ex.request.verb) || ex.request_body.rest != nullptr;
  bool fresh_only = false;
  bool retried = false;
  int sends = 0;
  while (true) {
    const std::size_t index = mine.next_endpoint();
    const endpoint& target = to_->at(index);
    ex.endpoint = target.text;
    set_host(ex, *to_, target);
    lease held = fresh_only ? nullptr : mine.pool(index).take(ask_kernel);
    const bool reused = held != nullptr;
    const time_point tried = ex.worker.loop.now();
    failure why;
    bool answer_begun = false;
    if (!reused) {
      result<lease> made = co_await connect(ex, index);
      if (made) {
        held = std::move(*made);
      } else {
        why = made.error();
      }
    }
    if (held) {
      ex.record("forward", "sent", target.text);
      ++sends;
      attempt trial(ex, std::move(held));
      result<response> reply = co_await trial.run();
      if (reply) co_return reply;
      why = reply.error();
      answer_begun = trial.answer_begun();
    }
    ex.record("forward", "failed", to_string(why.kind));
    if (!may_repeat(ex, why, answer_begun)) co_return fail(why);
    if (sends == sends_max) co_return fail(why);
    // A stale connection is not a failing endpoint: it costs neither the retry nor the budget.
    const bool stale = reused && !fresh_only && ex.worker.loop.now() - tried < stale_within;
    fresh_only = true;
    if (stale) continue;
    if (retried || !mine.retries.spend()) co_return fail(why);
    retried = true;
  }
}

task<result<lease>> forward::connect(exchange& ex, std::size_t index) {
  io::cancel_scope connecting(ex.download_scope);
  connecting.expire_in(to_->connect_timeout(), side::upstream, "connecting took too long");
  result<std::unique_ptr<io::stream>> made =
      co_await ex.worker.loop.connect(to_->at(index).address, connecting);
  if (!made) {
    failure why = http1::blame(made.error(), side::upstream);
    if (why.kind == fault::timed_out && !ex.scope.cancelled()) why.from = side::upstream;
    why.retry_safe = true;
    co_return fail(why);
  }
  co_return to_->part(ex.worker).pool(index).adopt(std::move(*made));
}

}  // namespace ferroway::upstream
