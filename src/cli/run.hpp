// `ferroway run`: load, then serve until told to stop.
#pragma once

#include <string>

namespace ferroway::cli {

struct run_options {
  std::string file;  // empty: the default files
};

// Blocks until the server has ended; returns the exit code.
int run(const run_options& options);

}  // namespace ferroway::cli
