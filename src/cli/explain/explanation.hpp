// What `explain` found, and its two ways of saying it.
#pragma once

#include <string>
#include <vector>

#include "config/load.hpp"
#include "routing/losers.hpp"
#include "server/rehearsal.hpp"

namespace ferroway::cli {

struct explanation {
  const config::loaded& file;
  const server::rehearsal_request& asked;
  std::string listener;
  server::rehearsal_outcome outcome;
  std::vector<routing::loser> losers;
};

// For people; in colour where asked.
std::string as_text(const explanation& what, bool colour);
// One JSON document; docs/CONFIGURATION.md lists its members.
std::string as_json(const explanation& what);

// Where a route stands: "gateway.yaml:12".
std::string place_of(const config::loaded& file, std::size_t route);
// What a route matches, in short: "api.example.com/users/{id} GET, POST".
std::string summary_of(const config::config& in, const config::route& route);
// The middlewares in effect for an outcome, in order.
const std::vector<std::size_t>& pipeline_of(const config::config& in,
                                            const server::rehearsal_outcome& outcome);
// The head that would be sent, taken apart.
struct sent_head {
  std::string method;
  std::string target;
  server::header_lines headers;
};
sent_head sent_of(const server::rehearsal_outcome& outcome);
// What a step decided; null where it was not reached.
const decision* decision_of(const server::rehearsal_outcome& outcome, std::string_view step);

}  // namespace ferroway::cli
