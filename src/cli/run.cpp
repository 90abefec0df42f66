#include "cli/run.hpp"

#include <utility>

#include "cli/configuration_file.hpp"
#include "cli/exit_code.hpp"
#include "cli/version.hpp"
#include "server/run.hpp"

namespace ferroway::cli {

int run(const run_options& options) {
  const std::optional<std::string> file = configuration_file(options.file);
  if (!file) return static_cast<int>(exit_code::bad_usage);
  config::loaded outcome = load_servable(*file);
  show_diagnostics(outcome);
  if (!outcome.value) return static_cast<int>(exit_code::configuration_invalid);
  std::optional<std::optional<io::backend>> io;
  if (options.io_given) io = options.io;
  return server::run(*file, std::move(outcome), io, version_text());
}

}  // namespace ferroway::cli
