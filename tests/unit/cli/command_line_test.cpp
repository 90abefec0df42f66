#include "cli/command_line.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <vector>

#include "cli/check.hpp"

namespace ferroway::cli {
namespace {

struct outcome {
  int code = 0;
  std::string out;
  std::string err;
};

outcome run_words(std::vector<const char*> words) {
  words.insert(words.begin(), "ferroway");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  outcome got;
  got.code = run_command_line(static_cast<int>(words.size()), words.data());
  std::fflush(stdout);
  got.out = testing::internal::GetCapturedStdout();
  got.err = testing::internal::GetCapturedStderr();
  return got;
}

std::string file_with(const std::string& name, const std::string& text) {
  const std::string path = testing::TempDir() + name;
  std::ofstream(path) << text;
  return path;
}

constexpr const char* good =
    "listen: 127.0.0.1:8080\n"
    "routes:\n"
    "  - path: /api\n"
    "    to: http://127.0.0.1:9001\n";

// An upstream that no route uses is worth a warning, and no more.
constexpr const char* worth_a_warning =
    "listen: 127.0.0.1:8080\n"
    "upstreams:\n"
    "  spare: {endpoints: [http://127.0.0.1:9002]}\n"
    "routes:\n"
    "  - path: /api\n"
    "    to: http://127.0.0.1:9001\n";

TEST(command_line, tells_bad_usage_from_help) {
  EXPECT_EQ(run_words({}).code, 2);
  EXPECT_EQ(run_words({"serve"}).code, 2);
  EXPECT_EQ(run_words({"echo"}).code, 2);
  EXPECT_EQ(run_words({"echo", "--listen", "nowhere"}).code, 2);
  EXPECT_EQ(run_words({"echo", "--listen", "127.0.0.1:0", "--delay", "soon"}).code, 2);
  EXPECT_EQ(run_words({"check", "--json", "--print"}).code, 2);
  for (const char* verb : {"run", "check", "echo", "version"}) {
    const outcome help = run_words({verb, "--help"});
    EXPECT_EQ(help.code, 0) << verb;
    EXPECT_NE(help.out.find("Example"), std::string::npos) << verb;
    EXPECT_NE(help.out.find("Exit codes: 0 fine"), std::string::npos) << verb;
  }
}

TEST(command_line, knows_its_version) {
  EXPECT_TRUE(run_words({"version"}).out.starts_with("ferroway 0."));
}

TEST(check_verb, tells_valid_from_invalid_by_its_exit_code) {
  const std::string fine = file_with("fine.yaml", good);
  const outcome valid = run_words({"check", "-c", fine.c_str()});
  EXPECT_EQ(valid.code, 0);
  EXPECT_NE(valid.out.find("fine (1 listener, 1 route, 1 upstream)"), std::string::npos)
      << valid.out;
  EXPECT_EQ(valid.err, "");

  const std::string broken = file_with("broken.yaml", "listne: 8080\n");
  const outcome invalid = run_words({"check", "-c", broken.c_str()});
  EXPECT_EQ(invalid.code, 3);
  EXPECT_EQ(invalid.out, "");
  EXPECT_NE(invalid.err.find("broken.yaml:1:1"), std::string::npos) << invalid.err;

  EXPECT_EQ(run_words({"check", "-c", "/nonexistent/x.yaml"}).code, 3);
}

TEST(check_verb, counts_warnings_as_errors_only_when_strict) {
  const std::string file = file_with("warning.yaml", worth_a_warning);
  EXPECT_EQ(run_words({"check", "-c", file.c_str()}).code, 0);
  const outcome strict = run_words({"check", "--strict", "-c", file.c_str()});
  EXPECT_EQ(strict.code, 3);
  EXPECT_NE(strict.err.find("spare"), std::string::npos) << strict.err;
}

TEST(check_verb, prints_a_long_form_that_is_valid_itself) {
  const std::string file = file_with("short.yaml", good);
  const outcome printed = run_words({"check", "--print", "-c", file.c_str()});
  EXPECT_EQ(printed.code, 0);
  const std::string longer = file_with("long.yaml", printed.out);
  EXPECT_EQ(run_words({"check", "--strict", "-c", longer.c_str()}).code, 0) << printed.out;
}

TEST(check_verb, gives_programs_json) {
  config::loaded found;
  found.sources = {{.name = "a.yaml", .text = ""}};
  found.diagnostics = {{.level = config::severity::error,
                        .at = {.file = 0, .line = 3, .column = 7},
                        .message = "unknown key \"listne\"",
                        .hint = ""}};
  EXPECT_EQ(diagnostics_as_json(found, false),
            "{\"valid\": false, \"diagnostics\": [\n"
            "  {\"severity\": \"error\", \"file\": \"a.yaml\", \"line\": 3, \"column\": 7, "
            "\"message\": \"unknown key \\\"listne\\\"\", \"hint\": \"\"}\n]}\n");
  EXPECT_EQ(diagnostics_as_json({}, true), "{\"valid\": true, \"diagnostics\": []}\n");
}

TEST(run_verb, does_not_start_with_an_invalid_configuration) {
  const std::string broken = file_with("broken_run.yaml", "listen: 8080\nroutes: 7\n");
  const outcome got = run_words({"run", "-c", broken.c_str()});
  EXPECT_EQ(got.code, 3);
  EXPECT_NE(got.err.find("broken_run.yaml:2:"), std::string::npos) << got.err;
}

}  // namespace
}  // namespace ferroway::cli
