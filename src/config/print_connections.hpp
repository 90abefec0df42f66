// The long form of `connections`: lines below it.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"

namespace ferroway::config {

std::vector<std::string> connections_of(const upstream& from);

}  // namespace ferroway::config
