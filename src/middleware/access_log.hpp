// One JSON line for each exchange, written when its last byte is out or lost. Never makes the
// exchange wait: a full sink drops lines and counts them.
#pragma once

#include <memory>

#include "exchange/pipeline.hpp"
#include "telemetry/log_sink.hpp"

namespace ferroway {

class access_log final : public middleware {
 public:
  explicit access_log(std::shared_ptr<telemetry::log_sink> sink) : sink_(std::move(sink)) {}
  std::string_view name() const noexcept override { return "access_log"; }
  task<result<response>> handle(exchange& ex, next_handler next) override;

 private:
  static void write(exchange& ex, void* self) noexcept;
  std::shared_ptr<telemetry::log_sink> sink_;
};

}  // namespace ferroway
