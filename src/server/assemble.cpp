#include "server/assemble.hpp"

#include <utility>

#include "middleware/access_log.hpp"
#include "middleware/header_edits.hpp"
#include "middleware/request_id.hpp"
#include "middleware/respond.hpp"
#include "upstream/forward.hpp"

namespace ferroway::server {
namespace {

using log_sink_ptr = std::shared_ptr<telemetry::log_sink>;
using steps = std::vector<std::shared_ptr<middleware>>;

// Every middleware there is.
struct make_middleware {
  const log_sink_ptr& log;

  std::shared_ptr<middleware> operator()(const config::request_id_middleware&) const {
    return std::make_shared<request_id>();
  }
  std::shared_ptr<middleware> operator()(const config::access_log_middleware&) const {
    return std::make_shared<access_log>(log);
  }
  std::shared_ptr<middleware> operator()(const config::request_headers_middleware& from) const {
    return std::make_shared<request_headers>(from.edits);
  }
  std::shared_ptr<middleware> operator()(const config::response_headers_middleware& from) const {
    return std::make_shared<response_headers>(from.edits);
  }
};

// Every handler there is.
std::shared_ptr<handler> make_handler(const config::route& from, const snapshot& into) {
  if (from.fixed) return std::make_shared<respond>(*from.fixed);
  return std::make_shared<upstream::forward>(into.upstreams[*from.upstream]);
}

listener_settings make_listener(const config::listener& from) {
  return {from.name,
          from.address,
          from.trusted_proxies,
          {from.limits.head_bytes, from.limits.header_fields, from.limits.target_bytes},
          from.limits.body_bytes,
          from.limits.connections,
          from.timeouts};
}

steps pick(const steps& all, const std::vector<std::size_t>& which) {
  steps chosen;
  chosen.reserve(which.size());
  for (const std::size_t index : which) chosen.push_back(all[index]);
  return chosen;
}

routing::route_pattern make_pattern(const config::route& from, std::size_t index) {
  return {from.host,
          from.path == config::path_kind::exact ? routing::path_kind::exact
                                                : routing::path_kind::prefix,
          from.pattern,
          from.methods,
          from.listeners,
          static_cast<std::uint32_t>(index)};
}

}  // namespace

assembled assemble(const config::config& from, std::uint32_t workers, log_sink_ptr log) {
  auto made = std::make_shared<snapshot>();
  made->drain_timeout = from.drain_timeout;
  for (const config::listener& item : from.listeners)
    made->listeners.push_back(make_listener(item));
  for (const config::upstream& item : from.upstreams) {
    made->upstreams.push_back(std::make_shared<upstream::upstream>(item, workers));
  }
  steps all;
  for (const config::middleware& item : from.middlewares) {
    all.push_back(std::visit(make_middleware{log}, item.settings));
  }
  std::vector<routing::route_pattern> patterns;
  patterns.reserve(from.routes.size());
  made->routes.reserve(from.routes.size());
  for (std::size_t i = 0; i < from.routes.size(); ++i) {
    const config::route& item = from.routes[i];
    patterns.push_back(make_pattern(item, i));
    made->routes.push_back({item.name,
                            pipeline(pick(all, item.pipeline), make_handler(item, *made)),
                            item.timeouts, item.websocket});
  }
  auto compiled = routing::route_table::compile(patterns);
  if (!compiled) {
    const config::route& wrong = from.routes[compiled.error().pattern];
    return {nullptr, "route `" + wrong.name + "`: " + compiled.error().message, wrong.at};
  }
  made->table = std::move(*compiled);
  made->refused = std::make_unique<route>(
      route{"", pipeline(pick(all, from.use), std::make_shared<refuse>()), {}, false});
  return {std::move(made), {}, {}};
}

}  // namespace ferroway::server
