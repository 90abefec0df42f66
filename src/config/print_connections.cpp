#include "config/print_connections.hpp"

#include "config/scalar.hpp"

namespace ferroway::config {

std::vector<std::string> connections_of(const upstream& from) {
  std::vector<std::string> all;
  const auto add = [&all](const std::string& key, const std::string& value) {
    all.push_back(key + ": " + value);
  };
  add("idle", std::to_string(from.idle_connections));
  add("idle_timeout", format_duration(from.idle_timeout));
  if (from.lifetime > duration(0)) add("lifetime", format_duration(from.lifetime));
  if (from.warm > 0) add("warm", std::to_string(from.warm));
  const upstream_limits& limits = from.limits;
  if (!limits.any()) return all;
  if (limits.connections) add("max", std::to_string(*limits.connections));
  if (limits.requests) add("max_requests", std::to_string(*limits.requests));
  add("max_pending", std::to_string(limits.pending));
  add("pending_timeout", format_duration(limits.pending_timeout));
  if (!limits.adaptive) return all;
  all.emplace_back("adaptive:");
  add("  min", std::to_string(limits.adaptive_min));
  add("  tolerance", std::to_string(limits.tolerance) + "%");
  return all;
}

}  // namespace ferroway::config
