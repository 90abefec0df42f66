// A whole file as text, within a bound.
#pragma once

#include <cstddef>
#include <string>

namespace ferroway::config {

struct file_text {
  std::string text;
  std::string problem;  // why it could not be read; empty: it was
};

// Reads no more than `bytes_max` and a block, and waits no longer than 5 s for what comes out of a
// pipe, whatever the file is. Not for workers.
file_text read_file(const std::string& path, std::size_t bytes_max);

}  // namespace ferroway::config
