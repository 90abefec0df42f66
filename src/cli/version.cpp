#include "cli/version.hpp"

#include <ferroway_version.inc>

#include <cstdio>

namespace ferroway::cli {

std::string version_text() { return FERROWAY_VERSION; }

int version() {
  std::printf("ferroway %s\n", version_text().c_str());
  return 0;
}

}  // namespace ferroway::cli
