#include "exchange/deciding_middleware.hpp"

#include "telemetry/metrics.hpp"

namespace ferroway {

void deciding_middleware::count_in(telemetry::metrics& all) {
  // One that is carried over by a reload counts on where it did.
  if (stats_ == nullptr) stats_ = all.middleware(name());
}

void deciding_middleware::pass(exchange& ex, std::string_view reason) const {
  if (stats_ != nullptr) stats_->of(ex.worker.index).passed.add();
  ex.record(name(), "passed", reason);
}

bool deciding_middleware::reject(exchange& ex, std::string_view reason) const {
  if (shadow_) {
    if (stats_ != nullptr) stats_->of(ex.worker.index).would_reject.add();
    ex.record(name(), "would reject", reason);
    mark_would_reject(ex);
    return false;
  }
  if (stats_ != nullptr) stats_->of(ex.worker.index).rejected.add();
  ex.record(name(), "rejected", reason);
  ex.rejected_by = ex.memory.copy(name());
  return true;
}

void deciding_middleware::mark_would_reject(exchange& ex) const {
  ex.would_reject = ex.would_reject.empty() ? ex.memory.copy(name())
                                            : ex.memory.join(ex.would_reject, ", ", name());
}

void deciding_middleware::note_crowded(const exchange& ex) const {
  if (stats_ != nullptr) stats_->of(ex.worker.index).crowded.add();
}

task<result<response>> deciding_middleware::rejection(failure why) { co_return fail(why); }

}  // namespace ferroway
