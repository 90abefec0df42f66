// Which configuration file a verb reads, and how it shows what is wrong with it.
#pragma once

#include <optional>
#include <string>

#include "config/load.hpp"

namespace ferroway::cli {

// `given` where it is not empty, else the first of ./ferroway.yaml and /etc/ferroway/ferroway.yaml
// that exists; nullopt, with a message on stderr, if there is none.
std::optional<std::string> configuration_file(const std::string& given);

// All diagnostics on stderr, in colour on a terminal (unless NO_COLOR is set, see no-color.org).
void show_diagnostics(const config::loaded& outcome);

}  // namespace ferroway::cli
