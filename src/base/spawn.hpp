// The ways to run a task beside its maker. `spawn` detaches: what it runs must end by itself and
// own what it touches. `companion` runs one task that can be joined: its maker stays alive until
// the join.
#pragma once

#include <coroutine>
#include <exception>
#include <utility>

#include "base/task.hpp"

namespace ferroway {

namespace detail {
struct detached {
  struct promise_type {
    static void* operator new(std::size_t bytes) { return frame_pool::allocate(bytes); }
    static void operator delete(void* frame, std::size_t bytes) noexcept {
      frame_pool::release(frame, bytes);
    }
    detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
  };
};
}  // namespace detail

// Runs `work` at once up to its first suspension; its frame frees itself at the end.
inline void spawn(task<> work) {
  [](task<> moved) -> detail::detached { co_await std::move(moved); }(std::move(work));
}

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
    run(*this, std::move(work));
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
  static detail::detached run(companion& self, task<> work) {
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
