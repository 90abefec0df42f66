#include "server/run_exchange.hpp"

#include "exchange/problem.hpp"

namespace ferroway::server {
namespace {

using outcome = routing::route_match::outcome;

void keep_captures(exchange& ex, const routing::captures& captured) {
  if (captured.size() == 0) return;
  auto* kept = ex.memory.allocate_array<capture>(captured.size());
  for (std::size_t i = 0; i < captured.size(); ++i) {
    kept[i] = {captured.name(i), captured.value(i)};
  }
  ex.captures = {kept, captured.size()};
}

void find_route(exchange& ex, const snapshot& serving, std::size_t listener) {
  ex.matched = serving.refused.get();
  if (ex.refusal) return;
  const http::request_head& request = ex.request;
  const routing::route_match found = serving.table.match(
      {listener, request.authority, request.path, request.method_text}, ex.memory);
  switch (found.is) {
    case outcome::found:
      ex.matched = &serving.routes[found.route];
      keep_captures(ex, found.captured);
      ex.record("route", "matched", ex.matched->name);
      return;
    case outcome::no_route:
      ex.refusal =
          failure{fault::no_route, side::client, false, "no route takes this host and path"};
      return;
    case outcome::method_not_allowed:
      ex.allow = found.allow;
      ex.refusal = failure{fault::method_not_allowed, side::client, false,
                           "the routes for this path take other methods"};
      return;
  }
}

}  // namespace

task<result<void>> run_exchange(exchange& ex, exchange_stream& client, const snapshot& serving,
                                std::size_t listener) {
  ex.stream = &client;
  find_route(ex, serving, listener);
  if (ex.matched->timeouts.request) {
    ex.scope.expire_at(deadline_after(ex.started, *ex.matched->timeouts.request), side::local,
                       "the exchange took longer than its route allows");
  } else {
    ex.scope.no_deadline();
  }
  result<response> reply = co_await ex.matched->steps.run(ex);
  if (!reply) {
    ex.note_failure(reply.error());
    if (answerable(reply.error())) reply = to_response(ex, reply.error());
  }
  result<void> sent = reply ? co_await client.write(ex, *reply) : result<void>(fail(reply.error()));
  if (!sent) ex.note_failure(sent.error());
  if (ex.upload.running()) {
    ex.upload_scope.cancel({fault::cancelled, side::local, false, "the answer is complete"});
    co_await ex.upload.join();
  }
  ex.run_end_actions();
  co_return sent;
}

}  // namespace ferroway::server
