#include "server/admin_source.hpp"

namespace ferroway::server {
namespace {

admin::reload_outcome shown(const reload_outcome& from, wall_time at) {
  admin::reload_outcome made{from.ok,      from.generation,  at,
                             from.changes, from.diagnostics, from.sources};
  // Refused before the file was read.
  if (!made.ok && made.diagnostics.empty()) {
    std::string why = from.rendered;
    while (why.ends_with('\n')) why.pop_back();
    made.diagnostics.push_back({config::severity::error, {UINT32_MAX, 0, 0}, std::move(why), {}});
  }
  return made;
}

}  // namespace

admin::readiness admin_source::state() const noexcept {
  // The admin listener begins when all others listen.
  return draining_.load(std::memory_order_relaxed) ? admin::readiness::draining
                                                   : admin::readiness::serving;
}

std::uint64_t admin_source::generation() const noexcept { return reloads_.state().last.generation; }

telemetry::process_figures admin_source::figures() const {
  const reload_state& state = reloads_.state();
  return {facts_.version,
          facts_.started,
          logs_.figures(),
          facts_.workers,
          {state.reloads, state.failures, state.last.generation, state.last_success,
           state.last_failure}};
}

admin::reload_outcome admin_source::reload() {
  const reload_outcome outcome = reloads_.reload("admin");
  return shown(outcome, reloads_.state().when);
}

std::optional<admin::reload_outcome> admin_source::last_reload() const {
  const reload_state& state = reloads_.state();
  if (state.reloads + state.failures == 0) return std::nullopt;
  return shown(state.last, state.when);
}

}  // namespace ferroway::server
