// The order in which routes are asked, spelled out: for lists that people read, and to say why one
// route comes before another. The table itself (route_table.hpp) needs none of this; a test holds
// the two together.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace ferroway::routing {

// Indices of the routes, those asked first in front. Hosts and paths that exclude each other stand
// in alphabetical order. (One thing no list can show: `/a/{rest...}` stands in front of `/a`, which
// is asked first where nothing follows.)
std::vector<std::size_t> match_order(std::span<const config::route> routes);

// For people: why `first`, which comes before `second`, does: "its host is exact".
std::string why_first(const config::route& first, const config::route& second);

}  // namespace ferroway::routing
