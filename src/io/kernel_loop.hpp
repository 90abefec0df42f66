// What the backends with a kernel beneath them share: clocks, the door for other threads, the end
// of `run`, and a list of those that have something to do in the next turn.
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "io/descriptor.hpp"
#include "io/loop.hpp"

namespace ferroway::io {

struct in_deferred;

// What can ask for another look in the next turn (kernel_loop::defer). Destroying it withdraws.
class deferrable : public tagged_node<in_deferred> {
 public:
  virtual void retry() noexcept = 0;

 protected:
  ~deferrable() = default;
};

class kernel_loop : public loop {
 public:
  void stop() noexcept final;
  void post(message work) final;
  blocking_pool* pool() noexcept final;

  // `source` is retried in the next turn (in this one, while events are taken).
  void defer(deferrable& source) noexcept {
    if (!source.linked()) deferred_.push_back(source);
  }

 protected:
  // `wake` is an eventfd, which a backend watches; edge-triggered, so nobody needs to read from it.
  kernel_loop(descriptor wake, const buffer_pool::settings& memory);
  static result<descriptor> make_wake();

  bool stopping() const noexcept { return stop_.load(std::memory_order_acquire); }
  void stopped() noexcept { stop_.store(false, std::memory_order_relaxed); }
  int wake_descriptor() const noexcept { return wake_.number(); }
  void woken() noexcept { woken_ = true; }

  // How long the kernel may keep this turn: zero when something is to be done; at most a minute.
  duration longest_wait() noexcept;
  void read_clock() noexcept;
  void retry_deferred() noexcept;
  // Resumes what is ready, fires timers, runs what other threads posted.
  void run_turn();

 private:
  void wake() noexcept;
  void run_posted();

  descriptor wake_;
  list<deferrable, in_deferred> deferred_;
  time_point wall_read_at_;
  bool woken_ = false;
  std::atomic<bool> stop_ = false;
  std::mutex posted_lock_;
  std::vector<message> posted_;  // under posted_lock_
};

}  // namespace ferroway::io
