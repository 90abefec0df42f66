#include "server/http1_connection.hpp"

#include <utility>

#include "exchange/forwarded.hpp"
#include "exchange/problem.hpp"
#include "http/hop_by_hop.hpp"
#include "server/run_exchange.hpp"
#include "server/tunnel_pump.hpp"
#include "server/worker.hpp"
#include "server/worker_listener.hpp"

namespace ferroway::server {
namespace {

// What is read and dropped so that an early answer is not lost with the connection (RFC 9112, 9.6):
// more than two socket buffers, or a client in the middle of its upload would see a reset.
constexpr std::uint64_t linger_bytes = 16 * 1024 * 1024;
constexpr duration linger_time = std::chrono::seconds(2);

// A body that nobody read is read and dropped up to this size, to keep its connection.
constexpr std::uint64_t rest_bytes = 64 * 1024;

// What a connection that was accepted just before a drain gets to send its request.
constexpr duration drain_grace = std::chrono::seconds(1);

}  // namespace

// A request, on the frame of the coroutine that serves it.
struct http1_connection::request_in_service {
  explicit request_in_service(http1_connection& connection)
      : on(connection),
        by(on.listener_.serving()),
        listener_index(on.listener_.index()),
        listener(by->listeners[listener_index]),
        ex(on.home_.resources(), on.scope_),
        body(on.home_.loop(), *on.stream_, on.input_, side::client) {
    ex.peer = &on.stream_->peer();
    ex.listener = listener.name;
    on.request_ = this;
  }
  request_in_service(const request_in_service&) = delete;
  request_in_service& operator=(const request_in_service&) = delete;
  ~request_in_service() { on.request_ = nullptr; }

