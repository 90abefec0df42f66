#include "middleware/access_log.hpp"

#include <array>

namespace ferroway {
namespace {

std::string describe(const config::access_log_middleware& from) {
  if (from == config::access_log_middleware{}) return {};
  std::string text = from.format == config::log_format::json       ? "json"
                     : from.format == config::log_format::combined ? "combined"
                                                                   : "a template";
  text += " to " + to_string(from.to);
  if (from.only_errors) text += ", only with an error";
  if (from.sample < from.sample_all) text += ", a sample of those without an error";
  return text;
}

// Something that somebody will look for.
bool has_error(const exchange& ex) noexcept {
  return ex.status >= 400 || ex.status == 0 || ex.failed || !ex.would_reject.empty();
}

}  // namespace

access_log::access_log(std::shared_ptr<telemetry::log_sink> sink,
                       const config::access_log_middleware& from)
    : sink_(std::move(sink)),
      line_(make_access_log_line(from)),
      sample_(from.sample),
      only_errors_(from.only_errors),
      described_(describe(from)) {
  if (sink_ != nullptr && from.format != config::log_format::json) sink_->carries_other_than_json();
}

task<result<response>> access_log::handle(exchange& ex, next_handler next) {
  ex.record(name(), "logged", described_);
  if (ex.rehearsed_by == nullptr && sink_ != nullptr) {
    ex.at_end(&access_log::write, ex.memory.make<entry>(this, line_->keep(ex)));
  }
  return next(ex);
}

bool access_log::wants(exchange& ex) const noexcept {
  constexpr std::uint32_t all = config::access_log_middleware::sample_all;
  if (sample_ == all && !only_errors_) return true;
  if (has_error(ex)) return true;
  return !only_errors_ && ex.worker.random.below(all) < sample_;
}

void access_log::write(exchange& ex, void* what) noexcept {
  const entry& one = *static_cast<const entry*>(what);
  if (!one.to->wants(ex)) return;
  std::array<char, access_log_line_bytes_max> room;
  one.to->sink_->write(one.to->line_->write(ex, one.kept, room));
}

}  // namespace ferroway
