#include "middleware/redirect.hpp"

#include "config/host_pattern.hpp"

namespace ferroway {

using http::field_id;

redirect::redirect(const config::redirect& what, http::path_ambiguities allowed)
    : what_(what), port_(what.port ? std::to_string(*what.port) : ""), path_(what.path, allowed) {}

std::string_view redirect::origin(exchange& ex) const {
  if (what_.scheme.empty() && what_.host.empty() && !what_.port) return {};
  std::string_view scheme = what_.scheme;
  if (scheme.empty()) {
    // identify_client has left there what a trusted proxy says, or what we know ourselves.
    const std::string_view claimed = ex.request.fields.value(field_id::x_forwarded_proto);
    scheme = claimed == "https" ? "https" : "http";
  }
  std::string_view host = what_.host;
  std::string_view port = port_;
  if (host.empty()) {
    const auto parts = config::split_authority(ex.request.authority);
    if (!parts || parts->host.empty()) return {};
    host = parts->host;
    // Another scheme has another port.
    if (port.empty() && what_.scheme.empty()) port = parts->port;
  }
  const std::string_view colon = port.empty() ? "" : ":";
  return ex.memory.join(scheme, "://", host, colon, port);
}

task<result<response>> redirect::handle(exchange& ex) {
  result<std::string_view> path =
      path_.empty() ? result<std::string_view>(ex.request.path) : path_.fill(ex);
  if (!path) co_return fail(path.error());
  const std::string_view mark = ex.request.has_query ? "?" : "";
  response reply;
  reply.head = ex.memory.make<http::response_head>();
  reply.head->status = what_.status;
  const std::string_view to = ex.memory.join(origin(ex), *path, mark, ex.request.query);
  reply.head->fields.add(ex.memory, "Location", to, field_id::location);
  reply.body.length = 0;
  ex.record("redirect", "answered", to);
  co_return reply;
}

}  // namespace ferroway
