#include "server/http1_answer.hpp"

#include <utility>

#include "base/text.hpp"
#include "http/http1/body_reader.hpp"
#include "http/http1/chunk_encoder.hpp"
#include "http/http1/write.hpp"

namespace ferroway::server {
namespace {

using http::field_id;
using http::framing;
using http::version;

// Pieces up to this size are copied behind the head: cheaper than a second slice.
constexpr std::size_t copied_body_max = 4096;
constexpr std::size_t chunk_framing_max = 22;

bool has_no_body(const exchange& ex, std::uint16_t status) {
  return ex.request.verb == http::method::head || status == 204 || status == 304;
}

// The length that a HEAD or 304 answer states for the body that it does not have (RFC 9110, 8.6).
framing stated_framing(const response& reply) {
  if (reply.head->status == 204) return {};
  const auto stated = parse_decimal(reply.head->fields.value(field_id::content_length));
  if (stated) return {framing::kind::length, *stated};
  if (reply.body.length.value_or(0) > 0) return {framing::kind::length, *reply.body.length};
  return {};
}

framing body_framing(const exchange& ex, const response& reply) {
  if (reply.body.length) return {framing::kind::length, *reply.body.length};
  if (ex.request.spoken == version::http_1_0) return {framing::kind::until_close, 0};
  return {framing::kind::chunked, 0};
}

io::patience send_patience(const answer_settings& how) {
  return {how.send_timeout, side::client, "the client takes no bytes"};
}

std::string_view connection_option(const exchange& ex, bool keep_alive) {
  if (!keep_alive) return "close";
  return ex.request.spoken == version::http_1_0 ? "keep-alive" : "";
}

// One answer on its way out.
class answer_writer {
 public:
  answer_writer(exchange& ex, response& reply, answer_settings& how)
      : ex_(ex), reply_(reply), how_(how), encoder_(ex.worker.loop.buffers()) {}

  task<result<void>> run() {
    result<void> sent = co_await transmit(first_bytes());
    while (sent && reply_.body.rest != nullptr && !bodiless_) {
      result<buffer> piece = co_await reply_.body.rest->read(ex_.download_scope);
      if (!piece) co_return cut_short(piece.error());
      if (piece->empty()) break;
      ex_.bytes_sent += piece->size();
      sent = co_await transmit(chunked() ? encoder_.piece(std::move(*piece))
                                         : io::gather(std::move(*piece)));
    }
    if (sent && chunked()) sent = co_await transmit(encoder_.last(trailers()));
    if (!sent) co_return cut_short(http1::blame(sent.error(), side::client));
    co_return sent;
  }

 private:
  bool chunked() const { return !bodiless_ && framing_.is == framing::kind::chunked; }
  const http::field_list* trailers() const {
    return reply_.body.rest == nullptr ? nullptr : reply_.body.rest->trailers();
  }

  io::gather first_bytes() {
    http::response_head& head = *reply_.head;
    bodiless_ = has_no_body(ex_, head.status);
    framing_ = bodiless_ ? stated_framing(reply_) : body_framing(ex_, reply_);
    if (framing_.is == framing::kind::until_close) how_.keep_alive = false;
    if (!head.fields.has(field_id::date))
      head.fields.add(ex_.memory, "Date", how_.date, field_id::date);
    ex_.status = head.status;
    const std::string_view ready =
        reply_.body.text.empty() ? reply_.body.ready.view() : reply_.body.text;
    const std::size_t bytes = bodiless_ ? 0 : ready.size();
    const bool copied = bytes <= copied_body_max;
    const std::string_view reason =
        head.reason.empty() ? http::reason_phrase(head.status) : head.reason;
    buffer out = http1::write_response_head(
        ex_.worker.loop.buffers(), head.status, reason, head.fields, framing_,
        connection_option(ex_, how_.keep_alive), chunk_framing_max + (copied ? bytes : 0));
    if (bytes == 0) return io::gather(std::move(out));
    ex_.bytes_sent += bytes;
    if (chunked()) http1::chunk_encoder::open(out, bytes);
    if (copied) out.append(ready);
    if (copied && chunked()) out.append(http1::chunk_encoder::line_end);
    io::gather gathered(std::move(out));
    if (copied) {
      reply_.body.ready.release();
      return gathered;
    }
    if (reply_.body.text.empty()) {
      gathered.add(std::move(reply_.body.ready));
    } else {
      gathered.add_borrowed(ready);
    }
    if (chunked()) gathered.add_borrowed(http1::chunk_encoder::line_end);
    return gathered;
  }

  io::send_operation transmit(io::gather bytes) {
    return how_.stream.send(std::move(bytes), ex_.download_scope, send_patience(how_));
  }

  // The end of the connection must not pass for the end of the body.
  result<void> cut_short(const failure& why) {
    if (framing_.is == framing::kind::until_close) how_.stream.reset_on_close();
    return fail(why);
  }

  exchange& ex_;
  response& reply_;
  answer_settings& how_;
  http1::chunk_encoder encoder_;
  framing framing_;
  bool bodiless_ = false;
};

}  // namespace

task<result<void>> write_answer(exchange& ex, response& reply, answer_settings& how) {
  answer_writer writer(ex, reply, how);
  result<void> sent = co_await writer.run();
  if (!sent) how.keep_alive = false;
  co_return sent;
}

task<result<void>> write_interim(exchange& ex, const http::response_head& head,
                                 answer_settings& how) {
  const bool upgrades = head.status == 101;
  const std::string_view reason =
      head.reason.empty() ? http::reason_phrase(head.status) : head.reason;
  buffer bytes = http1::write_response_head(ex.worker.loop.buffers(), head.status, reason,
                                            head.fields, {}, upgrades ? "upgrade" : "");
  result<void> sent =
      co_await how.stream.send(io::gather(std::move(bytes)), ex.download_scope, send_patience(how));
  if (!sent) co_return fail(http1::blame(sent.error(), side::client));
  co_return sent;
}

}  // namespace ferroway::server
