#include "middleware/security_headers.hpp"

#include "exchange/problem.hpp"

namespace ferroway {

using http::field_id;

security_headers::security_headers(const config::security_headers_middleware& from)
    : transport_{"Strict-Transport-Security", from.strict_transport_security},
      override_(from.override_upstream) {
  for (header each : {header{"X-Content-Type-Options", from.content_type_options},
                      header{"X-Frame-Options", from.frame_options},
                      header{"Referrer-Policy", from.referrer_policy},
                      header{"Content-Security-Policy", from.content_security_policy},
                      header{"Permissions-Policy", from.permissions_policy}}) {
    if (!each.value.empty()) others_.push_back(std::move(each));
  }
}

void security_headers::put(exchange& ex, http::field_list& fields, const header& what) const {
  if (override_) {
    fields.set(ex.memory, what.name, what.value, field_id::other);
  } else if (fields.find(what.name) == nullptr) {
    fields.add(ex.memory, what.name, what.value, field_id::other);
  }
}

task<result<response>> security_headers::handle(exchange& ex, next_handler next) {
  // identify_client has left there what a trusted proxy says, or what we know ourselves.
  // Middlewares behind this one may change it.
  const bool secured = ex.request.fields.value(field_id::x_forwarded_proto) == "https";
  result<response> reply = co_await next(ex);
  http::response_head* head = head_to_edit(ex, reply);
  if (head == nullptr) co_return reply;
  for (const header& each : others_) put(ex, head->fields, each);
  // Browsers disregard it in clear, and it must not be sent there (RFC 6797, 7.2).
  if (secured && !transport_.value.empty()) put(ex, head->fields, transport_);
  ex.record(name(), "edited", secured ? "" : "it came by http: no Strict-Transport-Security");
  co_return reply;
}

}  // namespace ferroway
