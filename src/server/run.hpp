// The process: workers on threads, signals, drain. `ferroway run` ends here.
#pragma once

#include "config/config.hpp"

namespace ferroway::server {

// Serves until a signal ends it; the main thread waits for signals meanwhile. Returns the exit
// code: 0 after a stop, 1 when it could not start (one line on standard error says why).
//   TERM, INT: drain (stop accepting, finish exchanges, at most `drain_timeout`); a second one ends
//   at
//              once.
//   QUIT:      ends at once.
int run(const config::config& what);

}  // namespace ferroway::server
