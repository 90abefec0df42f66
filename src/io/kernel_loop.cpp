#include "io/kernel_loop.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "io/blocking_pool.hpp"

namespace ferroway::io {
namespace {

duration read(clockid_t which) noexcept {
  timespec time{};
  ::clock_gettime(which, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

time_point steady_now() noexcept { return time_point(read(CLOCK_MONOTONIC)); }
wall_time system_now() noexcept { return wall_time(read(CLOCK_REALTIME)); }

}  // namespace

kernel_loop::kernel_loop(descriptor wake, const buffer_pool::settings& memory)
    : loop(steady_now(), system_now(), memory), wake_(std::move(wake)), wall_read_at_(now_) {}

result<descriptor> kernel_loop::make_wake() {
  descriptor made(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!made) return fail(fault_of_errno(errno), side::local, "eventfd");
  return made;
}

void kernel_loop::stop() noexcept {
  stop_.store(true, std::memory_order_release);
  wake();
}

void kernel_loop::post(message work) {
  bool first = false;
  {
    const std::lock_guard hold(posted_lock_);
    first = posted_.empty();
    posted_.push_back(std::move(work));
  }
  if (first) wake();
}

blocking_pool* kernel_loop::pool() noexcept { return &blocking_pool::of_process(); }

void kernel_loop::wake() noexcept {
  const std::uint64_t one = 1;
  (void)!::write(wake_.number(), &one, sizeof one);
}

duration kernel_loop::longest_wait() noexcept {
  if (anything_ready() || !deferred_.empty()) return duration::zero();
  const time_point next = timers().next();
  constexpr duration longest = std::chrono::minutes(1);
  if (next == never) return longest;
  return std::clamp(next - now_, duration::zero(), longest);
}

void kernel_loop::read_clock() noexcept {
  constexpr duration wall_drift_max = std::chrono::seconds(1);
  const time_point read_now = steady_now();
  if (read_now - wall_read_at_ >= wall_drift_max) {
    wall_now_ = system_now();
    wall_read_at_ = read_now;
  } else {
    wall_now_ += read_now - now_;
  }
  now_ = read_now;
}

void kernel_loop::retry_deferred() noexcept {
  list<deferrable, in_deferred> batch;
  batch.splice(deferred_);
  while (!batch.empty()) batch.pop_front().retry();
}

void kernel_loop::run_turn() {
  // What came in is looked at before the clock: after a stall of the process every deadline has
  // passed, and every byte that came in time is there.
  resume_ready();
  timers().advance(now_);
  if (woken_) run_posted();
  resume_ready();
}

void kernel_loop::run_posted() {
  woken_ = false;
  std::vector<message> batch;
  {
    const std::lock_guard hold(posted_lock_);
    batch.swap(posted_);
  }
  for (message& work : batch) {
    renew_inline();
    work();
  }
}

}  // namespace ferroway::io
