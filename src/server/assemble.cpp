#include "server/assemble.hpp"

#include <algorithm>
#include <cassert>
#include <unordered_map>
#include <utility>

#include "config/middlewares.hpp"
#include "middleware/access_log.hpp"
#include "middleware/api_key.hpp"
#include "middleware/basic_auth.hpp"
#include "middleware/body_limit.hpp"
#include "middleware/compress.hpp"
#include "middleware/concurrency_limit.hpp"
#include "middleware/cors.hpp"
#include "middleware/error_pages.hpp"
#include "middleware/forward_auth.hpp"
#include "middleware/header_edits.hpp"
#include "middleware/hmac.hpp"
#include "middleware/ip_filter.hpp"
#include "middleware/jwt.hpp"
#include "middleware/rate_limit.hpp"
#include "middleware/redirect.hpp"
#include "middleware/request_id.hpp"
#include "middleware/respond.hpp"
#include "middleware/security_headers.hpp"
#include "upstream/forward.hpp"
#include "upstream/mirror.hpp"
#include "upstream/split.hpp"

namespace ferroway::server {
namespace {

using steps = std::vector<std::shared_ptr<middleware>>;

// Why a middleware cannot be made, and what in the file is to blame.
struct refusal {
  std::string error;
  config::position at;
};

// Every middleware there is. Null where `refused` says why not.
struct make_middleware {
  telemetry::log_outputs* logs;
  refusal& refused;
  std::uint32_t workers;
  const std::string& name;
  const middleware* before;  // of that name, in the snapshot before this; null where there was none
  const snapshot& into;

