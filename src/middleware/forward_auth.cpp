#include "middleware/forward_auth.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/text.hpp"
#include "exchange/identity_headers.hpp"
#include "exchange/problem.hpp"

namespace ferroway {
namespace {

using http::field;
using http::field_id;

// The service's own row of the problem table: 503.
constexpr fault unknown = fault::unauthorized;

constexpr std::string_view asked_method = "X-Forwarded-Method";
constexpr std::string_view asked_uri = "X-Forwarded-Uri";

identity_headers made_of(std::initializer_list<std::string_view> names) {
  identity_headers made;
  made.add(std::vector<std::string>(names.begin(), names.end()));
  return made;
}

// What this middleware says of the request, so that the client cannot.
const identity_headers& own_names() {
  static const identity_headers names = made_of({asked_method, asked_uri});
  return names;
}

// By what other proxies say it: a service that believes one of them would decide about another
// request. From clients only where the configuration names them.
const identity_headers& others_names() {
  static const identity_headers names =
      made_of({"X-Original-Method", "X-Original-URI", "X-Original-URL", "X-Rewrite-URL",
               "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Real-IP"});
  return names;
}

// Of a refusal, what the client needs to understand it and to come back with what was missing.
constexpr std::string_view of_refusals[] = {"WWW-Authenticate", "Location",        "Set-Cookie",
                                            "Retry-After",      "Cache-Control",   "Content-Type",
                                            "Content-Encoding", "Content-Language"};

bool is_one_of(std::string_view name, std::span<const std::string> names) {
  return std::ranges::any_of(
      names, [&](const std::string& each) { return equals_ignoring_case(each, name); });
}

bool begins_with(std::string_view name, std::string_view prefix) {
  return name.size() >= prefix.size() &&
         equals_ignoring_case(name.substr(0, prefix.size()), prefix);
}

// About a body, a cached copy, or the coding of an answer: none of it is for the service.
bool is_about_messages(const field& item) {
  switch (item.id()) {
    case field_id::host:
    case field_id::expect:
    case field_id::connection:
    case field_id::transfer_encoding:
    case field_id::upgrade:
      return true;
    default:
      break;
  }
  const std::string_view name = item.name();
  return begins_with(name, "Content-") || begins_with(name, "If-") ||
         equals_ignoring_case(name, "Range") || equals_ignoring_case(name, "Accept-Encoding");
}

bool always_goes_along(field_id id) {
  return id == field_id::x_forwarded_for || id == field_id::x_forwarded_host ||
         id == field_id::x_forwarded_proto;
}

// For explain; nothing where nobody asks.
std::string_view status_text(exchange& ex, std::uint16_t status) {
  return ex.decisions == nullptr ? std::string_view{} : ex.memory.copy(std::to_string(status));
}

// Nobody can say whose a request is that could not even be read.
bool can_be_asked_about(const exchange& ex) {
  return !ex.refusal || ex.refusal->kind == fault::no_route ||
         ex.refusal->kind == fault::method_not_allowed;
}

}  // namespace

forward_auth::forward_auth(const config::forward_auth_middleware& from,
                           std::shared_ptr<upstream::upstream> service)
    : deciding_middleware(from.shadow), settings_(from), service_(std::move(service)) {
  const std::size_t mark = from.path.find('?');
  path_ = from.path.substr(0, mark);
  has_query_ = mark != std::string::npos;
  if (has_query_) query_ = from.path.substr(mark + 1);
}

task<result<response>> forward_auth::handle(exchange& ex, next_handler next) {
  return can_be_asked_about(ex) ? consult(ex, next) : next(ex);
}

task<result<response>> forward_auth::consult(exchange& ex, next_handler next) {
  const result<upstream::heard_answer> heard = co_await ask(ex);
  if (ex.scope.cancelled()) co_return fail(ex.scope.why());
  if (!heard) co_return co_await without_answer(ex, next, heard.error());
  const std::uint16_t status = heard->head->status;
  if (status >= 500) {
    co_return co_await without_answer(
        ex, next, {unknown, side::upstream, false, "the service that decides answers with 5xx"});
  }
  if (status < 300) co_return co_await let_pass(ex, next, *heard->head);
  const std::string_view why = reason(ex, "answers", status_text(ex, status));
  if (!reject(ex, why)) co_return co_await next(ex);
  co_return refusal(ex, *heard);
}

// "authn answers 401 when asked GET /verify", "authn fails by timed_out when asked GET /verify"
std::string_view forward_auth::reason(exchange& ex, std::string_view verb,
                                      std::string_view what) const {
  if (ex.decisions == nullptr) return {};
  return ex.memory.join(ex.rehearsed_by == nullptr ? "" : "if ", service_->name(), " ", verb, " ",
                        what, " when asked ", settings_.method, " ", settings_.path);
}

task<result<upstream::heard_answer>> forward_auth::ask(exchange& ex) {
  upstream::question what = make_question(ex);
  if (ex.rehearsed_by != nullptr) [[unlikely]] {
    const result<response> said = ex.rehearsed_by->ask(ex, name());
    if (!said) co_return fail(said.error());
    co_return upstream::heard_answer{said->head, said->body.text, true};
  }
  io::cancel_scope asking(ex.scope);
  asking.expire_in(settings_.timeout, side::upstream, "the service that decides took too long");
  co_return co_await upstream::ask(ex, *service_, what, asking);
}

bool forward_auth::goes_along(const field& item) const noexcept {
  if (always_goes_along(item.id())) return true;
  if (own_names().holds(item.name())) return false;
  if (!settings_.request_headers.empty()) return is_one_of(item.name(), settings_.request_headers);
  return !is_about_messages(item) && !others_names().holds(item.name());
}

upstream::question forward_auth::make_question(exchange& ex) const {
  const http::request_head& request = ex.request;
  upstream::question what;
  what.line = {settings_.method, path_, query_, has_query_};
  what.verb = http::method_of(settings_.method);
  for (const field& item : request.fields) {
    if (goes_along(item)) what.fields.add(ex.memory, item.name(), item.value(), item.id());
  }
  what.fields.add(ex.memory, asked_method, request.method_text, field_id::other);
  what.fields.add(
      ex.memory, asked_uri,
      request.has_query ? ex.memory.join(request.path, "?", request.query) : request.path,
      field_id::other);
  what.fields.set(ex.memory, "X-Request-ID", ex.request_id(), field_id::x_request_id);
  return what;
}

task<result<response>> forward_auth::let_pass(exchange& ex, next_handler next,
                                              const http::response_head& said) {
  pass(ex, reason(ex, "answers", status_text(ex, said.status)));
  for (const std::string& each : settings_.to_request) ex.request.fields.remove(each);
  for (const field& item : said.fields) {
    if (!is_one_of(item.name(), settings_.to_request)) continue;
    ex.request.fields.add(ex.memory, item.name(), item.value(), item.id());
  }
  if (settings_.to_response.empty()) co_return co_await next(ex);
  result<response> reply = co_await next(ex);
  if (http::response_head* head = head_to_edit(ex, reply)) {
    copy_to_client(ex, said.fields, head->fields);
  }
  co_return reply;
}

// Cookies stand beside those of the upstream; other fields replace its.
void forward_auth::copy_to_client(exchange& ex, const http::field_list& said,
                                  http::field_list& to) const {
  for (const std::string& each : settings_.to_response) {
    const bool several = equals_ignoring_case(each, "Set-Cookie");
    if (!several && said.find(each) != nullptr) to.remove(each);
    for (const field& item : said) {
      if (!equals_ignoring_case(item.name(), each)) continue;
      to.add(ex.memory, item.name(), item.value(), item.id());
    }
  }
}

task<result<response>> forward_auth::without_answer(exchange& ex, next_handler next,
                                                    const failure& why) {
  const std::string_view because = reason(ex, "fails by", to_string(why.kind));
  // What passes has not failed: only the first failure is kept, and that may be the upstream's.
  if (settings_.pass_on_error) {
    mark_would_reject(ex);
    pass(ex, because);
    co_return co_await next(ex);
  }
  if (!reject(ex, because)) co_return co_await next(ex);
  co_return fail(failure{unknown, side::upstream, false, why.detail});
}

response forward_auth::refusal(exchange& ex, const upstream::heard_answer& heard) const {
  const http::field_list& said = heard.head->fields;
  response reply;
  reply.head = ex.memory.make<http::response_head>();
  reply.head->status = heard.head->status;
  for (const field& item : said) {
    const bool known = std::ranges::any_of(of_refusals, [&](std::string_view each) {
      return equals_ignoring_case(each, item.name());
    });
    const bool wanted = known || is_one_of(item.name(), settings_.to_response);
    // Without a body nothing is to be said of it.
    if (!wanted || (begins_with(item.name(), "Content-") && heard.body.empty())) continue;
    reply.head->fields.add(ex.memory, item.name(), item.value(), item.id());
  }
  reply.body.text = heard.body;
  reply.body.length = heard.body.size();
  return reply;
}

}  // namespace ferroway
