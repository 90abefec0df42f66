// Warns of routes to upstreams that nothing protects where a route around them is protected: they
// take requests out of that one's hands, which is seldom meant. Who means it writes `without`.
#pragma once

#include "config/draft.hpp"
#include "config/report.hpp"

namespace ferroway::config {

// Whether it decides who may ask: by identity, or by a list of addresses that are let through.
bool is_protection(const middleware& what);

// Bounded work: of very many routes of very many shapes some may go unnoticed.
void warn_of_open_routes(const draft& all, reporter& report);

}  // namespace ferroway::config
