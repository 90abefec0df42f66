#include "server/run_exchange.hpp"

#include "exchange/problem.hpp"
#include "http/preflight.hpp"
#include "http/query.hpp"

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

bool refuse_ambiguities(exchange& ex, http::path_ambiguities allowed) {
  const http::path_ambiguities unwelcome = ex.request.ambiguous.without(allowed);
  if (unwelcome.empty()) return false;
  ex.refusal = failure{fault::malformed, side::client, false, http::why_ambiguous(unwelcome)};
  return true;
}

// A preflight takes the route of the request that it announces, if that has `cors`; else it is a
// request as any other.
routing::route_match find_match(exchange& ex, const snapshot& serving, std::size_t listener) {
  const http::request_head& request = ex.request;
  routing::route_query asked{listener,      request.authority, request.path, request.method_text,
                             request.query, &request.fields};
  if (const std::string_view announced = http::announced_method(request); !announced.empty()) {
    routing::route_query ahead = asked;
    ahead.method = announced;
    ahead.is_preflight = true;
    routing::route_match found = serving.table.match(ahead, ex.memory);
    if (found.is == outcome::found) return found;
  }
  return serving.table.match(asked, ex.memory);
}

// Out of the target that logs show, whether or not any middleware sees this request.
void hide_secrets(exchange& ex, const snapshot& serving) {
  const std::string_view target = ex.request.target;
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return;
  std::string_view query = target.substr(mark + 1);
  for (const std::string& name : serving.secret_parameters) {
    query = http::without_query_parameter(query, name, ex.memory);
  }
  if (query.size() == target.size() - mark - 1) return;
  ex.request.target = ex.memory.join(target.substr(0, mark), query.empty() ? "" : "?", query);
}

// Before routes look at the headers: what only middlewares may say is not the client's to say, not
// behind a trusted proxy either.
void remove_identities(exchange& ex, const snapshot& serving) {
  if (serving.identities.empty()) return;
  ex.identities = &serving.identities;
  if (serving.identities.remove_from(ex.request.fields) != 0) {
    ex.record("identity headers", "removed", "only the gateway says who the client is");
  }
}

void find_route(exchange& ex, const snapshot& serving, std::size_t listener) {
  ex.matched = serving.refused.get();
  if (ex.refusal) return;
  const routing::route_match found = find_match(ex, serving, listener);
  switch (found.is) {
    case outcome::found:
      if (refuse_ambiguities(ex, serving.routes[found.route].allowed_in_path)) return;
      ex.matched = &serving.routes[found.route];
      keep_captures(ex, found.captured);
      ex.record("route", "matched", ex.matched->name);
      return;
    case outcome::no_route:
      if (refuse_ambiguities(ex, {})) return;
      ex.refusal =
          failure{fault::no_route, side::client, false, "no route takes this host and path"};
      return;
    case outcome::method_not_allowed:
      if (refuse_ambiguities(ex, {})) return;
      ex.allow = found.allow;
      ex.refusal = failure{fault::method_not_allowed, side::client, false,
                           "the routes for this path take other methods"};
      return;
  }
}

void count_end(const exchange& ex) noexcept {
  if (ex.matched->stats == nullptr) return;
  ex.matched->stats->ended(ex.worker.index, {ex.status, ex.worker.loop.now() - ex.started,
                                             ex.bytes_received, ex.bytes_sent});
}

}  // namespace

task<result<void>> run_exchange(exchange& ex, exchange_stream& client, const snapshot& serving,
                                std::size_t listener) {
  ex.stream = &client;
  if (!serving.secret_parameters.empty()) hide_secrets(ex, serving);
  remove_identities(ex, serving);
  find_route(ex, serving, listener);
  if (ex.matched->stats != nullptr) ex.matched->stats->began(ex.worker.index);
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
  ex.answered_whole = sent.has_value();
  if (ex.upload.running()) {
    ex.upload_scope.cancel({fault::cancelled, side::local, false, "the answer is complete"});
    co_await ex.upload.join();
  }
  ex.run_end_actions();
  count_end(ex);
  co_return sent;
}

}  // namespace ferroway::server
