#include "upstream/request_fields.hpp"

#include "exchange/route.hpp"

namespace ferroway::upstream {

using http::field_id;

bool upgrades(const exchange& ex) noexcept {
  return ex.request.wants_websocket && ex.matched->websocket;
}

void prepare_request_fields(exchange& ex) {
  http::field_list& fields = ex.request.fields;
  if (!ex.request.expects_continue && fields.has(field_id::expect)) fields.remove(field_id::expect);
  if (upgrades(ex)) fields.set(ex.memory, "Upgrade", "websocket", field_id::upgrade);
}

std::string_view host_for(const exchange& ex, const upstream& to, const endpoint& target) {
  std::string_view host = ex.request.authority;
  if (to.host_sent() == config::host_sent::fixed) host = to.host_name();
  if (to.host_sent() == config::host_sent::endpoint || host.empty()) host = target.authority;
  return host;
}

void set_host(exchange& ex, const upstream& to, const endpoint& target) {
  const std::string_view host = host_for(ex, to, target);
  if (ex.request.fields.value(field_id::host) != host || !ex.request.fields.has(field_id::host)) {
    ex.request.fields.set(ex.memory, "Host", host, field_id::host);
  }
}

}  // namespace ferroway::upstream
