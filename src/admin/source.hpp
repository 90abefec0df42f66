// What the admin listener knows of the process, and the one thing that it can ask of it. The
// process implements it (server/); all calls come on the control thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "config/difference.hpp"
#include "config/load.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/metrics_text.hpp"

namespace ferroway::admin {

enum class readiness : std::uint8_t { starting, serving, draining };

struct reload_outcome {
  bool ok = false;               // false: nothing has changed
  std::uint64_t generation = 1;  // that is served now
  wall_time at;
  std::vector<config::change> changes;
  std::vector<config::diagnostic> diagnostics;  // warnings too
  std::vector<std::string> sources;             // what positions count by: the files' names
};

class source {
 public:
  virtual ~source() = default;

  virtual readiness state() const noexcept = 0;
  virtual std::uint64_t generation() const noexcept = 0;
  // What is served now.
  virtual const config::config& serving() const = 0;
  virtual const telemetry::metrics& counted() const noexcept = 0;
  virtual telemetry::process_figures figures() const = 0;

  // Reads the file again, and serves by it where all of it is fine.
  virtual reload_outcome reload() = 0;
  // Every worker serves by what was reloaded last.
  virtual bool is_everywhere() const noexcept = 0;
  // Nothing where there was none.
  virtual std::optional<reload_outcome> last_reload() const = 0;
};

}  // namespace ferroway::admin
