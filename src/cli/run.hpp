// `ferroway run`: load, then serve until told to stop.
#pragma once

#include <optional>
#include <string>

#include "io/backend.hpp"

namespace ferroway::cli {

struct run_options {
  std::string file;  // empty: the default files
  bool io_given = false;
  std::optional<io::backend> io;  // in place of the file's when given; none: auto
};

// Blocks until the server has ended; returns the exit code.
int run(const run_options& options);

}  // namespace ferroway::cli
