// Where something stands in a configuration file.
#pragma once

#include <cstdint>

namespace ferroway::config {

struct position {
  std::uint32_t file = 0;    // index into the sources that were read
  std::uint32_t line = 0;    // from 1; 0: nowhere (made up by the program)
  std::uint32_t column = 0;  // from 1, in bytes

  // Always equal: where something stands is no part of what it means, and a reload asks whether
  // what stood elsewhere before means the same.
  friend constexpr bool operator==(const position&, const position&) noexcept { return true; }
};

}  // namespace ferroway::config
