#include "config/known_keys.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "config/report.hpp"

namespace ferroway::config {
namespace {

constexpr bool later = false;

constexpr std::array top_keys{
    known_key{"version"},      known_key{"workers"},        known_key{"io"},
    known_key{"watch"},        known_key{"include", later}, known_key{"listen"},
    known_key{"listeners"},    known_key{"drain_timeout"},  known_key{"admin"},
    known_key{"probe", later}, known_key{"upstreams"},      known_key{"middlewares"},
    known_key{"use"},          known_key{"without"},        known_key{"routes"}};
constexpr std::array listener_keys{known_key{"name"}, known_key{"address"},
                                   known_key{"trusted_proxies"}, known_key{"limits"},
                                   known_key{"timeouts"}};
constexpr std::array limit_keys{known_key{"head_bytes"}, known_key{"header_fields"},
                                known_key{"target_bytes"}, known_key{"body_bytes"},
                                known_key{"connections"}};
constexpr std::array listener_timeout_keys{known_key{"head"}, known_key{"body"}, known_key{"send"},
                                           known_key{"keep_alive"}};
constexpr std::array upstream_keys{known_key{"endpoints"},
                                   known_key{"host"},
                                   known_key{"balance"},
                                   known_key{"health_check", later},
                                   known_key{"outlier_detection", later},
                                   known_key{"slow_start", later},
                                   known_key{"connections"},
                                   known_key{"timeouts"}};
constexpr std::array endpoint_keys{known_key{"url"}, known_key{"weight"}};
constexpr std::array connection_keys{known_key{"idle"}, known_key{"idle_timeout"},
                                     known_key{"max", later}, known_key{"max_pending", later}};
constexpr std::array upstream_timeout_keys{known_key{"connect"}};
constexpr std::array group_keys{known_key{"host"},     known_key{"use"},      known_key{"without"},
                                known_key{"listener"}, known_key{"timeouts"}, known_key{"routes"}};
constexpr std::array route_keys{known_key{"name"},
                                known_key{"host"},
                                known_key{"path"},
                                known_key{"methods"},
                                known_key{"headers", later},
                                known_key{"query", later},
                                known_key{"priority", later},
                                known_key{"use"},
                                known_key{"without"},
                                known_key{"rewrite", later},
                                known_key{"timeouts"},
                                known_key{"retry", later},
                                known_key{"to"},
                                known_key{"respond"},
                                known_key{"redirect", later},
                                known_key{"stick_by", later},
                                known_key{"mirror", later},
                                known_key{"listener"},
                                known_key{"websocket"}};
constexpr std::array path_keys{known_key{"exact"}, known_key{"regex", later}};
constexpr std::array respond_keys{known_key{"status"}, known_key{"body"}, known_key{"headers"}};
constexpr std::array route_timeout_keys{known_key{"request"}, known_key{"response"},
                                        known_key{"idle"}, known_key{"tunnel"}};
constexpr std::array edit_keys{known_key{"set"}, known_key{"add"}, known_key{"remove"}};

constexpr std::array kinds{known_key{"request_id"},       known_key{"access_log"},
                           known_key{"request_headers"},  known_key{"response_headers"},
                           known_key{"cors", later},      known_key{"rate_limit", later},
                           known_key{"jwt", later},       known_key{"basic_auth", later},
                           known_key{"api_key", later},   known_key{"forward_auth", later},
                           known_key{"compress", later},  known_key{"cache", later},
                           known_key{"ip_filter", later}, known_key{"concurrency_limit", later}};

struct translation {
  std::string_view theirs;
  std::string_view ours;
};

constexpr std::array translations{translation{"backends", "to"},
                                  translation{"backend", "to"},
                                  translation{"proxy_pass", "to"},
                                  translation{"service", "to"},
                                  translation{"upstream", "to"},
                                  translation{"server", "listen"},
                                  translation{"port", "listen"},
                                  translation{"bind", "listen"},
                                  translation{"auth_required", "use"},
                                  translation{"middleware", "use"},
                                  translation{"plugins", "use"},
                                  translation{"filters", "use"},
                                  translation{"servers", "endpoints"},
                                  translation{"targets", "endpoints"},
                                  translation{"targets", "to"},
                                  translation{"backends", "endpoints"},
                                  translation{"backends", "upstreams"},
                                  translation{"services", "upstreams"},
                                  translation{"clusters", "upstreams"},
                                  translation{"locations", "routes"},
                                  translation{"rules", "routes"},
                                  translation{"location", "path"},
                                  translation{"prefix", "path"},
                                  translation{"uri", "path"},
                                  translation{"hosts", "host"},
                                  translation{"domain", "host"},
                                  translation{"server_name", "host"},
                                  translation{"method", "methods"},
                                  translation{"upstreams", "to"},
                                  translation{"listeners", "listener"},
                                  translation{"timeout", "timeouts"},
                                  translation{"threads", "workers"},
                                  translation{"worker_processes", "workers"},
                                  translation{"lb_policy", "balance"},
                                  translation{"load_balancing", "balance"},
                                  translation{"max_body_size", "body_bytes"},
                                  translation{"client_max_body_size", "body_bytes"},
                                  translation{"keepalive_timeout", "keep_alive"},
                                  translation{"preserve_host", "host"},
                                  translation{"return", "respond"},
                                  translation{"code", "status"},
                                  translation{"delete", "remove"},
                                  translation{"max_tokens", "burst"},
                                  translation{"refill_rate", "rate"},
                                  translation{"allowed_origins", "origins"}};

bool has(const key_table& table, std::string_view name) {
  return std::ranges::find(table.keys, name, &known_key::name) != table.keys.end();
}

std::string elsewhere(std::string_view key) {
  for (const key_table* table : {&keys::top, &keys::route, &keys::listener, &keys::upstream,
                                 &keys::listener_limits, &keys::respond}) {
    if (has(*table, key)) return shown(key) + " belongs in " + std::string(table->what);
  }
  return {};
}

}  // namespace

namespace keys {
const key_table top{"the configuration", top_keys};
const key_table listener{"a listener", listener_keys};
const key_table listener_limits{"`limits`", limit_keys};
const key_table listener_timeouts{"a listener's `timeouts`", listener_timeout_keys};
const key_table upstream{"an upstream", upstream_keys};
const key_table endpoint{"an endpoint", endpoint_keys};
const key_table connections{"`connections`", connection_keys};
const key_table upstream_timeouts{"an upstream's `timeouts`", upstream_timeout_keys};
const key_table group{"a group of routes", group_keys};
const key_table route{"a route", route_keys};
const key_table path{"`path`", path_keys};
const key_table respond{"`respond`", respond_keys};
const key_table route_timeouts{"a route's `timeouts`", route_timeout_keys};
const key_table header_edits{"header edits", edit_keys};
const key_table none{"a middleware without settings", {}};
}  // namespace keys

std::span<const known_key> middleware_kinds() { return kinds; }

std::vector<std::string_view> working_names(std::span<const known_key> keys) {
  std::vector<std::string_view> names;
  for (const known_key& each : keys) {
    if (each.works) names.push_back(each.name);
  }
  return names;
}

std::string hint_for_unknown(std::string_view key, const key_table& table) {
  for (const translation& each : translations) {
    if (each.theirs == key && has(table, each.ours)) return "Ferroway calls it " + shown(each.ours);
  }
  std::vector<std::string_view> names;
  for (const known_key& each : table.keys) names.push_back(each.name);
  std::string hint = did_you_mean(key, names);
  if (hint.empty()) hint = elsewhere(key);
  if (!hint.empty() || table.keys.empty()) return hint;
  hint = "valid here:";
  for (const std::string_view name : working_names(table.keys)) {
    hint += hint.ends_with(':') ? " " : ", ";
    hint += name;
  }
  return hint;
}

}  // namespace ferroway::config
