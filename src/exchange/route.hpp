// What a request is matched to: a name, a pipeline and its times. There is one for every outcome,
// 404 and 405 too.
#pragma once

#include <memory>
#include <string>

#include "config/config.hpp"
#include "exchange/path_rewrite.hpp"
#include "exchange/pipeline.hpp"
#include "telemetry/traffic.hpp"

namespace ferroway {

struct route {
  std::string name;
  pipeline steps;
  config::route_timeouts timeouts;
  bool websocket = true;  // upgrades may pass to the upstream
  http::path_ambiguities allowed_in_path = {};
  std::unique_ptr<const path_rewrite> rewrite = {};  // null: the upstream sees the path as it came
  std::shared_ptr<telemetry::route_stats> stats = nullptr;  // null: nobody counts
  bool answers_preflights = false;                          // it has `cors`
  boxed<config::retry> retry = {};
};

}  // namespace ferroway
