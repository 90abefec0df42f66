// A line for each exchange, or for those that the configuration chooses, written when its last byte
// is out or lost. Never makes the exchange wait: a full sink drops lines and counts them. Shared by
// all workers.
#pragma once

#include <memory>
#include <string>

#include "config/middlewares.hpp"
#include "exchange/pipeline.hpp"
#include "middleware/access_log_line.hpp"
#include "telemetry/log_sink.hpp"

namespace ferroway {

class access_log final : public middleware {
 public:
  // Null: lines go nowhere.
  explicit access_log(std::shared_ptr<telemetry::log_sink> sink,
                      const config::access_log_middleware& from = {});
  std::string_view kind() const noexcept override { return "access_log"; }
  task<result<response>> handle(exchange& ex, next_handler next) override;

 private:
  struct entry {
    const access_log* to;
    access_log_line::kept_fields kept;
  };

  static void write(exchange& ex, void* what) noexcept;
  bool wants(exchange& ex) const noexcept;

  const std::shared_ptr<telemetry::log_sink> sink_;
  const std::unique_ptr<const access_log_line> line_;
  const std::uint32_t sample_;
  const bool only_errors_;
  std::string described_;  // for explain; empty where all is as by default
};

}  // namespace ferroway
