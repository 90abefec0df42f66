#include "exchange/problem.hpp"

#include <algorithm>
#include <cstring>

#include "base/text.hpp"

namespace ferroway {
namespace {

// Anything the table does not name, which is a bug of ours.
constexpr problem internal_error{500, "internal-error", "The gateway failed"};

struct row {
  fault kind;
  side from;
  problem answer;
};

constexpr row table[] = {
    {fault::malformed, side::client, {400, "bad-request", "The request is malformed"}},
    {fault::unauthorized, side::client, {401, "unauthorized", "Who asks is not known"}},
    {fault::forbidden, side::client, {403, "forbidden", "This request is refused"}},
    {fault::timed_out,
     side::client,
     {408, "request-timeout", "The request took too long to arrive"}},
    {fault::body_too_large,
     side::client,
     {413, "body-too-large", "The request's body is too large"}},
    {fault::target_too_long,
     side::client,
     {414, "target-too-long", "The request's target is too long"}},
    {fault::expectation_failed,
     side::client,
     {417, "expectation-failed", "The expectation cannot be met"}},
    {fault::too_many_requests, side::client, {429, "too-many-requests", "Too many requests", true}},
    {fault::head_too_large,
     side::client,
     {431, "head-too-large", "The request's header fields are too large"}},
    {fault::unsupported, side::client, {501, "not-implemented", "The gateway does not do this"}},
    {fault::unsupported_version,
     side::client,
     {505, "version-not-supported", "The HTTP version is not supported"}},
    {fault::no_route, side::client, {404, "no-route", "No route takes this request"}},
    {fault::method_not_allowed,
     side::client,
     {405, "method-not-allowed", "The method is not allowed here"}},
    {fault::malformed,
     side::upstream,
     {502, "upstream-malformed", "The upstream's answer is malformed"}},
    {fault::head_too_large,
     side::upstream,
     {502, "upstream-malformed", "The upstream's answer is malformed"}},
    {fault::refused,
     side::upstream,
     {502, "upstream-unreachable", "The upstream cannot be reached"}},
    {fault::unreachable,
     side::upstream,
     {502, "upstream-unreachable", "The upstream cannot be reached"}},
    {fault::permission_denied,
     side::upstream,
     {502, "upstream-unreachable", "The upstream cannot be reached"}},
    {fault::internal,
     side::upstream,
     {502, "upstream-unreachable", "The upstream cannot be reached"}},
    {fault::address_in_use,  // all local ports towards it are taken
     side::upstream,
     {503, "overloaded", "The gateway is at a limit", true}},
    {fault::reset, side::upstream, {502, "upstream-closed", "The upstream closed the connection"}},
    {fault::end_of_stream,
     side::upstream,
     {502, "upstream-closed", "The upstream closed the connection"}},
    {fault::timed_out, side::upstream, {504, "upstream-timeout", "The upstream took too long"}},
    {fault::no_endpoint,
     side::upstream,
     {503, "no-endpoint", "No endpoint of the upstream is available", true}},
    {fault::overloaded,
     side::upstream,
     {503, "upstream-busy", "The upstream has as many requests as it may have", true}},
    // Who would have to say whether it may pass does not say so.
    {fault::unauthorized,
     side::upstream,
     {503, "permission-unknown", "Whether this request may pass cannot be told", true}},
    {fault::timed_out, side::local, {504, "timeout", "The exchange took too long"}},
    {fault::overloaded, side::local, {503, "overloaded", "The gateway is at a limit", true}},
    {fault::undecided,
     side::local,
     {503, "undecided", "The gateway cannot decide about this yet", true}},
    {fault::out_of_descriptors,
     side::local,
     {503, "overloaded", "The gateway is at a limit", true}},
    {fault::out_of_descriptors,
     side::upstream,
     {503, "overloaded", "The gateway is at a limit", true}},
};

bool prefers_html(const http::field_list& fields) {
  std::string_view accepted = fields.value(http::field_id::accept);
  while (!accepted.empty()) {
    std::string_view item = split_off(accepted, ',');
    const std::string_view type = trim(split_off(item, ';'));
    if (equals_ignoring_case(type, "text/html")) return true;
    if (equals_ignoring_case(type, "application/json") ||
        equals_ignoring_case(type, "application/problem+json") || type == "*/*") {
      return false;
    }
  }
  return false;
}

// Three digits of a status.
std::string_view status_text(arena& memory, std::uint16_t status) {
  char* to = memory.allocate_text(3);
  to[0] = static_cast<char>('0' + status / 100);
  to[1] = static_cast<char>('0' + status / 10 % 10);
  to[2] = static_cast<char>('0' + status % 10);
  return {to, 3};
}

// Only a client learns what was wrong with its own bytes; `detail` is a literal of ours.
std::string_view detail_for(const failure& why) {
  return why.from == side::client ? std::string_view(why.detail) : std::string_view{};
}

std::string_view json_body(exchange& ex, const problem& what, const failure& why) {
  arena& memory = ex.memory;
  const std::string_view detail = detail_for(why);
  const std::string_view detail_member =
      detail.empty() ? std::string_view{} : memory.join(R"(,"detail":")", detail, "\"");
  return memory.join(R"({"type":")", problem_type_base, what.slug, R"(","title":")", what.title,
                     R"(","status":)", status_text(memory, what.status), detail_member,
                     R"(,"request_id":")", ex.request_id(), "\"}\n");
}

