#include "upstream/upload.hpp"

#include "exchange/route.hpp"
#include "http/http1/chunk_encoder.hpp"

namespace ferroway::upstream {
namespace {

void await_answer_for(exchange& ex, connection& to) {
  if (to.awaits_answer) {
    ex.download_scope.expire_in(ex.matched->timeouts.response, side::upstream, "no answer in time");
  }
}

task<result<void>> send_body(exchange& ex, connection& to) {
  http::body& body = ex.request_body;
  const bool chunked = ex.request.body.is == http::framing::kind::chunked;
  http1::chunk_encoder encoder(ex.worker.loop.buffers());
  // With a length, what was ready went out with the head.
  buffer piece;
  if (chunked) piece = std::move(body.ready);
  while (true) {
    if (piece.empty()) {
      result<buffer> next = co_await body.rest->read(ex.upload_scope);
      if (!next) co_return fail(next.error());
      if (next->empty()) break;
      piece = std::move(*next);
    }
    ex.upload_scope.expire_in(ex.matched->timeouts.idle, side::upstream,
                              "the upstream takes no bytes");
    result<void> sent = co_await to.stream().send(
        chunked ? encoder.piece(std::move(piece)) : io::gather(std::move(piece)), ex.upload_scope);
    if (!sent) co_return fail(http1::blame(sent.error(), side::upstream));
  }
  if (!chunked) co_return result<void>{};
  result<void> sent =
      co_await to.stream().send(encoder.last(body.rest->trailers()), ex.upload_scope);
  if (!sent) co_return fail(http1::blame(sent.error(), side::upstream));
  co_return result<void>{};
}

}  // namespace

void request_went_out(exchange& ex, connection& to) {
  to.request_sent = true;
  await_answer_for(ex, to);
}

task<> upload_body(exchange& ex, connection& to) {
  const result<void> sent = co_await send_body(ex, to);
  ex.upload_scope.no_deadline();
  if (sent) {
    request_went_out(ex, to);
    co_return;
  }
  if (sent.error().kind == fault::cancelled) co_return;
  ex.note_failure(sent.error());
  if (sent.error().from == side::upstream && sent.error().kind != fault::timed_out) {
    // The endpoint takes no more; it may have answered before it closed (RFC 9112, 9.5). Reading
    // tells.
    await_answer_for(ex, to);
    co_return;
  }
  ex.download_scope.cancel(sent.error());
}

}  // namespace ferroway::upstream
