// The long form of a middleware's settings.
#pragma once

#include <string>
#include <vector>

#include "config/middlewares.hpp"

namespace ferroway::config {

// A line each, indented within themselves; none where there are no settings.
std::vector<std::string> long_form_of(const middleware_settings& from,
                                      const outside_values& outside);

}  // namespace ferroway::config
