// The paths of routes: whole segments, literal or captures. A pure function.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ferroway::config {

struct path_check {
  std::string pattern;                // as it is matched: a prefix has no final slash (but for "/")
  std::vector<std::string> captures;  // in order
  std::string problem;                // what is wrong; empty: nothing
  std::string hint;
};

// Literals must be in the normal form that requests are matched in (http/path.hpp), or they could
// never match.
path_check check_path_pattern(std::string_view text, bool exact);

// The pattern with its captures made nameless: equal for patterns that match the same paths.
std::string path_shape(std::string_view pattern);

}  // namespace ferroway::config
