#include "server/http1_connection.hpp"

#include <utility>

#include "exchange/forwarded.hpp"
#include "exchange/problem.hpp"
#include "http/hop_by_hop.hpp"
#include "server/run_exchange.hpp"
#include "server/tunnel_pump.hpp"
#include "server/worker.hpp"

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

http1_connection::http1_connection(worker& home, std::size_t listener,
                                   std::unique_ptr<io::stream> stream)
    : home_(home),
      stream_(std::move(stream)),
      scope_(home.loop()),
      listener_(static_cast<std::uint32_t>(listener)) {}

http1_connection::~http1_connection() { stream_->watch(nullptr); }

const listener_settings& http1_connection::settings() const noexcept {
  return home_.serving().listeners[listener_];
}

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
    self->body_ = nullptr;
    if (!goes_on) break;
    self->served_any_ = true;
  }
  worker& home = self->home_;
  const std::size_t listener = self->listener_;
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
  if (what == event::reset && current_ != nullptr) {
    current_->scope.cancel({fault::reset, side::client, false, "the client is gone"});
  }
}

bool http1_connection::expects_request() {
  skip_empty_lines();
  if (home_.draining() && served_any_ && input_.empty() && stream_->quiet()) return false;
  scope_.expire_in(home_.draining() ? drain_grace
                   : served_any_    ? settings().timeouts.keep_alive
                                    : settings().timeouts.head);
  return true;
}

// Nothing of a request is there: from now on the connection is idle.
bool http1_connection::must_wait() {
  skip_empty_lines();
  if (!input_.empty()) return false;
  idle_since_ = home_.loop().now();
  home_.add_idle(*this);
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
  exchange ex(home_.resources(), scope_);
  ex.peer = &stream_->peer();
  ex.listener = settings().name;
  current_ = &ex;
  keep_alive_ = true;
  http1::body_reader body(home_.loop(), *stream_, input_, side::client);
  body_ = &body;
  http1::head_reader reader(ex.memory, settings().heads, side::client);
  const result<bool> whole = reader.take(input_);
  result<void> head = !whole   ? result<void>(fail(whole.error()))
                      : *whole ? take_head(ex, reader)
                               : co_await read_rest_of_head(ex, reader);
  head_refused_ = !head;
  if (!head) {
    if (!answerable(head.error())) {
      current_ = nullptr;
      co_return false;
    }
    ex.refusal = head.error();
    keep_alive_ = false;
  }
  // Before anything of ours is added, so that a client's Connection cannot name it.
  http::remove_hop_by_hop(ex.request.fields);
  identify_client(ex, settings().trusted_proxies);
  const result<void> answered = co_await run_exchange(ex, *this, home_.serving(), listener_);
  current_ = nullptr;
  if (!answered) co_return false;
  if (keep_alive_ && body_->done()) co_return true;
  co_return co_await finish_request();
}

result<void> http1_connection::take_head(exchange& ex, http1::head_reader& reader) {
  result<void> parsed =
      http1::parse_request_head(reader.head(), settings().heads, ex.memory, ex.request);
  return parsed ? begin_body(ex) : parsed;
}

task<result<void>> http1_connection::read_rest_of_head(exchange& ex, http1::head_reader& reader) {
  // The whole head has this long, however it trickles.
  ex.scope.expire_at(deadline_after(ex.started, settings().timeouts.head), side::client,
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
  const listener_settings& limits = settings();
  const http::framing& framing = ex.request.body;
  // Also of a body that is refused: it may still come, and is lingered for.
  body_->begin(framing, {limits.timeouts.body, limits.body_bytes_max, limits.heads}, ex.memory);
  if (framing.is == http::framing::kind::length && limits.body_bytes_max &&
      framing.length > *limits.body_bytes_max) {
    return fail(fault::body_too_large, side::client, "the body is larger than allowed");
  }
  result<buffer> ready = body_->take_ready();
  if (!ready) return fail(ready.error());
  // It would be kept until the answer comes, in a buffer that was lent for a head.
  if (!ready->empty() && home_.loop().buffers().crowded()) {
    return fail(fault::overloaded, side::local, "too many bodies wait");
  }
  ex.request_body.ready = std::move(*ready);
  if (body_->done() && body_->trailers() == nullptr) {
    ex.request_body.length = ex.request_body.ready.size();
  } else {
    ex.request_body.rest = body_;
    if (framing.is == http::framing::kind::length) ex.request_body.length = framing.length;
  }
  return {};
}

// Whether what is missing of the request's body will come and be read, so that the connection can
// go on.
bool http1_connection::body_will_be_read(const exchange& ex) const {
  if (body_->done()) return true;
  if (ex.upload.running() || ex.request.expects_continue) return false;
  if (ex.failed && ex.failed->from == side::client) {
    // Its own body failed it; where it would end is anybody's guess.
    return ex.failed->kind == fault::no_route || ex.failed->kind == fault::method_not_allowed;
  }
  return body_->bytes_left().value_or(rest_bytes + 1) <= rest_bytes;
}

task<result<void>> http1_connection::interim(exchange& ex, const http::response_head& head) {
  if (ex.request.spoken == http::version::http_1_0) co_return result<void>{};
  answer_settings how{*stream_, home_.date(), settings().timeouts.send, true};
  co_return co_await write_interim(ex, head, how);
}

task<result<void>> http1_connection::write(exchange& ex, response& reply) {
  answer_settings how{*stream_, home_.date(), settings().timeouts.send, false};
  if (reply.upgraded != nullptr) {
    keep_alive_ = false;
    ex.status = reply.head->status;
    result<void> sent = co_await write_interim(ex, *reply.head, how);
    if (!sent) co_return sent;
    co_return co_await pump_tunnel(ex, *reply.upgraded, *stream_, std::move(input_));
  }
  how.keep_alive =
      keep_alive_ && ex.request.keep_alive && !home_.draining() && body_will_be_read(ex);
  result<void> sent = co_await write_answer(ex, reply, how);
  keep_alive_ = how.keep_alive;
  ex.bytes_received = body_->bytes_read();
  co_return sent;
}

// After the answer: reads what is left of a small body so that the next request can follow, or ends
// the connection so that the answer is not lost with it. True when the connection goes on.
task<bool> http1_connection::finish_request() {
  if (keep_alive_) co_return co_await read_rest_of_body();
  // What was accepted of the answer may not have left yet.
  scope_.expire_in(settings().timeouts.send, side::client, "the client takes no bytes");
  if (!co_await stream_->flush(scope_)) co_return false;
  scope_.no_deadline();
  if (head_refused_ || !body_->done() || !input_.empty() || !stream_->quiet()) co_await linger();
  co_return false;
}

task<bool> http1_connection::read_rest_of_body() {
  io::cancel_scope reading(scope_);
  reading.expire_in(linger_time);
  const std::uint64_t read_before = body_->bytes_read();
  while (!body_->done() && body_->bytes_read() - read_before <= rest_bytes) {
    result<buffer> dropped = body_->take_ready();
    if (!dropped) co_return false;
    if (body_->done() || !dropped->empty()) continue;
    result<buffer> received = co_await stream_->receive(reading);
    if (!received || received->empty()) co_return false;
    input_ = std::move(*received);
  }
  co_return body_->done();
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
