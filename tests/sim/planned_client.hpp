// A client that asks what its plan says, on as many connections as that takes, and notes what it
// sees.
#pragma once

#include "base/task.hpp"
#include "io/loop.hpp"
#include "sim/exchange_plan.hpp"
#include "sim/seen_exchange.hpp"

namespace ferroway::sim {

// `plan`, `seen` and `scope` stay until it has ended. `client` is its number, for its targets.
task<> run_planned_client(io::loop& loop, io::address to, const client_plan& plan,
                          std::size_t client, seen_by_token& seen, io::cancel_scope& scope);

}  // namespace ferroway::sim
