#include "cli/echo/connection.hpp"

#include <algorithm>
#include <array>

#include "cli/echo/answer.hpp"

namespace ferroway::echo {
namespace {

constexpr duration idle_max =
    std::chrono::seconds(75);  // between requests, and in a silent WebSocket
constexpr duration body_max = std::chrono::minutes(10);  // for a request's body to arrive
constexpr duration send_max = std::chrono::minutes(10);  // for an answer to leave

constexpr std::string_view json = "application/json";
constexpr std::string_view please_go_on = "HTTP/1.1 100 Continue\r\n\r\n";

constexpr auto filler = [] {
  std::array<char, 16384> text{};
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = i % 64 == 63 ? '\n' : 'x';
  return text;
}();

}  // namespace

task<> connection::run() {
  while (!server_.scope().cancelled()) {
    if (!co_await answer_next()) break;
  }
}

task<bool> connection::answer_next() {
  request received;
  io::cancel_scope scope(server_.scope());
  scope.expire_in(idle_max, side::client);
  const result<void> head = co_await reader_.read_head(received, scope);
  if (!head) {
    if (head.error().from == side::client) co_await refuse(head.error(), scope);
    co_return false;
  }
  if (received.head.wants_websocket) {
    co_await echo_bytes(received);
    co_return false;
  }
  scope.expire_in(body_max, side::client);
  const bool waits = received.head.expects_continue && reader_.drained();
  if (waits && !co_await send_text(please_go_on, scope)) co_return false;
  const result<void> body = co_await reader_.read_body(received, scope);
  if (!body) {
    co_await refuse(body.error(), scope);
    co_return false;
  }
  scope.expire_in(send_max, side::client);
  co_return co_await answer(received, received.head.keep_alive, scope);
}

task<bool> connection::answer(const request& received, bool keep_alive, io::cancel_scope& scope) {
  const std::optional<wishes> wanted = parse_wishes(received.head.query);
  if (!wanted) {
    co_await refuse({.kind = fault::malformed,
                     .from = side::client,
                     .detail = "status, delay or bytes make no sense"},
                    scope);
    co_return false;
  }
  const duration delay = wanted->delay.value_or(server_.delay());
  if (delay > duration::zero() && !co_await server_.loop().sleep_for(delay, scope)) co_return false;

  const bool bodiless =
      received.head.verb == http::method::head || wanted->status == 204 || wanted->status == 304;
  if (wanted->bytes) {
    const std::string head = answer_head(wanted->status, "text/plain", *wanted->bytes, keep_alive);
    if (!co_await send_text(head, scope)) co_return false;
    if (!bodiless && !co_await send_filler(*wanted->bytes, scope)) co_return false;
    co_return keep_alive;
  }
  const std::string body = describe(received, server_, client_.peer().text());
  std::string text = answer_head(wanted->status, json, body.size(), keep_alive);
  if (!bodiless) text += body;
  co_return co_await send_text(text, scope) && keep_alive;
}

task<> connection::refuse(const failure& why, io::cancel_scope& scope) {
  const bool answerable = why.kind != fault::end_of_stream && why.kind != fault::reset &&
                          why.kind != fault::timed_out && why.kind != fault::cancelled;
  if (!answerable) co_return;
  const std::string body = describe_error(server_, why.detail);
  const std::string text = answer_head(status_of(why), json, body.size(), false) + body;
  (void)co_await send_text(text, scope);
}

task<> connection::echo_bytes(const request& upgrade) {
  io::cancel_scope scope(server_.scope());
  const http::field* key = upgrade.head.fields.find("Sec-WebSocket-Key");
  const std::string head = websocket_head(key == nullptr ? "" : key->value());
  if (!co_await send_text(head, scope)) co_return;
  const buffer early = reader_.take_rest();
  if (!early.empty() && !co_await send_text(early.view(), scope)) co_return;
  while (true) {
    scope.expire_in(idle_max, side::client);
    result<buffer> received = co_await client_.receive(scope);
    if (!received || received->empty()) co_return;
    if (!co_await client_.send(io::gather(std::move(*received)), scope)) co_return;
  }
}

task<bool> connection::send_text(std::string_view text, io::cancel_scope& scope) {
  io::gather whole;
  whole.add_borrowed(text);
  const result<void> sent = co_await client_.send(std::move(whole), scope);
  if (!sent) co_return false;
  // The text is the caller's: it must have left before he goes on.
  const result<void> left = co_await client_.flush(scope);
  co_return left.has_value();
}

task<bool> connection::send_filler(std::uint64_t bytes, io::cancel_scope& scope) {
  while (bytes > 0) {
    io::gather parts;
    while (bytes > 0 && parts.count() < io::gather::parts_max) {
      const std::size_t part = std::min<std::uint64_t>(bytes, filler.size());
      parts.add_borrowed({filler.data(), part});
      bytes -= part;
    }
    const result<void> sent = co_await client_.send(std::move(parts), scope);
    if (!sent) co_return false;
  }
  co_return true;
}

}  // namespace ferroway::echo
