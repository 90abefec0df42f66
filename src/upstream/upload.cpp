#include "upstream/upload.hpp"

#include <utility>

#include "exchange/identity_headers.hpp"
#include "exchange/route.hpp"
#include "http/http1/chunk_encoder.hpp"

namespace ferroway::upstream {
namespace {

// Some upstreams take trailers for headers: what may not stand there may not stand here.
io::gather last_chunk(exchange& ex, http1::chunk_encoder& encoder) {
  const http::field_list* trailers = ex.request_body.rest->trailers();
  if (trailers == nullptr || ex.identities == nullptr) return encoder.last(trailers);
  http::field_list kept = *trailers;  // of the same fields
  ex.identities->remove_from(kept);
  return encoder.last(&kept);
}

// What a try before this one has had already; the buffers stay.
task<result<void>> send_again(exchange& ex, connection& to, const replay_buffer& kept,
                              bool chunked) {
  for (const replay_buffer::piece* each = kept.first(); each != nullptr; each = each->next) {
    const std::string_view bytes = each->bytes.view();
    io::gather framed;
    if (chunked) {
      framed = http1::chunk_encoder::borrowed_piece(bytes);
    } else {
      framed.add_borrowed(bytes);
    }
    result<void> sent =
        co_await to.stream().send(std::move(framed), ex.upload_scope, send_patience(ex));
    if (!sent) co_return fail(http1::blame(sent.error(), side::upstream));
  }
  co_return result<void>{};
}

task<result<void>> send_body(exchange& ex, connection& to, replay_buffer* kept) {
  http::body& body = ex.request_body;
  const bool chunked = ex.request.body.is == http::framing::kind::chunked;
  http1::chunk_encoder encoder(ex.worker.loop.buffers());
  // With a length, what was ready went out with the head.
  buffer piece;
  if (chunked) piece = std::move(body.ready);
  if (kept != nullptr && kept->resends()) {
    result<void> sent = co_await send_again(ex, to, *kept, chunked);
    if (!sent) co_return fail(sent.error());
  }
  if (kept != nullptr) kept->keep(piece.view());
  while (true) {
    if (piece.empty()) {
      result<buffer> next = co_await body.rest->read(ex.upload_scope);
      if (!next) co_return fail(next.error());
      if (next->empty()) break;
      piece = std::move(*next);
      if (kept != nullptr) kept->keep(piece.view());
    }
    result<void> sent = co_await to.stream().send(
        chunked ? encoder.piece(std::exchange(piece, {})) : io::gather(std::exchange(piece, {})),
        ex.upload_scope, send_patience(ex));
    if (!sent) co_return fail(http1::blame(sent.error(), side::upstream));
  }
  if (!chunked) co_return result<void>{};
  result<void> sent =
      co_await to.stream().send(last_chunk(ex, encoder), ex.upload_scope, send_patience(ex));
  if (!sent) co_return fail(http1::blame(sent.error(), side::upstream));
  co_return result<void>{};
}

}  // namespace

io::patience send_patience(const exchange& ex) {
  return {ex.matched->timeouts.idle, side::upstream, "the upstream takes no bytes"};
}

void start_answer_timer(exchange& ex, const connection& to) {
  if (to.awaits_answer) {
    ex.download_scope.expire_in(to.answer_timeout, side::upstream, "no answer in time");
  }
}

task<> upload_body(exchange& ex, connection& to, replay_buffer* kept) {
  const result<void> sent = co_await send_body(ex, to, kept);
  if (sent) {
    to.request_sent = true;
    start_answer_timer(ex, to);
    co_return;
  }
  const failure& why = sent.error();
  if (why.kind == fault::cancelled) co_return;
  ex.note_failure(why);
  if (why.from == side::upstream && why.kind != fault::timed_out) {
    // The endpoint takes no more; it may have answered before it closed (RFC 9112, 9.5). Reading
    // tells.
    start_answer_timer(ex, to);
    co_return;
  }
  // A client that pauses its upload, or sends more than it may, while the answer already streams is
  // no reason to cut that.
  const bool harmless = why.kind == fault::timed_out || why.kind == fault::body_too_large;
  if (to.awaits_answer || !harmless) ex.download_scope.cancel(why);
}

}  // namespace ferroway::upstream
