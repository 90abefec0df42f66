#include "cli/quiet_snapshot.hpp"

#include "server/assemble.hpp"

namespace ferroway::cli {

quiet_snapshot::quiet_snapshot(const std::string& file) : file_(config::load_file(file)) {
  if (!file_.value) return;
  server::assembled made = server::assemble(*file_.value, 1, nullptr);
  if (!made.value) {
    file_.diagnostics.push_back({config::severity::error, made.at, made.error, {}});
    file_.value.reset();
    return;
  }
  value_ = std::move(made.value);
}

}  // namespace ferroway::cli
