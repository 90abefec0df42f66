#include "io/loop.hpp"

namespace ferroway::io {

sleep_operation::sleep_operation(loop& on, time_point deadline, cancel_scope& scope)
    : operation_of(scope), timer(on.timers()), on_(on), wake_(deadline) {}

bool sleep_operation::begin() {
  if (wake_ <= on_.now() && on_.spend_inline()) {
    set_outcome({});
    return true;
  }
  arm(wake_);
  return false;
}

void loop::resume_ready() {
  list<operation, in_wait> batch;
  batch.splice(ready_);
  while (!batch.empty()) {
    renew_inline();
    batch.pop_front().resume();
  }
}

}  // namespace ferroway::io
