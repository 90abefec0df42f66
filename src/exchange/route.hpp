// What a request is matched to: a name, a pipeline and its times. There is one for every outcome,
// 404 and 405 too.
#pragma once

#include <string>

#include "config/config.hpp"
#include "exchange/pipeline.hpp"

namespace ferroway {

struct route {
  std::string name;
  pipeline steps;
  config::route_timeouts timeouts;
  bool websocket = true;  // upgrades may pass to the upstream
};

}  // namespace ferroway
