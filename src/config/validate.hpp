// What can be judged only when all is read: names of routes, variables against captures, routes
// that can never match, things nobody uses. And the last step, from a draft without errors to the
// configuration.
#pragma once

#include "config/draft.hpp"
#include "config/report.hpp"

namespace ferroway::config {

void validate(const draft& all, reporter& report);

// Gives names to what has none, and numbers middlewares by their first use. `from` has been found
// valid.
config finish(draft from);

}  // namespace ferroway::config
