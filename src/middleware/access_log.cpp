#include "middleware/access_log.hpp"

#include <array>

#include "exchange/route.hpp"
#include "telemetry/json_text.hpp"

namespace ferroway {
namespace {

// Lines are cut here; every field but the target is short.
constexpr std::size_t line_bytes_max = 4096;
// So that what follows a long target still has room.
constexpr std::size_t target_bytes_max = 2048;

}  // namespace

task<result<response>> access_log::handle(exchange& ex, next_handler next) {
  ex.at_end(&access_log::write, this);
  ex.record(name(), "logged");
  return next(ex);
}

void access_log::write(exchange& ex, void* self) noexcept {
  std::array<char, line_bytes_max> room;
  std::array<char, 46> ip;
  telemetry::json_line line(room);
  line.time("time", ex.started_wall);
  line.text("request_id", ex.request_id());
  line.text("client", {ip.data(), ex.peer->is_ip() ? ex.client.write(ip.data()) : 0});
  line.text("listener", ex.listener);
  line.text("method", ex.request.method_text);
  line.text("host", ex.request.authority);
  line.text("target", ex.request.target.substr(0, target_bytes_max));
  line.text("route", ex.refusal ? std::string_view{} : ex.matched->name);
  line.number("status", ex.status);
  line.number("bytes_received", ex.bytes_received);
  line.number("bytes_sent", ex.bytes_sent);
  line.milliseconds("duration_ms", ex.worker.loop.now() - ex.started);
  if (!ex.upstream.empty()) line.text("upstream", ex.upstream);
  if (!ex.endpoint.empty()) line.text("endpoint", ex.endpoint);
  if (ex.failed) {
    line.text("failure", to_string(ex.failed->kind));
    line.text("failed_side", to_string(ex.failed->from));
    line.text("failure_detail", ex.failed->detail);
  }
  static_cast<access_log*>(self)->sink_->write(line.finish());
}

}  // namespace ferroway
