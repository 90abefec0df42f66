// What the process tells its parent. Scripts depend on these, so they never change meaning.
#pragma once

#include <cstdint>

namespace ferroway::cli {

enum class exit_code : std::uint8_t {
  fine = 0,
  could_not_start = 1,
  bad_usage = 2,
  configuration_invalid = 3,
};

}  // namespace ferroway::cli
