// `ferroway check`: everything that is wrong with a configuration, for people or for programs.
#pragma once

#include <string>

#include "config/load.hpp"

namespace ferroway::cli {

struct check_options {
  std::string file;     // empty: the default files
  bool print = false;   // the long form on stdout
  bool strict = false;  // warnings count as errors
  bool json = false;    // the findings on stdout, as JSON
};

// Findings go to stderr, what was asked for to stdout; returns the exit code.
int check(const check_options& options);

// {"valid": ..., "diagnostics": [{"severity", "file", "line", "column", "message", "hint"}]}
std::string diagnostics_as_json(const config::loaded& outcome, bool valid);

}  // namespace ferroway::cli
