// A lazy coroutine: it starts when it is awaited and resumes its awaiter when it ends (symmetric
// transfer, so a deep chain costs no stack). Owned by whoever holds it; a suspended task may be
// destroyed only while nothing in the runtime still points into its frame (cancel it first, see
// io/cancel_scope.hpp). Never crosses threads.
//
// Exceptions do not leave tasks: the data path has none, and one that escapes ends the process.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/frame_pool.hpp"

namespace ferroway {

template <class T = void>
class task;

namespace detail {

struct promise_base {
  std::coroutine_handle<> awaiter;  // none: nobody waits, the frame frees itself at the end

  static void* operator new(std::size_t bytes) { return frame_pool::allocate(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept {
    frame_pool::release(frame, bytes);
  }

  std::suspend_always initial_suspend() noexcept { return {}; }

  struct resume_awaiter {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) noexcept {
      const std::coroutine_handle<> next = ended.promise().awaiter;
      if (next) [[likely]]
        return next;
      ended.destroy();
      return std::noop_coroutine();
    }
    void await_resume() noexcept {}
  };
  resume_awaiter final_suspend() noexcept { return {}; }

  [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
};

template <class T>
struct promise : promise_base {
  std::optional<T> value;
  task<T> get_return_object() noexcept;
  template <class U>
  void return_value(U&& from) {
    value.emplace(std::forward<U>(from));
  }
};

template <>
struct promise<void> : promise_base {
  task<void> get_return_object() noexcept;
  void return_void() noexcept {}
};

}  // namespace detail

template <class T>
class [[nodiscard]] task {
 public:
  using promise_type = detail::promise<T>;
  using handle = std::coroutine_handle<promise_type>;

  explicit task(handle coroutine) noexcept : coroutine_(coroutine) {}
  task(task&& from) noexcept : coroutine_(std::exchange(from.coroutine_, nullptr)) {}
  task& operator=(task&& from) noexcept {
    if (this != &from) {
      if (coroutine_) coroutine_.destroy();
      coroutine_ = std::exchange(from.coroutine_, nullptr);
    }
    return *this;
  }
  ~task() {
    if (coroutine_) coroutine_.destroy();
  }

  // Awaiting a task starts it; it may be awaited once.
  auto operator co_await() && noexcept {
    struct awaiter {
      handle coroutine;
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
        coroutine.promise().awaiter = caller;
        return coroutine;
      }
      T await_resume() {
        if constexpr (!std::is_void_v<T>) return std::move(*coroutine.promise().value);
      }
    };
    return awaiter{coroutine_};
  }

  // Starts it; it runs beside its maker and frees itself at its end (see spawn).
  void detach() && noexcept {
    static_assert(std::is_void_v<T>, "nobody would take the result");
    std::exchange(coroutine_, nullptr).resume();
  }

 private:
  handle coroutine_;
};

namespace detail {
template <class T>
task<T> promise<T>::get_return_object() noexcept {
  return task<T>{std::coroutine_handle<promise<T>>::from_promise(*this)};
}
inline task<void> promise<void>::get_return_object() noexcept {
  return task<void>{std::coroutine_handle<promise<void>>::from_promise(*this)};
}
}  // namespace detail

}  // namespace ferroway
