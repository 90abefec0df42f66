// What a gateway under test serves, from a configuration's text; its access log goes nowhere.
#pragma once

#include <fcntl.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "config/load.hpp"
#include "io/descriptor.hpp"
#include "server/assemble.hpp"

namespace ferroway::sim {

class quiet_snapshot {
 public:
  quiet_snapshot(const std::string& yaml, unsigned workers)
      : counted(workers),
        null_(::open("/dev/null", O_WRONLY | O_CLOEXEC)),
        logs_(std::make_shared<telemetry::log_sink>(null_.number())) {
    replace(yaml, workers);
  }

  // By another that takes over what has not changed.
  void replace(const std::string& yaml, unsigned workers, time_point now = time_point::min(),
               const upstream::name_answers& names = {}) {
    config::loaded loaded = config::load_text("sim.yaml", yaml);
    if (!loaded.value) throw std::runtime_error(config::render(loaded, false));
    server::assembled made =
        server::assemble(*loaded.value, workers, &logs_, value_.get(), &counted, now, &names);
    if (!made.value) throw std::runtime_error(made.error);
    value_ = std::move(made.value);
    from_ = std::move(*loaded.value);
  }

  const std::shared_ptr<const server::snapshot>& get() const noexcept { return value_; }

  const config::config& from() const noexcept { return from_; }

  telemetry::metrics counted;  // what its workers count in

 private:
  io::descriptor null_;
  telemetry::log_outputs logs_;
  std::shared_ptr<const server::snapshot> value_;
  config::config from_;
};

}  // namespace ferroway::sim
