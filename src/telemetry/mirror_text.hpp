// What is counted of copies, as Prometheus reads it.
#pragma once

#include "telemetry/exposition.hpp"
#include "telemetry/metrics.hpp"

namespace ferroway::telemetry {

// Of the first 1,000 routes by name that have copies; nothing where none has.
inline constexpr std::size_t mirrors_shown_max = 1000;

void write_mirrors(exposition& out, const metrics& all);

}  // namespace ferroway::telemetry
