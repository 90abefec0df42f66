// How many connections each worker may have on each listener: what the limit on open files leaves.
#pragma once

#include "config/config.hpp"

namespace ferroway::server {

// Raises the limit on open files as far as it goes, and fills in (or lowers, with a warning)
// `limits.connections` of every listener. Any thread.
void limit_connections(config::config& what, unsigned workers);

}  // namespace ferroway::server
