// The process: workers on threads, signals, drain. `ferroway run` ends here.
#pragma once

#include <optional>
#include <string>

#include "config/load.hpp"

namespace ferroway::server {

// Serves until a signal ends it; the main thread waits for signals meanwhile. Returns the exit
// code: 0 after a stop, 1 when it could not start (one line on standard error says why).
//   TERM, INT  drain (stop accepting, finish exchanges, at most `drain_timeout`); a second one ends
//              at once
//   QUIT       ends at once
//   HUP        reads `file` again and serves by it where it is fine (server/reload.hpp)
// `from` is what `file` was found to say, with a value; `io` overrides its choice for as long as
// the process lives. `version` is for the admin listener.
int run(const std::string& file, config::loaded from,
        std::optional<std::optional<io::backend>> io = {}, std::string version = {});

}  // namespace ferroway::server
