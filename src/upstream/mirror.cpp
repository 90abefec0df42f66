#include "upstream/mirror.hpp"

#include <algorithm>
#include <utility>

#include "exchange/problem.hpp"
#include "io/background.hpp"
#include "upstream/ask.hpp"

namespace ferroway::upstream {
namespace {

using http::field_id;

// A copy: an exchange of its own that no client sees, and what it will be compared with. Has a
// place among those that there may be at once.
struct copied_request {
  copied_request(worker_resources& worker, std::shared_ptr<const mirror::plan> how)
      : by(std::move(how)), ex(worker, worker.beside->scope()) {
    ex.matched = &by->known_as;
  }
  copied_request(const copied_request&) = delete;
  copied_request& operator=(const copied_request&) = delete;
  ~copied_request() { by->counted->leave(); }

  const std::shared_ptr<const mirror::plan> by;
  exchange ex;
  question what;
  telemetry::mirrored_figures figures;
};

std::span<const capture> copy_captures(arena& into, std::span<const capture> from) {
  auto* made = into.allocate_array<capture>(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    made[i] = {into.copy(from[i].name), into.copy(from[i].value)};
  }
  return {made, from.size()};
}

identity copy_identity(arena& into, const identity& from) {
  auto* made = into.allocate_array<known_claim>(from.claims.size());
  for (std::size_t i = 0; i < from.claims.size(); ++i) {
    made[i] = {into.copy(from.claims[i].name), into.copy(from.claims[i].text)};
  }
  return {into.copy(from.consumer), {made, from.claims.size()}};
}

// The head as it has gone out, with what a balancer may go by.
void copy_head(const exchange& from, copied_request& into) {
  arena& memory = into.ex.memory;
  const http::request_head& was = from.request;
  http::request_head& made = into.ex.request;
  made.verb = was.verb;
  made.method_text = memory.copy(was.method_text);
  made.path = memory.copy(was.path);
  made.query = memory.copy(was.query);
  made.has_query = was.has_query;
  made.authority = memory.copy(was.authority);
  for (const http::field& item : was.fields) {
    // Nobody waits for the permission to send a body that is at hand.
    if (item.id() == field_id::expect) continue;
    const std::string_view name = memory.copy(item.name());
    made.fields.add(memory, name, memory.copy(item.value()), item.id());
  }
  into.ex.client = from.client;
  into.ex.client_text = memory.copy(from.client_text);
  into.ex.captures = copy_captures(memory, from.captures);
  into.ex.who = copy_identity(memory, from.who);
  into.what.line = {made.method_text, made.path, made.query, made.has_query};
  into.what.verb = made.verb;
  into.what.fields = made.fields;
  into.what.drops_body = true;
  into.what.answer_bytes_max = mirrored_answer_bytes_max;
  into.what.once = true;
}

// Null where there is no place for another one.
std::unique_ptr<copied_request> begin(exchange& ex, const std::shared_ptr<const mirror::plan>& by) {
  if (by->counted->enter(by->how.in_flight)) {
    return std::make_unique<copied_request>(ex.worker, by);
  }
  by->counted->crowded(ex.worker.index);
  return nullptr;
}

task<> send(copied_request& copy) {
  exchange& ex = copy.ex;
  // The client's answer goes first.
  const result<void> waited = co_await ex.worker.loop.sleep_for(io::timer_wheel::tick, ex.scope);
  if (!waited) co_return;
  ex.scope.expire_in(copy.by->how.timeout, side::upstream, "the copy took too long");
  const time_point began = ex.worker.loop.now();
  const result<heard_answer> heard = co_await ask(ex, *copy.by->to, copy.what, ex.scope);
  if (heard) {
    copy.figures.copy = heard->head->status;
    copy.figures.copy_took = heard->head_at - began;
  } else if (heard.error().kind == fault::cancelled) {
    co_return;  // the worker ends: nobody knows what would have come of it
  }
  copy.by->counted->ended(ex.worker.index, copy.figures);
}

// On the worker of the exchange that is copied. Holds what a generation would hold of the upstream.
task<> run(std::unique_ptr<copied_request> copy) {
  const std::shared_ptr<upstream> to = copy->by->to;
  const std::uint32_t worker = copy->ex.worker.index;
  to->enter(worker);
  co_await send(*copy);
  copy->ex.run_end_actions();
  copy.reset();
  to->leave(worker);
}

// "GET", "GET and HEAD", "GET, HEAD and POST"
std::string enumerate(const std::vector<std::string>& words) {
  std::string all;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) all += i + 1 == words.size() ? " and " : ", ";
    all += words[i];
  }
  return all;
}

}  // namespace

mirror::mirror(const config::route& from, std::shared_ptr<handler> original,
               std::shared_ptr<upstream> to, std::shared_ptr<telemetry::mirror_stats> counted)
    : original_(std::move(original)),
      plan_(std::make_shared<plan>(
          plan{*from.copies, to, std::move(counted), route{from.name, pipeline({}, nullptr), {}},
               std::to_string(from.copies->percent) + " % of " + enumerate(from.copies->methods) +
                   " are copied to " + to->name()})) {}

// Upgrades are not copied, nor what the client takes back before it is answered.
bool mirror::takes(const exchange& ex) const noexcept {
  if (ex.request.wants_websocket && ex.matched->websocket) return false;
  return std::ranges::find(plan_->how.methods, ex.request.method_text) != plan_->how.methods.end();
}

task<result<response>> mirror::handle(exchange& ex) {
  const bool taken = takes(ex);
  if (ex.decisions != nullptr) [[unlikely]]
    ex.record("mirror",
              !taken                      ? "not copied"
              : plan_->how.percent == 100 ? "copied"
                                          : "by chance",
              plan_->says);
  if (!taken || ex.rehearsed_by != nullptr || ex.worker.beside == nullptr) {
    return original_->handle(ex);
  }
  if (ex.worker.random.below(100) >= plan_->how.percent) return original_->handle(ex);
  return with_copy(ex);
}

task<result<response>> mirror::with_copy(exchange& ex) const {
  const std::string_view body = ex.request_body.ready.view();
  const bool has_body = ex.request.body.is != http::framing::kind::none;
  if (has_body && (ex.request_body.rest != nullptr || body.size() > plan_->how.body_bytes)) {
    plan_->counted->too_long(ex.worker.index);
    co_return co_await original_->handle(ex);
  }
  // A body is gone when it has been sent.
  std::unique_ptr<copied_request> copy = has_body ? begin(ex, plan_) : nullptr;
  if (copy) copy->what.body = copy->ex.memory.copy(body);
  const time_point began = ex.worker.loop.now();
  result<response> reply = co_await original_->handle(ex);
  // Of what the client has taken back nothing is known, and what went to no endpoint (a refused
  // rewrite, nobody available) was never sent. And it has been there, where it is one of several
  // upstreams of the route.
  if (ex.scope.cancelled() || ex.endpoint.empty() || ex.upstream == plan_->to->name()) {
    co_return reply;
  }
  if (!has_body) copy = begin(ex, plan_);
  if (copy) {
    copy->figures.original = reply ? reply->head->status : problem_of(reply.error()).status;
    copy->figures.original_took = ex.worker.loop.now() - began;
    copy_head(ex, *copy);
    ex.worker.beside->start(run(std::move(copy)));
  }
  co_return reply;
}

}  // namespace ferroway::upstream
