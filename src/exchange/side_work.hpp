// What a worker does beside its exchanges and what may outlive the exchange that began it, such as
// copies of requests (upstream/mirror.hpp). No client waits for it, nor does a drain: when the
// worker's last connection is gone it is cancelled. Belongs to the worker.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>

#include "io/cancel_scope.hpp"

namespace ferroway {

class side_work {
 public:
  explicit side_work(io::loop& on) : scope_(on) {}

  // The parent of the scopes of all that is done.
  io::cancel_scope& scope() noexcept { return scope_; }
  void begins() noexcept { ++running_; }
  // The last thing that each piece of it does.
  void ended() {
    if (--running_ == 0 && over_) over_();
  }

  // Cancels all of it, and whatever would begin from now on. True when nothing is left; else
  // `over` is called when the last has ended.
  bool end(std::move_only_function<void()> over) {
    if (!scope_.cancelled()) {
      scope_.cancel({fault::cancelled, side::local, false, "the worker has ended"});
    }
    if (running_ == 0) return true;
    over_ = std::move(over);
    return false;
  }

 private:
  io::cancel_scope scope_;
  std::size_t running_ = 0;
  std::move_only_function<void()> over_;
};

}  // namespace ferroway
