#include "server/rehearsal.hpp"

#include <algorithm>

#include "base/spawn.hpp"
#include "base/text.hpp"
#include "exchange/forwarded.hpp"
#include "exchange/route.hpp"
#include "http/hop_by_hop.hpp"
#include "http/http1/head_reader.hpp"
#include "http/http1/write.hpp"
#include "http/preflight.hpp"
#include "server/http_date.hpp"
#include "server/run_exchange.hpp"
#include "upstream/request_fields.hpp"

namespace ferroway::server {
namespace {

// Stands in for the endpoint and for the client's connection, and keeps what it is given.
class recorder final : public stand_in, public exchange_stream {
 public:
  recorder(const rehearsal_answer& answer, const rehearsal_permissions& permissions,
           rehearsal_outcome& into)
      : answer_(answer), permissions_(permissions), into_(into) {}

  result<response> answer(exchange& ex) override {
    const http::request_head& request = ex.request;
    const buffer head = http1::write_request_head(
        ex.worker.loop.buffers(),
        {request.method_text, request.path, request.query, request.has_query}, request.fields,
        request.body, upstream::upgrades(ex) ? "upgrade" : "");
    into_.sent = head.view();
    return reply_of(ex, answer_);
  }

  result<response> ask(exchange& ex, std::string_view middleware) override {
    auto found = std::ranges::find(permissions_, middleware, &rehearsal_permission::middleware);
    if (found == permissions_.end()) {
      found = std::ranges::find(permissions_, "*", &rehearsal_permission::middleware);
    }
    static const rehearsal_answer yes;
    if (found == permissions_.end()) return reply_of(ex, yes);
    if (found->fails) return fail(fault::refused, side::upstream, "nobody listens there");
    return reply_of(ex, found->answer);
  }

  task<result<void>> interim(exchange&, const http::response_head&) override {
    co_return result<void>{};
  }

  task<result<void>> write(exchange& ex, response& reply) override {
    ex.status = into_.status = reply.head->status;
    for (const http::field& item : reply.head->fields) {
      into_.headers.emplace_back(item.name(), item.value());
    }
    into_.body = reply.body.text;
    ex.bytes_sent = into_.body.size();
    co_return result<void>{};
  }

 private:
  static response reply_of(exchange& ex, const rehearsal_answer& answer) {
    response reply;
    reply.head = ex.memory.make<http::response_head>();
    reply.head->status = answer.status;
    for (const auto& [name, value] : answer.headers) reply.head->fields.add(ex.memory, name, value);
    reply.body.text = answer.body;
    reply.body.length = answer.body.size();
    return reply;
  }

