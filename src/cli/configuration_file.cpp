#include "cli/configuration_file.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>

#include "cli/terminal.hpp"
#include "server/assemble.hpp"

namespace ferroway::cli {
namespace {

constexpr std::array default_files{"ferroway.yaml", "/etc/ferroway/ferroway.yaml"};

}  // namespace

std::optional<std::string> configuration_file(const std::string& given) {
  if (!given.empty()) return given;
  for (const char* file : default_files) {
    if (access(file, F_OK) == 0) return file;
  }
  std::fprintf(stderr,
               "ferroway: there is no %s and no %s; name a configuration with -c FILE\n"
               "          (`ferroway --help` shows one of four lines)\n",
               default_files[0], default_files[1]);
  return std::nullopt;
}

config::loaded load_servable(const std::string& file) {
  config::loaded outcome = config::load_file(file);
  if (!outcome.value) return outcome;
  const server::assembled made = server::assemble(*outcome.value, 1, nullptr);
  if (!made.value) {
    outcome.diagnostics.push_back({config::severity::error, made.at, made.error, {}});
    outcome.value.reset();
  }
  return outcome;
}

void show_diagnostics(const config::loaded& outcome) {
  const std::string text = config::render(outcome, wants_colour(STDERR_FILENO));
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace ferroway::cli
