// `ferroway test`: requests and expected decisions, run against a configuration. Nothing is sent.
#pragma once

#include <string>

namespace ferroway::cli {

struct test_options {
  std::string file;   // the configuration; empty: what the tests name, else the default files
  std::string tests;  // empty: beside the configuration, "ferroway.tests.yaml" for "ferroway.yaml"
  bool coverage = false;
  bool json = false;
};

// 0 when all cases passed, 1 when some failed.
int test(const test_options& options);

}  // namespace ferroway::cli
