#include "config/known_keys.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "config/report.hpp"

namespace ferroway::config {
namespace {

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
                                  translation{"allowed_origins", "origins"},
                                  translation{"allow_origins", "origins"},
                                  translation{"allowed_methods", "methods"},
                                  translation{"allow_methods", "methods"},
                                  translation{"allowed_headers", "headers"},
                                  translation{"allow_headers", "headers"},
                                  translation{"exposed_headers", "expose"},
                                  translation{"expose_headers", "expose"},
                                  translation{"allow_credentials", "credentials"},
                                  translation{"algorithms", "encodings"},
                                  translation{"encoding", "encodings"},
                                  translation{"gzip_types", "types"},
                                  translation{"content_types", "types"},
                                  translation{"mime_types", "types"},
                                  translation{"min_size", "min_bytes"},
                                  translation{"min_length", "min_bytes"},
                                  translation{"minimum_length", "min_bytes"},
                                  translation{"gzip_min_length", "min_bytes"},
                                  translation{"quality", "level"},
                                  translation{"compression_level", "level"}};

std::string elsewhere(std::string_view key) {
  for (const key_table* table : {&keys::top, &keys::route, &keys::listener, &keys::upstream,
                                 &keys::listener_limits, &keys::respond, &keys::rewrite}) {
    if (table->find(key) != nullptr) return shown(key) + " belongs in " + std::string(table->what);
  }
  return {};
}

// A kind of middleware where middlewares are in effect.
std::string as_middleware(std::string_view key, const key_table& table) {
  const auto kinds = middleware_kinds();
  const bool is_kind = std::ranges::find(kinds, key, &known_key::name) != kinds.end();
  if (!is_kind || table.find("use") == nullptr) return {};
  return "a middleware stands under `use`, such as `use: [{" + std::string(key) + ": ...}]`";
}

}  // namespace

const known_key* key_table::find(std::string_view key) const noexcept {
  const auto found = std::ranges::find(keys, key, &known_key::name);
  return found == keys.end() ? nullptr : &*found;
}

std::vector<std::string_view> working_names(std::span<const known_key> keys) {
  std::vector<std::string_view> names;
  for (const known_key& each : keys) {
    if (each.works) names.push_back(each.name);
  }
  return names;
}

std::string hint_for_unknown(std::string_view key, const key_table& table) {
  for (const translation& each : translations) {
    if (each.theirs == key && table.find(each.ours) != nullptr)
      return "Ferroway calls it " + shown(each.ours);
  }
  std::vector<std::string_view> names;
  for (const known_key& each : table.keys) names.push_back(each.name);
  std::string hint = did_you_mean(key, names);
  if (&table == &keys::included && keys::top.find(key) != nullptr) {
    hint = shown(key) + " belongs in the main file";
  }
  if (hint.empty()) hint = as_middleware(key, table);
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
