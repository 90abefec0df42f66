#include "upstream/forward.hpp"

#include <algorithm>

#include "exchange/route.hpp"
#include "upstream/attempt.hpp"
#include "upstream/connect.hpp"
#include "upstream/hedge.hpp"
#include "upstream/request_fields.hpp"
#include "upstream/tries.hpp"

namespace ferroway::upstream {
namespace {

result<void> prepare(exchange& ex) {
  if (ex.matched->rewrite) {
    const result<std::string_view> path = ex.matched->rewrite->apply(ex);
    if (!path) return fail(path.error());
    if (ex.decisions != nullptr) [[unlikely]] {
      ex.record("rewrite", *path, ex.memory.join("from ", ex.request.path));
    }
    ex.request.path = *path;
  }
  prepare_request_fields(ex);
  return {};
}

void go_to(exchange& ex, const upstream& to, worker_part& mine, std::size_t index) {
  const endpoint& target = to.at(index);
  ex.endpoint = target.text;
  set_host(ex, to, target);
  if (ex.decisions != nullptr) [[unlikely]]
    ex.record("endpoint", target.text, mine.why(ex, index));
}

}  // namespace

task<result<response>> forward::handle(exchange& ex) {
  upstream& to = to_->now(ex);
  worker_part& mine = to.part(ex.worker);
  mine.retries.request_began(config::retry_of(ex.matched->retry).budget);
  ex.upstream = to_->name();
  if (const result<void> ready = prepare(ex); !ready) co_return fail(ready.error());
  // A pooled connection may have been closed by its peer a moment ago: that costs an idempotent
  // request one more try, on a fresh connection; the others ask the kernel first.
  const bool ask_kernel = !http::is_idempotent(ex.request.verb) || ex.request_body.rest != nullptr;
  tries so_far(ex, mine);
  while (true) {
    if (!so_far.choose(to)) {
      const result<void> found = co_await so_far.wait_for_place(to);
      if (!found) {
        ex.record("endpoint", "none", found.error().detail);
        co_return fail(found.error());
      }
    }
    const std::size_t index = so_far.endpoint();
    go_to(ex, to, mine, index);
    if (ex.rehearsed_by != nullptr) [[unlikely]]
      co_return ex.rehearsed_by->answer(ex);
    lease held = so_far.may_reuse() ? mine.pool(index).take(ask_kernel) : nullptr;
    so_far.begins(held != nullptr);
    if (held) mine.counted.reused.add();
    failure why;
    bool answer_begun = false;
    if (!held) {
      result<lease> made =
          co_await connect(ex, to, index, so_far.answer_timeout(), ex.download_scope);
      if (made) {
        held = std::move(*made);
      } else {
        why = made.error();
      }
    }
    if (held) {
      ex.record("forward", "sent", to.at(index).text);
      so_far.sent();
      held->answer_timeout = so_far.answer_timeout();
      attempt trial(ex, std::move(held), so_far.kept());
      result<response> reply =
          so_far.hedges() ? co_await run_hedged(ex, to, so_far, trial) : co_await trial.run();
      if (reply) {
        if (so_far.again_after(reply->head->status)) {
          if (ex.upload.running()) co_await trial.stop_upload();
          if (so_far.client_failed()) co_return fail(*ex.failed);
          so_far.go_again();
          so_far.use.answered(reply->head->status);
          continue;
        }
        trial.keep();
        so_far.use.answered(*reply);
        if (to.sticky() != nullptr) to.sticky()->remember(ex, *reply, so_far.endpoint());
        if (ex.request_body.rest == nullptr) {
          ex.request_body.ready.release();
        } else {
          so_far.settled();
        }
        co_return reply;
      }
      why = reply.error();
      // A head that never came whole is no answer in time: nobody has seen any of it.
      answer_begun = why.kind == fault::timed_out ? trial.passed_on() : trial.answer_begun();
    }
    ex.record("forward", "failed", to_string(why.kind));
    if (!so_far.again_after(why, answer_begun)) co_return fail(why);
  }
}

}  // namespace ferroway::upstream
