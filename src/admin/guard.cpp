#include "admin/guard.hpp"

#include <openssl/crypto.h>

#include "base/text.hpp"
#include "exchange/problem.hpp"
#include "io/address.hpp"

namespace ferroway::admin {
namespace {

// Takes the same time wherever a wrong token differs; only its length shows.
bool equals_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// RFC 6750, 2.1. Several fields are ambiguous, and refused.
bool shows(const http::field_list& fields, std::string_view token) {
  if (fields.count(http::field_id::authorization) != 1) return false;
  std::string_view rest = fields.value(http::field_id::authorization);
  const std::string_view scheme = split_off(rest, ' ');
  return equals_ignoring_case(scheme, "bearer") && equals_in_constant_time(trim(rest), token);
}

bool from_another_site(const http::field_list& fields) {
  const http::field* site = fields.find("Sec-Fetch-Site");
  return site != nullptr && site->value() != "same-origin" && site->value() != "none";
}

task<result<response>> answer(exchange& ex, failure why) {
  response reply = to_response(ex, why);
  if (why.kind == fault::unauthorized) {
    reply.head->fields.add(ex.memory, "WWW-Authenticate", "Bearer realm=\"ferroway admin\"");
  }
  co_return reply;
}

}  // namespace

bool names_this_machine(std::string_view authority) {
  std::string_view host = authority;
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos) return false;
    host = host.substr(1, end - 1);
  } else {
    host = host.substr(0, host.find(':'));
  }
  if (equals_ignoring_case(host, "localhost") || equals_ignoring_case(host, "localhost.")) {
    return true;
  }
  const auto ip = io::ip_address::parse(host);
  return ip && ip->is_loopback();
}

std::optional<failure> guard::refuse(const exchange& ex) const {
  const auto because = [](fault kind, const char* why) {
    return failure{kind, side::client, false, why};
  };
  const http::field_list& fields = ex.request.fields;
  if (!token_.empty()) {
    if (shows(fields, token_)) return std::nullopt;
    return because(fault::unauthorized, "the admin listener's token is needed");
  }
  if (unix_socket_) return std::nullopt;
  if (!names_this_machine(ex.request.authority)) {
    return because(fault::forbidden, "without a token, ask by the name of localhost or 127.0.0.1");
  }
  if (fields.has(http::field_id::origin) || from_another_site(fields)) {
    return because(fault::forbidden, "without a token, no web page may ask");
  }
  return std::nullopt;
}

task<result<response>> guard::handle(exchange& ex, next_handler next) {
  // What could not be read at all is answered as everywhere.
  const bool malformed = ex.refusal && ex.refusal->kind != fault::no_route &&
                         ex.refusal->kind != fault::method_not_allowed;
  if (ex.listener != listener_ || malformed) return next(ex);
  if (const std::optional<failure> why = refuse(ex)) {
    ex.record(name(), "refused", why->detail);
    return answer(ex, *why);
  }
  return next(ex);
}

}  // namespace ferroway::admin
