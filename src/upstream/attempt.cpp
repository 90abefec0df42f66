#include "upstream/attempt.hpp"

#include <utility>

#include "base/text.hpp"
#include "exchange/route.hpp"
#include "http/hop_by_hop.hpp"
#include "http/http1/write.hpp"
#include "upstream/request_fields.hpp"
#include "upstream/upload.hpp"

namespace ferroway::upstream {
namespace {

using http::field_id;
using http::framing;

// What an endpoint's head may have: generous, since it is ours, and bounded, since it may be
// broken.
constexpr http1::head_limits answer_limits{64 * 1024, 256, 0};

// RFC 9110, 15.2 sets no bound on interim answers; nobody sends more than a few.
constexpr int interim_max = 32;

// Bodies up to this size travel in the same buffer as the head: copying them costs less than a
// second slice.
constexpr std::size_t copied_body_max = 4096;

framing request_framing(const exchange& ex) {
  const http::body& body = ex.request_body;
  if (ex.request.body.is == framing::kind::none) return {};
  if (body.rest == nullptr) return {framing::kind::length, body.ready.size()};
  return ex.request.body;
}

// Returns the connection when the last byte of the answer is out (or lost).
void settle_lease(exchange&, void* with) noexcept {
  lease returned(static_cast<connection*>(with));
  connection_pool& home = returned->home();
  home.give_back(std::move(returned));
}

}  // namespace

io::gather attempt::request_bytes() {
  const http::request_head& request = ex_.request;
  const framing body = request_framing(ex_);
  const std::string_view ready = ex_.request_body.ready.view();
  // Chunked pieces get their size lines from the upload.
  const bool with_ready = body.is == framing::kind::length && !ready.empty();
  const bool copied = with_ready && ready.size() <= copied_body_max;
  buffer head = http1::write_request_head(
      ex_.worker.loop.buffers(),
      {request.method_text, request.path, request.query, request.has_query}, request.fields, body,
      upgrades(ex_) ? "upgrade" : "", copied ? ready.size() : 0);
  if (copied) head.append(ready);
  io::gather bytes(std::move(head));
  if (!with_ready) return bytes;
  const bool repeatable = ex_.request_body.rest == nullptr;
  if (!repeatable && kept_ != nullptr) kept_->keep(ready);
  if (!copied && repeatable) bytes.add_borrowed(ready);  // another try may need it again
  if (!copied && !repeatable) bytes.add(std::move(ex_.request_body.ready));
  if (!repeatable) ex_.request_body.ready.release();
  return bytes;
}

task<result<response>> attempt::run() {
  connection& on = *held_;
  result<void> sent = co_await on.stream().send(request_bytes(), sending_, send_patience(ex_));
  if (!sent) co_return fail(http1::blame(sent.error(), side::upstream));
  on.awaits_answer = true;
  if (ex_.request_body.rest == nullptr) {
    on.request_sent = true;
    start_timer();
  } else {
    ex_.upload.start(upload_body(ex_, on, kept_));
  }
  result<http::response_head*> head = co_await read_final_head();
  on.awaits_answer = false;
  if (!head) co_return co_await give_up(head.error());
  reading_.no_deadline();
  result<response> reply = (*head)->status == 101 ? take_upgrade(**head) : take_answer(**head);
  if (!reply) co_return co_await give_up(reply.error());
  co_return reply;
}

task<result<response>> attempt::give_up(failure why) {
  reading_.no_deadline();  // this try's; another has its own
  if (ex_.upload.running()) co_await stop_upload();
  co_return fail(why);
}

task<> attempt::stop_upload() {
  ex_.upload_scope.cancel({fault::cancelled, side::local, false, "the exchange has failed"});
  co_await ex_.upload.join();
}

task<result<http::response_head*>> attempt::read_final_head() {
  connection& on = *held_;
  for (int interims = 0;; ++interims) {
    http1::head_reader reader(ex_.memory, answer_limits, side::upstream);
    while (true) {
      if (!on.input.empty()) {
        const result<bool> complete = reader.take(on.input);
        if (!complete) co_return fail(complete.error());
        if (*complete) break;
      }
      result<buffer> received = co_await on.stream().receive_head(reading_);
      if (!received) co_return fail(http1::blame(received.error(), side::upstream));
      if (received->empty())
        co_return fail(fault::end_of_stream, side::upstream, "closed before an answer");
      answer_begun_ = true;
      on.input = std::move(*received);
    }
    auto* head = ex_.memory.make<http::response_head>();
    result<void> parsed = http1::parse_response_head(reader.head(), answer_limits, ex_.request.verb,
                                                     ex_.memory, *head);
    if (!parsed) co_return fail(parsed.error());
    if (head->status >= 200 || head->status == 101) co_return head;
    if (interims == interim_max) {
      co_return fail(fault::malformed, side::upstream, "too many interim answers");
    }
    if (&reading_ != &ex_.download_scope) continue;
    http::remove_hop_by_hop(head->fields);
    passed_on_ = true;
    result<void> passed = co_await ex_.stream->interim(ex_, *head);
    if (!passed) co_return fail(passed.error());
    ex_.download_scope.no_deadline();
    if (!ex_.upload.running()) start_answer_timer(ex_, on);
  }
}

result<response> attempt::take_answer(http::response_head& head) {
  connection& on = *held_;
  on.answer_keeps_alive = head.keep_alive;
  on.body.begin(head.body, {ex_.matched->timeouts.idle, std::nullopt, answer_limits}, ex_.memory);
  result<buffer> ready = on.body.take_ready();
  if (!ready) return fail(ready.error());
  http::remove_hop_by_hop(head.fields);
  response reply;
  reply.head = &head;
  reply.body.ready = std::move(*ready);
  if (head.body.is == framing::kind::length) reply.body.length = head.body.length;
  if (on.body.done() && on.body.trailers() == nullptr) {
    reply.body.length = reply.body.ready.size();
  } else {
    reply.body.rest = &on.body;
  }
  if (reply.body.rest == nullptr && on.request_sent) {
    // Nothing more will come: the connection is free before the client has its answer.
    connection_pool& home = on.home();
    home.give_back(std::move(held_));
  }
  return reply;
}

result<response> attempt::take_upgrade(http::response_head& head) {
  connection& on = *held_;
  const std::string_view protocol = head.fields.value(field_id::upgrade);
  if (!upgrades(ex_) || !equals_ignoring_case(protocol, "websocket") || !on.request_sent) {
    return fail(fault::malformed, side::upstream, "a 101 that nobody asked for");
  }
  http::remove_hop_by_hop(head.fields);
  head.fields.set(ex_.memory, "Upgrade", "websocket", field_id::upgrade);
  on.upgraded = {&on.stream(), std::move(on.input)};
  response reply;
  reply.head = &head;
  reply.upgraded = &on.upgraded;
  return reply;
}

void attempt::keep() noexcept {
  if (held_) ex_.at_end(settle_lease, held_.release());
}

}  // namespace ferroway::upstream