  http1_connection& on;
  generation_lease by;  // what follows points into it, whatever a reload does meanwhile
  std::size_t listener_index;
  const listener_settings& listener;
  exchange ex;
  http1::body_reader body;
};

http1_connection::http1_connection(worker& home, worker_listener& listener,
                                   std::unique_ptr<io::stream> stream)
    : home_(home), listener_(listener), stream_(std::move(stream)), scope_(home.loop()) {}

http1_connection::~http1_connection() { stream_->watch(nullptr); }

task<> http1_connection::serve(std::unique_ptr<http1_connection> self) {
  self->stream_->watch(self.get());
  while (self->expects_request()) {
    // Here and not in a task of its own: every idle connection would pay for that one's frame.
    while (self->must_wait()) {
      if (!self->take_first(co_await self->stream_->receive_head(self->scope_))) break;
    }
    if (!self->begin_request()) break;
    const bool goes_on = co_await self->serve_exchange();
    self->busy_ = false;
    if (!goes_on) break;
    self->served_any_ = true;
  }
  worker& home = self->home_;
  worker_listener& listener = self->listener_;
  self.reset();
  home.connection_closed(listener);
}

void http1_connection::drain() {
  if (busy_ || !input_.empty()) return;
  if (served_any_ && stream_->quiet()) {
    close_idle();
  } else {
    scope_.expire_in(drain_grace);
  }
}

void http1_connection::close_idle() {
  list<http1_connection, in_idle>::remove(*this);
  scope_.cancel({fault::cancelled, side::local, false, "the connection was idle"});
}

void http1_connection::abort() {
  aborted_ = true;
  stream_->reset_on_close();
  scope_.cancel({fault::cancelled, side::local, false, "the drain timeout has passed"});
}

void http1_connection::peer_did(event what) noexcept {
  // An end of stream after a complete request is no reason to stop: the client may only have closed
  // its side.
  if (what == event::reset && request_ != nullptr) {
    request_->ex.scope.cancel({fault::reset, side::client, false, "the client is gone"});
  }
}

bool http1_connection::expects_request() {
  skip_empty_lines();
  if (listener_.draining() && served_any_ && input_.empty() && stream_->quiet()) return false;
  const config::listener_timeouts& timeouts = listener_.settings().timeouts;
  scope_.expire_in(listener_.draining() ? drain_grace
                   : served_any_        ? timeouts.keep_alive
                                        : timeouts.head);
  return true;
}

// Nothing of a request is there: from now on the connection is idle.
bool http1_connection::must_wait() {
  skip_empty_lines();
  if (!input_.empty()) return false;
  idle_since_ = home_.loop().now();
  listener_.add_idle(*this);
  return true;
}

// False when there will be no request.
bool http1_connection::take_first(result<buffer> received) {
  list<http1_connection, in_idle>::remove(*this);
  if (!received || received->empty()) return false;
  input_ = std::move(*received);
  return true;
}

bool http1_connection::begin_request() {
  if (input_.empty()) return false;
  scope_.no_deadline();
  // A drain or the idle deadline may have struck in this very turn, after the bytes had come.
  if (!aborted_) scope_.reset();
  busy_ = !scope_.cancelled();
  return busy_;
}

// Some clients end a body with a line end that is not part of it (RFC 9112, 2.2).
void http1_connection::skip_empty_lines() noexcept {
  while (served_any_ && input_.view().starts_with("\r\n")) input_.consume(2);
  if (input_.empty()) input_.release();
}

task<bool> http1_connection::serve_exchange() {
  request_in_service request(*this);
  exchange& ex = request.ex;
  keep_alive_ = true;
  http1::head_reader reader(ex.memory, request.listener.heads, side::client);
  const result<bool> whole = reader.take(input_);
  result<void> head = !whole   ? result<void>(fail(whole.error()))
                      : *whole ? take_head(ex, reader)
                               : co_await read_rest_of_head(ex, reader);
  head_refused_ = !head;
  if (!head) {
    if (!answerable(head.error())) co_return false;
    ex.refusal = head.error();
    keep_alive_ = false;
  }
  // Before anything of ours is added, so that a client's Connection cannot name it.
  http::remove_hop_by_hop(ex.request.fields);
  identify_client(ex, request.listener.trusted_proxies);
  const result<void> answered =
      co_await run_exchange(ex, *this, *request.by, request.listener_index);
  if (!answered) co_return false;
  if (keep_alive_ && request.body.done()) co_return true;
  co_return co_await finish_request();
}

result<void> http1_connection::take_head(exchange& ex, http1::head_reader& reader) {
  result<void> parsed =
      http1::parse_request_head(reader.head(), request_->listener.heads, ex.memory, ex.request);
  return parsed ? begin_body(ex) : parsed;
}

task<result<void>> http1_connection::read_rest_of_head(exchange& ex, http1::head_reader& reader) {
  // The whole head has this long, however it trickles.
  ex.scope.expire_at(deadline_after(ex.started, request_->listener.timeouts.head), side::client,
                     "the head did not arrive in time");
  while (true) {
    result<buffer> received = co_await stream_->receive_head(ex.scope);
    if (!received) co_return fail(http1::blame(received.error(), side::client));
    if (received->empty()) co_return fail(fault::end_of_stream, side::client, "closed in mid-head");
    input_ = std::move(*received);
    const result<bool> whole = reader.take(input_);
    if (!whole) co_return fail(whole.error());
    if (*whole) co_return take_head(ex, reader);
  }
}

result<void> http1_connection::begin_body(exchange& ex) {
  const listener_settings& limits = request_->listener;
  const http::framing& framing = ex.request.body;
  // Also of a body that is refused: it may still come, and is lingered for.
  request_->body.begin(framing, {limits.timeouts.body, limits.body_bytes_max, limits.heads},
                       ex.memory);
  if (framing.is == http::framing::kind::length && limits.body_bytes_max &&
      framing.length > *limits.body_bytes_max) {
    return fail(fault::body_too_large, side::client, "the body is larger than allowed");
  }
  result<buffer> ready = request_->body.take_ready();
  if (!ready) return fail(ready.error());
  // It would be kept until the answer comes, in a buffer that was lent for a head.
  if (!ready->empty() && home_.loop().buffers().crowded()) {
    return fail(fault::overloaded, side::local, "too many bodies wait");
  }
  ex.request_body.ready = std::move(*ready);
  if (request_->body.done() && request_->body.trailers() == nullptr) {
    ex.request_body.length = ex.request_body.ready.size();
  } else {
    ex.request_body.rest = &request_->body;
    if (framing.is == http::framing::kind::length) ex.request_body.length = framing.length;
  }
  return {};
}

// Whether what is missing of the request's body will come and be read, so that the connection can
// go on.
bool http1_connection::body_will_be_read(const exchange& ex) const {
  if (request_->body.done()) return true;
  if (ex.upload.running() || ex.request.expects_continue) return false;
  // Where its own body failed it, its end is anybody's guess.
  const bool judged = ex.refusal || (ex.failed && is_verdict(ex.failed->kind));
  if (ex.failed && ex.failed->from == side::client && !judged) return false;
  return request_->body.bytes_left().value_or(rest_bytes + 1) <= rest_bytes;
}

task<result<void>> http1_connection::interim(exchange& ex, const http::response_head& head) {
  if (ex.request.spoken == http::version::http_1_0) co_return result<void>{};
  answer_settings how{*stream_, home_.date(), request_->listener.timeouts.send, true};
  co_return co_await write_interim(ex, head, how);
}

task<result<void>> http1_connection::write(exchange& ex, response& reply) {
  answer_settings how{*stream_, home_.date(), request_->listener.timeouts.send, false};
  if (reply.upgraded != nullptr) {
    keep_alive_ = false;
    ex.status = reply.head->status;
    result<void> sent = co_await write_interim(ex, *reply.head, how);
    if (!sent) co_return sent;
    co_return co_await pump_tunnel(ex, *reply.upgraded, *stream_, std::move(input_));
  }
  how.keep_alive =
      keep_alive_ && ex.request.keep_alive && !listener_.draining() && body_will_be_read(ex);
  result<void> sent = co_await write_answer(ex, reply, how);
  keep_alive_ = how.keep_alive;
  ex.bytes_received = request_->body.bytes_read();
  co_return sent;
}

// After the answer: reads what is left of a small body so that the next request can follow, or ends
// the connection so that the answer is not lost with it. True when the connection goes on.
task<bool> http1_connection::finish_request() {
  if (keep_alive_) co_return co_await read_rest_of_body();
  // What was accepted of the answer may not have left yet.
  scope_.expire_in(request_->listener.timeouts.send, side::client, "the client takes no bytes");
  if (!co_await stream_->flush(scope_)) co_return false;
  scope_.no_deadline();
  if (head_refused_ || !request_->body.done() || !input_.empty() || !stream_->quiet())
    co_await linger();
  co_return false;
}

task<bool> http1_connection::read_rest_of_body() {
  io::cancel_scope reading(scope_);
  reading.expire_in(linger_time);
  const std::uint64_t read_before = request_->body.bytes_read();
  while (!request_->body.done() && request_->body.bytes_read() - read_before <= rest_bytes) {
    result<buffer> dropped = request_->body.take_ready();
    if (!dropped) co_return false;
    if (request_->body.done() || !dropped->empty()) continue;
    result<buffer> received = co_await stream_->receive(reading);
    if (!received || received->empty()) co_return false;
    input_ = std::move(*received);
  }
  co_return request_->body.done();
}

// Closing with unread bytes would reset the connection and could destroy the answer on its way (RFC
// 9112, 9.6).
task<> http1_connection::linger() {
  input_.release();
  stream_->shutdown_write();
  io::cancel_scope lingering(scope_);
  lingering.expire_in(linger_time);
  std::uint64_t dropped = 0;
  while (dropped <= linger_bytes) {
    result<buffer> received = co_await stream_->receive(lingering);
    if (!received || received->empty()) co_return;
    dropped += received->size();
  }
}

}  // namespace ferroway::server
