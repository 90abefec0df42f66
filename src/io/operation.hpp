// What a coroutine awaits: one pending wait for a socket, a timer or a connection. Operations live
// on the frame of the coroutine that awaits them and are not allocated.
//
// Life: `begin` tries to complete at once (then nothing suspends); otherwise the coroutine
// suspends, the operation is in its scope, and the backend calls `complete` once. Completion queues
// the coroutine on the loop's ready list: it is resumed from there, never from within the call that
// completed it.
#pragma once

#include <coroutine>
#include <utility>

#include "base/list.hpp"
#include "base/result.hpp"
#include "io/cancel_scope.hpp"

namespace ferroway::io {

// How long an operation may wait without progress, and whose fault it is then. None: as long as its
// scope lets it. While it waits it owns its scope's deadline; where it does not wait it costs
// nothing.
struct patience {
  duration time{};
  side blamed = side::local;
  const char* detail = "";
};

class operation : public cancellable {
 public:
  operation(const operation&) = delete;
  operation& operator=(const operation&) = delete;

  void resume() { waiter_.resume(); }

  // For backends: some bytes have moved, the wait for the rest begins anew.
  void progressed() noexcept {
    if (limit_.time != duration::zero() && waiter_) arm_patience();
  }
  cancel_scope& scope() const noexcept { return scope_; }

 protected:
  explicit operation(cancel_scope& scope, const patience& limit = {}) noexcept
      : scope_(scope), limit_(limit) {}
  ~operation() = default;

  // Takes the operation out of its scope and makes its coroutine ready.
  void make_ready() noexcept;

  void arm_patience() noexcept { scope_.expire_in(limit_.time, limit_.blamed, limit_.detail); }
  void disarm_patience() noexcept {
    if (limit_.time != duration::zero() && waiter_) scope_.no_deadline();
  }

  cancel_scope& scope_;
  patience limit_;
  std::coroutine_handle<> waiter_;
};

// An operation that ends in a result<T>.
template <class T>
class operation_of : public operation {
 public:
  // For backends: ends the wait. Not to be called from within begin(), which sets `outcome` and
  // returns true.
  void complete(result<T> outcome) noexcept {
    outcome_ = std::move(outcome);
    make_ready();
  }

  bool await_ready() {
    if (scope_.cancelled()) {
      outcome_ = fail(scope_.why());
      return true;
    }
    return begin();
  }
  void await_suspend(std::coroutine_handle<> waiter) noexcept {
    waiter_ = waiter;
    scope_.add(*this);
    progressed();
  }
  result<T> await_resume() { return std::move(outcome_); }

  // For backends, within begin().
  void set_outcome(result<T> outcome) noexcept { outcome_ = std::move(outcome); }

 protected:
  using operation::operation;
  ~operation_of() = default;
  // True: complete, the outcome is set. False: the backend holds on to this until complete() or
  // cancel().
  virtual bool begin() = 0;

  result<T> outcome_ = fail(fault::internal, side::local, "never completed");
};

}  // namespace ferroway::io
