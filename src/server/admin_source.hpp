// What the admin listener shows of this process (admin/source.hpp). The control thread's.
#pragma once

#include <atomic>

#include "admin/source.hpp"
#include "server/reload.hpp"
#include "telemetry/log_outputs.hpp"

namespace ferroway::server {

class admin_source final : public admin::source {
 public:
  struct process_facts {
    std::string version;
    wall_time started;
    std::uint64_t workers = 0;
  };

  admin_source(reloader& reloads, const telemetry::metrics& counted,
               const telemetry::log_outputs& logs, const std::atomic<bool>& draining,
               process_facts facts)
      : reloads_(reloads),
        counted_(counted),
        logs_(logs),
        draining_(draining),
        facts_(std::move(facts)) {}

  admin::readiness state() const noexcept override;
  std::uint64_t generation() const noexcept override;
  const config::config& serving() const override { return reloads_.serving(); }
  const telemetry::metrics& counted() const noexcept override { return counted_; }
  telemetry::process_figures figures() const override;
  admin::reload_outcome reload() override;
  bool is_everywhere() const noexcept override { return reloads_.is_everywhere(); }
  std::optional<admin::reload_outcome> last_reload() const override;

 private:
  reloader& reloads_;
  const telemetry::metrics& counted_;
  const telemetry::log_outputs& logs_;
  const std::atomic<bool>& draining_;
  process_facts facts_;
};

}  // namespace ferroway::server
