#include "telemetry/metrics.hpp"

namespace ferroway::telemetry {

void metrics::forget_unused() {
  routes_.forget_unused();
  listeners_.forget_unused();
  upstreams_.forget_unused();
  middlewares_.forget_unused();
  mirrors_.forget_unused();
  endpoints_.forget_unused();
  resolved_.forget_unused();
  key_sets_.forget_unused();
}

}  // namespace ferroway::telemetry
