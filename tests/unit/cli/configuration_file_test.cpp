#include "cli/configuration_file.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "base/random.hpp"

namespace ferroway::cli {
namespace {

// What only the compiled routes can tell is told by `check` as well as by `run`, with its place.
TEST(LoadServable, RoutesThatCannotBeCompiledAreADiagnostic) {
  const std::string file =
      testing::TempDir() + "servable-" + std::to_string(system_seed()) + ".yaml";
  std::string path;
  for (int i = 0; i < 70; ++i) path += "/a";
  std::ofstream(file) << "listen: 127.0.0.1:8080\nroutes:\n  - path: " << path
                      << "\n    respond: {status: 200}\n";
  const config::loaded outcome = load_servable(file);
  std::remove(file.c_str());
  EXPECT_FALSE(outcome.value);
  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics[0].at.line, 3U);
  EXPECT_NE(outcome.diagnostics[0].message.find("64 segments"), std::string::npos);
}

}  // namespace
}  // namespace ferroway::cli
