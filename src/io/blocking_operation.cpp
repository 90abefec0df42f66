#include "io/blocking_operation.hpp"

#include <mutex>
#include <utility>

#include "io/blocking_pool.hpp"
#include "io/loop.hpp"

namespace ferroway::io {
namespace {

constexpr failure no_room{fault::overloaded, side::local, false, "too much waits for the pool"};
constexpr failure too_late{fault::overloaded, side::local, false, "the pool took too long"};

}  // namespace

// What the operation, the pool and the message between them share.
struct blocking_operation::link {
  explicit link(blocking_operation& of) : waiting(&of) {}

  // On the pool's thread. Nobody posts to the loop of an operation that has ended: the loop may be
  // gone with it. While one waits its loop lives, so the lock is held for as long as it takes.
  void tell(const std::shared_ptr<link>& self, loop& on, bool done) {
    const std::lock_guard hold(mutex);
    if (abandoned) return;
    on.post([self, done] {
      blocking_operation* const of = std::exchange(self->waiting, nullptr);
      if (of == nullptr) return;
      of->complete(done ? result<void>{} : result<void>(fail(too_late)));
    });
  }
  bool is_abandoned() {
    const std::lock_guard hold(mutex);
    return abandoned;
  }
  // On the loop's thread.
  void abandon() {
    waiting = nullptr;
    const std::lock_guard hold(mutex);
    abandoned = true;
  }

  blocking_operation* waiting;  // of the loop's thread
  std::mutex mutex;
  bool abandoned = false;  // under the mutex
};

blocking_operation::blocking_operation(loop& on, std::uint64_t client,
                                       std::move_only_function<void()> what, cancel_scope& scope)
    : operation_of(scope), on_(on), client_(client), what_(std::move(what)) {}

blocking_operation::~blocking_operation() {
  if (link_) link_->abandon();
}

bool blocking_operation::begin() {
  blocking_pool* const pool = on_.pool();
  if (pool == nullptr) {
    what_();
    set_outcome({});
    return true;
  }
  link_ = std::make_shared<link>(*this);
  const bool taken = pool->add(
      client_, [shared = link_, &on = on_, what = std::move(what_)](bool in_time) mutable {
        if (shared->is_abandoned()) return;
        if (in_time) what();
        shared->tell(shared, on, in_time);
      });
  if (!taken) set_outcome(fail(no_room));
  return !taken;
}

void blocking_operation::cancel(const failure& why) noexcept {
  link_->abandon();
  complete(fail(why));
}

}  // namespace ferroway::io
