// Why the other routes did not take a request: for `ferroway explain` and failed tests. Costs in
// the number of routes, unlike a match. Each condition is judged by the very code that matches: a
// table of that one route, or the compiled condition.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "routing/route_table.hpp"

namespace ferroway::routing {

struct loser {
  // `ambiguity`: all hold, but the path has what the route does not allow in it.
  // The first condition that failed, in the order in which they are asked; `order`: all hold, and
  // another route is asked before.
  enum class by : std::uint8_t { listener, host, path, header, query, method, ambiguity, order };
  std::size_t route = 0;  // index
  by lost = by::host;
  std::string why;  // for people
};

std::string_view to_string(loser::by which) noexcept;

// Those that came closest, the closest first. `winner` is left out.
std::vector<loser> closest_losers(std::span<const config::route> routes, const route_query& asked,
                                  std::optional<std::size_t> winner, std::size_t count_max);
// Why this one did not.
loser why_lost(std::span<const config::route> routes, std::size_t route, const route_query& asked,
               std::optional<std::size_t> winner);

}  // namespace ferroway::routing
