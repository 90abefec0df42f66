#include "server/connection_limits.hpp"

#include <sys/resource.h>

#include <algorithm>

#include "telemetry/log.hpp"

namespace ferroway::server {
namespace {

// Descriptors that are not connections: files, loops, listeners.
constexpr rlim_t reserved_descriptors = 64;

rlim_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace

// Three quarters of the descriptors are for clients, the rest for upstreams; a listener may have
// fewer, not more.
void limit_connections(config::config& what, unsigned workers) {
  const rlim_t descriptors = raise_descriptor_limit();
  const rlim_t usable =
      descriptors > reserved_descriptors * 2 ? descriptors - reserved_descriptors : descriptors / 2;
  const auto share = static_cast<std::size_t>(
      std::max<rlim_t>(usable / workers * 3 / 4 / what.listeners.size(), 1));
  for (config::listener& item : what.listeners) {
    const std::size_t wanted = item.limits.connections.value_or(share);
    if (wanted > share) {
      telemetry::log(telemetry::log_level::warning,
                     "fewer connections than configured: descriptors are too few",
                     {{"listener", item.name},
                      {"configured", wanted},
                      {"per_worker", share},
                      {"RLIMIT_NOFILE", descriptors}});
    }
    item.limits.connections = std::min(wanted, share);
  }
}

}  // namespace ferroway::server
