// Warns of routes that can never match, because others that are asked before take every request
// that they would take.
#pragma once

#include "config/draft.hpp"
#include "config/report.hpp"

namespace ferroway::config {

// Finds what can be told from hosts, paths, conditions, methods, listeners and priorities. What one
// regular expression takes from another is not judged (only one that takes everything). Bounded
// work: in a file of very many routes with several priorities some may go unnoticed.
void warn_of_hidden_routes(const draft& all, reporter& report);

}  // namespace ferroway::config