std::string_view html_body(exchange& ex, const problem& what, const failure& why) {
  arena& memory = ex.memory;
  const std::string_view status = status_text(memory, what.status);
  const std::string_view detail = detail_for(why);
  return memory.join("<!doctype html><html><head><meta charset=\"utf-8\"><title>", status, " ",
                     what.title, "</title></head><body><h1>", status, " ", what.title, "</h1><p>",
                     detail, "</p><p>Request <code>", ex.request_id(),
                     "</code></p></body></html>\n");
}

// What ended the work must not end the writing of its answer too.
void reopen_scopes(exchange& ex) {
  ex.scope.reset();
  ex.download_scope.reset();
}

}  // namespace

const problem& problem_of(const failure& why) noexcept {
  const auto* found = std::ranges::find_if(table, [&](const row& candidate) {
    return candidate.kind == why.kind && candidate.from == why.from;
  });
  return found == std::end(table) ? internal_error : found->answer;
}

bool answerable(const failure& why) noexcept {
  if (why.kind == fault::cancelled) return false;
  return why.from != side::client || (why.kind != fault::reset && why.kind != fault::end_of_stream);
}

response to_response(exchange& ex, const failure& why) {
  ex.note_failure(why);
  reopen_scopes(ex);
  const problem& what = problem_of(why);
  arena& memory = ex.memory;
  auto* head = memory.make<http::response_head>();
  head->status = what.status;
  const bool html = prefers_html(ex.request.fields);
  head->fields.add(memory, "Content-Type",
                   html ? "text/html; charset=utf-8" : "application/problem+json",
                   http::field_id::content_type);
  head->fields.set(memory, "X-Request-ID", ex.request_id());
  if (what.status == 405) head->fields.add(memory, "Allow", ex.allow);
  if (what.retry_after) head->fields.add(memory, "Retry-After", "1");
  response reply;
  reply.of_failure = true;
  reply.head = head;
  reply.body.text = html ? html_body(ex, what, why) : json_body(ex, what, why);
  reply.body.length = reply.body.text.size();
  return reply;
}

http::response_head* head_to_edit(exchange& ex, result<response>& reply) {
  if (!reply) {
    if (!answerable(reply.error())) return nullptr;
    reply = to_response(ex, reply.error());
  }
  return reply->head;
}

}  // namespace ferroway