  const rehearsal_answer& answer_;
  const rehearsal_permissions& permissions_;
  rehearsal_outcome& into_;
};

std::string head_of(const rehearsal_request& asked) {
  std::string head = asked.method + " " + asked.target + " HTTP/1.1\r\n";
  bool framed = asked.body.empty();
  for (const auto& [name, value] : asked.headers) {
    head += name + ": " + value + "\r\n";
    framed = framed || equals_ignoring_case(name, "Content-Length") ||
             equals_ignoring_case(name, "Transfer-Encoding");
  }
  if (!framed) head += "Content-Length: " + std::to_string(asked.body.size()) + "\r\n";
  return head + "\r\n";
}

// What a connection does with the bytes of a head.
result<void> read_head(exchange& ex, const listener_settings& by, std::string_view text) {
  http1::head_reader reader(ex.memory, by.heads, side::client);
  while (!text.empty()) {
    buffer input = ex.worker.loop.buffers().acquire();
    const std::string_view piece = text.substr(0, input.room().size());
    input.append(piece);
    text.remove_prefix(piece.size());
    const result<bool> whole = reader.take(input);
    if (!whole) return fail(whole.error());
    // Headers that hold line ends could have ended it before.
    if (*whole && (!text.empty() || !input.empty())) {
      return fail(fault::malformed, side::client, "bytes behind the head");
    }
    if (!*whole) continue;
    const result<void> parsed =
        http1::parse_request_head(reader.head(), by.heads, ex.memory, ex.request);
    if (!parsed) return parsed;
    const http::framing& body = ex.request.body;
    if (body.is == http::framing::kind::length && body.length > by.body_bytes_max.value_or(~0ULL)) {
      return fail(fault::body_too_large, side::client, "the body is larger than allowed");
    }
    return {};
  }
  return fail(fault::malformed, side::client, "the head has no end");
}

// The request as routes see it.
void receive(exchange& ex, const listener_settings& by, const rehearsal_request& asked) {
  if (const result<void> read = read_head(ex, by, head_of(asked)); !read) ex.refusal = read.error();
  http::remove_hop_by_hop(ex.request.fields);
  identify_client(ex, by.trusted_proxies);
  if (asked.body.empty() || ex.request.body.is == http::framing::kind::none) return;
  ex.request_body.ready = ex.worker.loop.buffers().acquire(asked.body.size());
  ex.request_body.ready.append(asked.body);
  ex.request_body.length = asked.body.size();
}

void keep(exchange& ex, const snapshot& serving, rehearsal_outcome& into) {
  if (ex.refusal) {
    into.refusal = to_string(ex.refusal->kind);
    into.refusal_detail = ex.refusal->detail;
  } else {
    into.route = static_cast<std::size_t>(ex.matched - serving.routes.data());
  }
  for (const capture& each : ex.captures) into.captures.emplace_back(each.name, each.value);
  into.client = ex.peer->is_ip() ? ex.client.text() : ex.peer->text();
  into.upstream = ex.upstream;
  into.endpoint = ex.endpoint;
}

task<> serve(exchange& ex, recorder& ends, const snapshot& serving, std::size_t listener,
             bool& done) {
  (void)co_await run_exchange(ex, ends, serving, listener);
  done = true;
}

}  // namespace

void rehearsal_outcome::mask(const config::outside_values& outside) {
  if (outside.written.empty()) return;
  for (decision& each : decisions) {
    each.verdict = outside.masked(each.verdict);
    each.reason = outside.masked(each.reason);
  }
  for (auto& [name, value] : headers) value = outside.masked(value);
  sent = outside.masked(sent);
  body = outside.masked(body);
}

rehearsal::rehearsal(std::shared_ptr<const snapshot> serving, wall_time now, std::uint64_t seed)
    : serving_(std::move(serving)),
      world_({.seed = seed, .wall_start = now}),
      loop_(world_.make_loop()),
      resources_{*loop_, 0, random_source(seed)} {
  for (const auto& item : serving_->upstreams) {
    item->enter(0);
    item->assume_healthy();
  }
}

rehearsal::~rehearsal() {
  for (const auto& item : serving_->upstreams) item->leave(0);
}

rehearsal_outcome rehearsal::run(const rehearsal_request& asked, const rehearsal_answer& answer,
                                 const rehearsal_permissions& permissions) {
  rehearsal_outcome outcome;
  const listener_settings& by = serving_->listeners[asked.listener];
  recorder ends(answer, permissions, outcome);
  io::cancel_scope connection(*loop_);
  exchange ex(resources_, connection);
  ex.peer = &asked.from;
  ex.listener = by.name;
  ex.decisions = &outcome.decisions;
  ex.rehearsed_by = &ends;
  receive(ex, by, asked);
  outcome.path = ex.request.path;
  bool done = false;
  spawn(serve(ex, ends, *serving_, asked.listener, done));
  world_.run_until([&done] { return done; });
  keep(ex, *serving_, outcome);
  return outcome;
}

void rehearsal::pass(duration length) {
  world_.run_for(length);
  // A loop reads the clock when it turns.
  loop_->post([] {});
  world_.run_for(duration(0));
}

std::vector<routing::loser> rehearsal::losers(const rehearsal_request& asked,
                                              std::span<const config::route> routes,
                                              std::optional<std::size_t> winner,
                                              std::size_t count_max) {
  io::cancel_scope connection(*loop_);
  exchange ex(resources_, connection);
  ex.peer = &asked.from;
  receive(ex, serving_->listeners[asked.listener], asked);
  serving_->identities.remove_from(ex.request.fields);
  if (ex.refusal) return {};
  const http::request_head& request = ex.request;
  routing::route_query query{asked.listener,      request.authority, request.path,
                             request.method_text, request.query,     &request.fields,
                             request.ambiguous};
  const std::string_view announced = http::announced_method(request);
  if (!announced.empty() && winner && serving_->routes[*winner].answers_preflights) {
    query.method = announced;
    query.is_preflight = true;
  }
  auto losers = routing::closest_losers(routes, query, winner, count_max);
  for (routing::loser& each : losers) {
    const bool passed_over = query.is_preflight && each.lost == routing::loser::by::order &&
                             !serving_->routes[each.route].answers_preflights;
    if (passed_over) each.why = "it matches too, but has no `cors` to answer a preflight";
  }
  return losers;
}

}  // namespace ferroway::server
