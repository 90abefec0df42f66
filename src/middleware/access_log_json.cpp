#include "exchange/route.hpp"
#include "middleware/access_log_line.hpp"
#include "telemetry/json_text.hpp"

namespace ferroway {
namespace {

// As they are written, so that what follows still has room; every other field is short.
constexpr std::size_t target_bytes_max = 2048;
constexpr std::size_t host_bytes_max = 512;
constexpr std::size_t consumer_bytes_max = 256;

class json_access_log_line final : public access_log_line {
 public:
  std::string_view write(exchange& ex, kept_fields, std::span<char> room) const noexcept override {
    telemetry::json_line line(room);
    line.time("time", ex.started_wall);
    line.word("request_id", ex.request_id());  // ours, or of harmless characters
    line.word("client", ex.client_text);
    line.word("listener", ex.listener);
    line.text("method", ex.request.method_text);
    line.text("host", ex.request.authority, host_bytes_max);
    line.text("target", ex.request.target, target_bytes_max);
    line.word("route", ex.refusal ? std::string_view{} : ex.matched->name);
    line.number("status", ex.status);
    line.number("bytes_received", ex.bytes_received);
    line.number("bytes_sent", ex.bytes_sent);
    line.milliseconds("duration_ms", ex.worker.loop.now() - ex.started);
    if (!ex.who.consumer.empty()) line.text("consumer", ex.who.consumer, consumer_bytes_max);
    if (!ex.upstream.empty()) line.word("upstream", ex.upstream);
    if (!ex.endpoint.empty()) line.text("endpoint", ex.endpoint);
    if (!ex.rejected_by.empty()) line.word("rejected_by", ex.rejected_by);
    if (!ex.would_reject.empty()) line.text("would_reject", ex.would_reject);
    if (ex.failed) {
      line.word("failure", to_string(ex.failed->kind));
      line.word("failed_side", to_string(ex.failed->from));
      line.text("failure_detail", ex.failed->detail);
    }
    return line.finish();
  }
};

}  // namespace

std::unique_ptr<const access_log_line> make_json_line() {
  return std::make_unique<json_access_log_line>();
}

}  // namespace ferroway
