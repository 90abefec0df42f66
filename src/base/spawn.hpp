// The ways to run a task beside its maker. `spawn` detaches: what it runs must end by itself and
// own what it touches. `companion` runs one task that can be joined: its maker stays alive until
// the join.
#pragma once

#include <coroutine>
#include <utility>

#include "base/task.hpp"

namespace ferroway {

// Runs `work` at once up to its first suspension; its frame frees itself at the end.
inline void spawn(task<> work) { std::move(work).detach(); }

// One task beside its maker. The maker must `co_await join()` before this is destroyed, if it was
// started.
class companion {
 public:
  companion() = default;
  companion(const companion&) = delete;
  companion& operator=(const companion&) = delete;

  // Runs `work` at once up to its first suspension.
  void start(task<> work) {
    running_ = true;
    spawn(run(*this, std::move(work)));
  }

  bool running() const noexcept { return running_; }

  // Returns when the task has ended; at once if it has, or was never started.
  auto join() noexcept {
    struct awaiter {
      companion& self;
      bool await_ready() noexcept { return !self.running_; }
      void await_suspend(std::coroutine_handle<> caller) noexcept { self.joiner_ = caller; }
      void await_resume() noexcept {}
    };
    return awaiter{*this};
  }

 private:
  // `self` may be gone once the joiner has been resumed, so that is the last thing done.
  static task<> run(companion& self, task<> work) {
    {
      task<> ending = std::move(work);
      co_await std::move(ending);
    }
    self.running_ = false;
    if (std::coroutine_handle<> joiner = std::exchange(self.joiner_, nullptr)) joiner.resume();
  }

  bool running_ = false;
  std::coroutine_handle<> joiner_ = nullptr;
};

}  // namespace ferroway
