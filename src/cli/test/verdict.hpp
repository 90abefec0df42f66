// Whether what became of a request is what its case expected.
#pragma once

#include <string>
#include <vector>

#include "cli/test/cases.hpp"

namespace ferroway::cli {

struct mismatch {
  std::string what;  // "status", "response header X-Tier"
  std::string expected;
  std::string got;
};

std::vector<mismatch> compare(const expectations& expected, const config::config& in,
                              const server::rehearsal_outcome& got);

}  // namespace ferroway::cli
