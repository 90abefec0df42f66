// Which files `include` names: patterns against the folders that they begin in.
#pragma once

#include <string>
#include <vector>

#include "config/position.hpp"
#include "config/reading.hpp"

namespace ferroway::config {

struct included_file {
  std::string path;  // relative to the working directory, as the main file's is
  position at;       // of the first pattern that names it
};

// In the order of the patterns, the files of each sorted; a file once. `from` is what stands under
// `include`, `main` the file that says it, which a pattern with wildcards leaves out. Patterns are
// literal text; `*` and `?` match within one name, and no name that begins with a dot. Reports
// patterns that are none, and warns of folders that are not there; that a file cannot be read is
// left to who reads it. At most includes_max files.
std::vector<included_file> find_included(reading& in, const node& from, const std::string& main);

}  // namespace ferroway::config
