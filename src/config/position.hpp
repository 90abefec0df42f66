// Where something stands in a configuration file.
#pragma once

#include <cstdint>

namespace ferroway::config {

struct position {
  std::uint32_t file = 0;    // index into the sources that were read
  std::uint32_t line = 0;    // from 1; 0: nowhere (made up by the program)
  std::uint32_t column = 0;  // from 1, in bytes
};

}  // namespace ferroway::config
