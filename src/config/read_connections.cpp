// `connections` of an upstream: those that are kept for reuse, and how much may be under way.
#include <algorithm>

#include "config/readers.hpp"

namespace ferroway::config {
namespace {

void read_adaptive(reading& in, const node& from, upstream_limits& into) {
  if (from.is_scalar() && (from.text == "true" || from.text == "false")) {
    into.adaptive = from.text == "true";
    return;
  }
  if (!is_mapping(in, from, "adaptive", "true, or {min: 4, tolerance: 150%}")) return;
  const fields all(in, from, keys::adaptive);
  into.adaptive = true;
  all.read("min", into.adaptive_min);
  if (const node* tolerance = all.find("tolerance")) {
    into.tolerance = read_factor(in, *tolerance, "tolerance").value_or(into.tolerance);
  }
  if (into.connections && into.adaptive_min > *into.connections && all.has("min")) {
    in.report.error(all.at("min"), "`min` is more than `max`");
  }
}

void read_limits(reading& in, const fields& all, upstream_limits& into) {
  all.read("max", into.connections);
  all.read("max_requests", into.requests);
  all.read("max_pending", into.pending);
  all.read("pending_timeout", into.pending_timeout);
  if (const node* adaptive = all.find("adaptive")) read_adaptive(in, *adaptive, into);
  if (into.connections) into.adaptive_min = std::min(into.adaptive_min, *into.connections);
  if (into.adaptive && !all.has("max")) {
    in.report.error(all.at("adaptive"), "`adaptive` without `max`: it needs a number to stay below",
                    "such as max: 1024");
  }
  if (all.has("max") || all.has("max_requests")) return;
  for (const std::string_view key : {"max_pending", "pending_timeout"}) {
    if (!all.has(key)) continue;
    in.report.error(all.at(key), shown(key) + " without `max` or `max_requests`: nobody ever waits",
                    "such as max: 1024");
  }
}

}  // namespace

void read_connections(reading& in, const node& from, upstream& into) {
  if (!is_mapping(in, from, "connections", "settings such as {idle: 256}")) return;
  const fields all(in, from, keys::connections);
  all.read("idle", into.idle_connections);
  all.read("idle_timeout", into.idle_timeout);
  all.read("lifetime", into.lifetime);
  all.read("warm", into.warm);
  if (into.warm > into.idle_connections) {
    in.report.error(all.at("warm"), "`warm` is more than `idle`: what is not kept cannot be warm");
  }
  read_limits(in, all, into.limits);
}

}  // namespace ferroway::config
