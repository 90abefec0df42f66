// What a worker does beside its exchanges and what may outlive the exchange that began it, such as
// connections that are made before anybody asks, and copies of requests: each task waits under one
// scope. No client waits for it, nor does a drain: with the worker's last connection it is
// cancelled, and the worker ends when the last task has. Belongs to one loop, and outlives what it
// has started.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>

#include "base/spawn.hpp"
#include "io/cancel_scope.hpp"

namespace ferroway::io {

class background {
 public:
  explicit background(loop& on) : scope_(on) {}
  background(const background&) = delete;
  background& operator=(const background&) = delete;

  // Runs `work` up to its first suspension; it waits under `scope()`, owns what it touches, and
  // ends when that is cancelled. Nothing is begun any more after `stop`.
  void start(task<> work) {
    if (scope_.cancelled()) return;
    ++running_;
    spawn(run(*this, std::move(work)));
  }
  cancel_scope& scope() noexcept { return scope_; }
  std::size_t running() const noexcept { return running_; }

  // Cancels all of it. `emptied` is called when the last one has ended. Again it does nothing.
  void stop(std::move_only_function<void()> emptied) {
    if (scope_.cancelled()) return;
    emptied_ = std::move(emptied);
    scope_.cancel({fault::cancelled, side::local, false, "the worker ends"});
  }

 private:
  static task<> run(background& self, task<> work) {
    {
      task<> ending = std::move(work);
      co_await std::move(ending);
    }
    if (--self.running_ == 0 && self.emptied_) self.emptied_();
  }

  cancel_scope scope_;
  std::size_t running_ = 0;
  std::move_only_function<void()> emptied_;
};

}  // namespace ferroway::io
