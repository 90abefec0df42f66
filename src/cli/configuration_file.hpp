// Which configuration file a verb reads, and how it shows what is wrong with it.
#pragma once

#include <optional>
#include <string>

#include "config/load.hpp"

namespace ferroway::cli {

// `given` where it is not empty, else the first of ./ferroway.yaml and /etc/ferroway/ferroway.yaml
// that exists; nullopt, with a message on stderr, if there is none.
std::optional<std::string> configuration_file(const std::string& given);

// Loads `file` and makes sure that it can be served: what only the compiled routes can tell (a path
// too long, a table that could cost too much) is a diagnostic like any other.
config::loaded load_servable(const std::string& file);

// All diagnostics on stderr, in colour on a terminal (unless NO_COLOR is set, see no-color.org).
void show_diagnostics(const config::loaded& outcome);

}  // namespace ferroway::cli
