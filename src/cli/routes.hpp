// `ferroway routes`: the table in the order in which routes are asked, each with its effective
// pipeline and its end.
#pragma once

#include <string>

namespace ferroway::cli {

struct routes_options {
  std::string file;  // empty: the default files
  bool json = false;
};

int routes(const routes_options& options);

}  // namespace ferroway::cli
