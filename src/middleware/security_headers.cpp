#include "middleware/security_headers.hpp"

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
  ex.at_answer(secured ? &edit_secured : &edit_clear, this);
  return next(ex);
}

void security_headers::edit_secured(exchange& ex, http::response_head& head, const void* with) {
  const auto& by = *static_cast<const security_headers*>(with);
  for (const header& each : by.others_) by.put(ex, head.fields, each);
  if (!by.transport_.value.empty()) by.put(ex, head.fields, by.transport_);
  ex.record(by.name(), "edited");
}

// Browsers disregard Strict-Transport-Security in clear, and it must not be sent there (RFC 6797,
// 7.2).
void security_headers::edit_clear(exchange& ex, http::response_head& head, const void* with) {
  const auto& by = *static_cast<const security_headers*>(with);
  for (const header& each : by.others_) by.put(ex, head.fields, each);
  ex.record(by.name(), "edited", "it came by http: no Strict-Transport-Security");
}

}  // namespace ferroway
