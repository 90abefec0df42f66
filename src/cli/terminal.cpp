#include "cli/terminal.hpp"

#include <unistd.h>

#include <cstdlib>

namespace ferroway::cli {

bool wants_colour(int descriptor) {
  const char* without = std::getenv("NO_COLOR");
  return isatty(descriptor) == 1 && (without == nullptr || *without == '\0');
}

}  // namespace ferroway::cli
