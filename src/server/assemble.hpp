// From a configuration to live objects: the one visible list of every middleware and handler there
// is.
#pragma once

#include <memory>
#include <string>

#include "config/config.hpp"
#include "server/snapshot.hpp"
#include "telemetry/log_outputs.hpp"
#include "telemetry/metrics.hpp"
#include "upstream/discovery/name_answers.hpp"

namespace ferroway::server {

struct assembled {
  std::shared_ptr<const snapshot> value;  // null when `error` says why not
  std::string error;
  config::position at;  // of what is to blame
};

// `workers` is how many will share it. Access logs go where they say, opened in `logs`; null:
// nowhere. What `previous` (made for as many workers) has with the same configuration is taken over
// as it is: upstreams with their pools, endpoints of upstreams that have changed elsewhere,
// middlewares with what they remember. Traffic is counted in `count_in`, where what has the same
// name goes on with its figures; null: nowhere. Endpoints that `previous` has not are new at `now`.
// Names of endpoints stand for what `names` knows of them; null: for themselves, in rehearsals.
assembled assemble(const config::config& from, std::uint32_t workers, telemetry::log_outputs* logs,
                   const snapshot* previous = nullptr, telemetry::metrics* count_in = nullptr,
                   time_point now = time_point::min(),
                   const upstream::name_answers* names = nullptr);

}  // namespace ferroway::server