  std::shared_ptr<middleware> operator()(const config::request_id_middleware&) const {
    return std::make_shared<request_id>();
  }
  std::shared_ptr<middleware> operator()(const config::access_log_middleware& from) const {
    if (logs == nullptr) return std::make_shared<access_log>(nullptr, from);
    auto sink = logs->find(from.to);
    if (sink) return std::make_shared<access_log>(std::move(*sink), from);
    refused = {std::move(sink.error()), from.to_at};
    return nullptr;
  }
  std::shared_ptr<middleware> operator()(const config::request_headers_middleware& from) const {
    return std::make_shared<request_headers>(from.edits);
  }
  std::shared_ptr<middleware> operator()(const config::response_headers_middleware& from) const {
    return std::make_shared<response_headers>(from.edits);
  }
  std::shared_ptr<middleware> operator()(const config::rate_limit_middleware& from) const {
    return std::make_shared<rate_limit>(from, name, dynamic_cast<const rate_limit*>(before));
  }
  std::shared_ptr<middleware> operator()(const config::security_headers_middleware& from) const {
    return std::make_shared<security_headers>(from);
  }
  std::shared_ptr<middleware> operator()(const config::cors_middleware& from) const {
    return std::make_shared<cors>(from);
  }
  std::shared_ptr<middleware> operator()(const config::ip_filter_middleware& from) const {
    return std::make_shared<ip_filter>(from);
  }
  std::shared_ptr<middleware> operator()(const config::jwt_middleware& from) const {
    return std::make_shared<jwt_guard>(from, workers, dynamic_cast<const jwt_guard*>(before));
  }
  std::shared_ptr<middleware> operator()(const config::api_key_middleware& from) const {
    return std::make_shared<api_key_guard>(from, workers);
  }
  std::shared_ptr<middleware> operator()(const config::basic_auth_middleware& from) const {
    return std::make_shared<basic_auth_guard>(from, workers);
  }
  std::shared_ptr<middleware> operator()(const config::hmac_middleware& from) const {
    return std::make_shared<hmac_guard>(from, workers, dynamic_cast<const hmac_guard*>(before));
  }
  std::shared_ptr<middleware> operator()(const config::body_limit_middleware& from) const {
    return std::make_shared<body_limit>(from);
  }
  std::shared_ptr<middleware> operator()(const config::compress_middleware& from) const {
    return std::make_shared<compress>(from);
  }
  std::shared_ptr<middleware> operator()(const config::concurrency_limit_middleware& from) const {
    return std::make_shared<concurrency_limit>(from, workers,
                                               dynamic_cast<const concurrency_limit*>(before));
  }
  std::shared_ptr<middleware> operator()(const config::error_pages_middleware& from) const {
    return std::make_shared<error_pages>(from);
  }
  std::shared_ptr<middleware> operator()(const config::forward_auth_middleware& from) const {
    const auto service =
        std::ranges::find_if(into.upstreams, [&](const std::shared_ptr<upstream::upstream>& each) {
          return each->name() == from.upstream;
        });
    assert(service != into.upstreams.end());
    return std::make_shared<forward_auth>(from, *service);
  }
};

// Every handler there is.
std::shared_ptr<handler> make_sender(const config::route& from, const snapshot& into) {
  std::vector<upstream::split::part> parts;
  for (const config::target& each : from.targets) {
    const auto& to = into.upstreams[each.upstream];
    parts.push_back({to->name(), each.weight, std::make_shared<upstream::forward>(to)});
  }
  if (parts.size() == 1) return parts[0].to;
  return std::make_shared<upstream::split>(std::move(parts), from.stick_by);
}

std::shared_ptr<handler> make_handler(const config::route& from, const snapshot& into,
                                      std::uint32_t workers, telemetry::metrics* count_in) {
  if (from.fixed) return std::make_shared<respond>(*from.fixed);
  if (from.elsewhere) return std::make_shared<redirect>(*from.elsewhere, from.allowed_in_path);
  std::shared_ptr<handler> sender = make_sender(from, into);
  if (!from.copies) return sender;
  auto counted = count_in != nullptr
                     ? count_in->mirror(from.name)
                     : std::make_shared<telemetry::mirror_stats>(from.name, workers);
  return std::make_shared<upstream::mirror>(from, std::move(sender),
                                            into.upstreams[from.copies->to], std::move(counted));
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

// What the new snapshot takes over from the one before it.
class predecessor {
 public:
  predecessor(const snapshot* from, const config::config& to, time_point now,
              const upstream::name_answers* names)
      : now_(now), names_(names), own_(upstream::own_addresses(to)) {
    if (from == nullptr) return;
    find_heirs(*from, to);
    for (const middleware_in_use& item : from->middlewares) {
      middlewares_.emplace(item.from.name, &item);
    }
  }

  std::shared_ptr<upstream::upstream> take(const config::upstream& wanted,
                                           std::uint32_t workers) const {
    const auto found = inherited_.find(wanted.name);
    const upstream::upstream* relative = nullptr;
    if (found != inherited_.end()) {
      if (found->second->made_from() == wanted) return found->second;
      relative = &found->second->newest();
    }
    const bool resolve =
        names_ != nullptr && std::ranges::any_of(wanted.endpoints, &config::endpoint::is_name);
    if (!resolve) return std::make_shared<upstream::upstream>(wanted, workers, relative, now_);
    // It stands for its versions, the first of which takes over what there is. Until a name that is
    // new has been resolved, that is where its requests go on to go.
    std::vector<config::endpoint> before;
    if (relative != nullptr) before = relative->made_from().endpoints;
    const config::upstream first = upstream::expand(wanted, *names_, own_, before);
    auto made = std::make_shared<upstream::upstream>(wanted, workers);
    made->resolve_from(std::make_shared<upstream::upstream>(first, workers, relative, now_),
                       workers, std::move(before));
    return made;
  }
  // Null where there is no such middleware.
  std::shared_ptr<middleware> take(const config::middleware& wanted) const {
    const auto found = middlewares_.find(wanted.name);
    const bool same = found != middlewares_.end() && found->second->from == wanted;
    return same ? found->second->step : nullptr;
  }
  // The one of that name, whatever its settings were.
  const middleware* known(std::string_view name) const {
    const auto found = middlewares_.find(name);
    return found == middlewares_.end() ? nullptr : found->second->step.get();
  }

 private:
  using by_text = std::unordered_multimap<std::string_view, std::shared_ptr<upstream::upstream>>;

  static std::string_view first_endpoint(const config::upstream& of) {
    return of.endpoints.empty() ? std::string_view{} : of.endpoints.front().url;
  }

  // Each one of before has one heir at most: upstreams that are alike do not share endpoints.
  void find_heirs(const snapshot& from, const config::config& to) {
    by_text left;
    for (const auto& item : from.upstreams) left.emplace(item->name(), item);
    const auto inherit = [&](const config::upstream& heir, by_text::iterator found) {
      inherited_.emplace(heir.name, std::move(found->second));
      left.erase(found);
    };
    for (const config::upstream& wanted : to.upstreams) {
      const auto found = left.find(wanted.name);
      if (found == left.end()) continue;
      if (first_endpoint(found->second->made_from()) == first_endpoint(wanted)) {
        inherit(wanted, found);
      }
    }
    find_renamed(left, to);
    for (const config::upstream& wanted : to.upstreams) {
      const auto found = left.find(wanted.name);
      if (found != left.end() && !inherited_.contains(wanted.name)) inherit(wanted, found);
    }
  }

  // Those that differ in their names alone: upstreams that stand in routes are named after them,
  // and routes without a name by their place in the file.
  void find_renamed(by_text& left, const config::config& to) {
    by_text by_endpoint;
    for (const auto& [name, item] : left) {
      by_endpoint.emplace(first_endpoint(item->made_from()), item);
    }
    for (const config::upstream& wanted : to.upstreams) {
      if (inherited_.contains(wanted.name)) continue;
      config::upstream same = wanted;
      const auto [begin, end] = by_endpoint.equal_range(first_endpoint(wanted));
      const auto found = std::find_if(begin, end, [&](const by_text::value_type& each) {
        same.name = each.second->name();
        return each.second->made_from() == same;
      });
      if (found == end) continue;
      left.erase(found->second->name());
      inherited_.emplace(wanted.name, std::move(found->second));
      by_endpoint.erase(found);
    }
  }

  const time_point now_;
  const upstream::name_answers* const names_;
  const std::vector<io::address> own_;
  // By the heir's name.
  std::unordered_map<std::string_view, std::shared_ptr<upstream::upstream>> inherited_;
  std::unordered_map<std::string_view, const middleware_in_use*> middlewares_;
};

// False where one of them is refused.
bool add_middlewares(const config::config& from, std::uint32_t workers,
                     telemetry::log_outputs* logs, refusal& refused, const predecessor& before,
                     snapshot& into) {
  for (const config::middleware& item : from.middlewares) {
    // One that asks an upstream asks that of its own snapshot, which may be another by now.
    const bool asks = std::holds_alternative<config::forward_auth_middleware>(item.settings->as);
    std::shared_ptr<middleware> step = asks ? nullptr : before.take(item);
    if (!step) {
      const make_middleware make{logs, refused, workers, item.name, before.known(item.name), into};
      step = std::visit(make, item.settings->as);
      if (!step) return false;
      step->call(item.name);
    }
    for (const std::string& name : step->secret_parameters()) {
      into.secret_parameters.push_back(name);
    }
    into.identities.add(step->identity_headers());
    into.middlewares.push_back({item, std::move(step)});
  }
  return true;
}

steps pick(const std::vector<middleware_in_use>& all, const std::vector<std::size_t>& which) {
  steps chosen;
  chosen.reserve(which.size());
  for (const std::size_t index : which) chosen.push_back(all[index].step);
  return chosen;
}

std::unique_ptr<const path_rewrite> make_rewrite(const config::route& from) {
  if (!from.rewrite) return nullptr;
  return std::make_unique<const path_rewrite>(*from.rewrite, from.allowed_in_path);
}

routing::route_pattern make_pattern(const config::route& from, std::size_t index,
                                    bool answers_preflights) {
  return {from.host,         from.path,      from.pattern,
          from.methods,      from.headers,   from.query,
          from.priority,     from.listeners, static_cast<std::uint32_t>(index),
          answers_preflights};
}

bool has_cors(const config::config& from, const config::route& which) {
  return std::ranges::any_of(which.pipeline, [&](std::size_t index) {
    return from.middlewares[index].kind == config::cors_kind;
  });
}

// What no route takes; nothing in a configuration can be called so.
constexpr std::string_view no_route_name = "(none)";

void count(snapshot& made, telemetry::metrics& in) {
  for (route& each : made.routes) each.stats = in.route(each.name);
  made.refused->stats = in.route(no_route_name);
  for (listener_settings& each : made.listeners) each.stats = in.listener(each.name);
  for (const auto& each : made.upstreams) each->count_in(in);
  for (const middleware_in_use& each : made.middlewares) each.step->count_in(in);
}

}  // namespace

assembled assemble(const config::config& from, std::uint32_t workers, telemetry::log_outputs* logs,
                   const snapshot* previous, telemetry::metrics* count_in, time_point now,
                   const upstream::name_answers* names) {
  const predecessor before(previous, from, now, names);
  auto made = std::make_shared<snapshot>();
  made->drain_timeout = from.drain_timeout;
  for (const config::listener& item : from.listeners)
    made->listeners.push_back(make_listener(item));
  for (const config::upstream& item : from.upstreams) {
    made->upstreams.push_back(before.take(item, workers));
  }
  refusal refused;
  if (!add_middlewares(from, workers, logs, refused, before, *made)) {
    return {nullptr, std::move(refused.error), refused.at};
  }
  std::vector<routing::route_pattern> patterns;
  patterns.reserve(from.routes.size());
  made->routes.reserve(from.routes.size());
  for (std::size_t i = 0; i < from.routes.size(); ++i) {
    const config::route& item = from.routes[i];
    const bool answers_preflights = has_cors(from, item);
    patterns.push_back(make_pattern(item, i, answers_preflights));
    made->routes.push_back({item.name,
                            pipeline(pick(made->middlewares, item.pipeline),
                                     make_handler(item, *made, workers, count_in)),
                            item.timeouts, item.websocket, item.allowed_in_path, make_rewrite(item),
                            nullptr, answers_preflights, item.again});
  }
  auto compiled = routing::route_table::compile(patterns);
  if (!compiled) {
    const config::route& wrong = from.routes[compiled.error().pattern];
    return {nullptr, "route `" + wrong.name + "`: " + compiled.error().message, wrong.at};
  }
  made->table = std::move(*compiled);
  made->refused = std::make_unique<route>(route{
      "", pipeline(pick(made->middlewares, from.use), std::make_shared<refuse>()), {}, false});
  if (count_in != nullptr) count(*made, *count_in);
  return {std::move(made), {}, {}};
}

}  // namespace ferroway::server
