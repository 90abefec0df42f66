// One active check of one endpoint.
#pragma once

#include "base/task.hpp"
#include "config/config.hpp"
#include "io/loop.hpp"
#include "upstream/endpoint.hpp"

namespace ferroway::upstream {

struct check_result {
  bool passed = false;
  const char* why = "";  // a literal: what was wrong, or "passed its checks"
};

// Within the check's timeout; the scope ends it before.
task<check_result> check_once(io::loop& on, const endpoint& at, const config::health_check& by,
                              io::cancel_scope& scope);

}  // namespace ferroway::upstream
