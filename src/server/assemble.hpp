// From a configuration to live objects: the one visible list of every middleware and handler there
// is.
#pragma once

#include <memory>
#include <string>

#include "config/config.hpp"
#include "server/snapshot.hpp"
#include "telemetry/log_sink.hpp"

namespace ferroway::server {

struct assembled {
  std::shared_ptr<const snapshot> value;  // null when `error` says why not
  std::string error;
  config::position at;  // of the route that is to blame
};

// `workers` is how many will share it; access logs go to `log`.
assembled assemble(const config::config& from, std::uint32_t workers,
                   std::shared_ptr<telemetry::log_sink> log);

}  // namespace ferroway::server
