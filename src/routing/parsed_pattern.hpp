// A route's pattern taken apart, for the builder of the route table.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "base/regular_expression.hpp"
#include "routing/host_name.hpp"
#include "routing/route_pattern.hpp"

namespace ferroway::routing {

struct parsed_pattern {
  host_pattern host;
  std::vector<path_segment> segments;           // none of a regular expression
  const regular_expression* pattern = nullptr;  // of a regular expression
};

// The error says what is wrong, for people. A regular expression is left to be compiled.
std::expected<parsed_pattern, std::string> parse(const route_pattern& from);

// Equal for patterns of one kind that match the same paths.
std::string shape_of(const route_pattern& pattern, const parsed_pattern& parsed);

}  // namespace ferroway::routing
