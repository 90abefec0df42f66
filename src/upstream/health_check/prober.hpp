// Asks endpoints whether they are well, again and again: one prober for the process, on the control
// thread's loop, whose judgement every worker sees at once (endpoint_health.hpp). An endpoint that
// stays through a reload is asked on as before, with all that is known of it.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "base/task.hpp"
#include "io/loop.hpp"
#include "upstream/upstream.hpp"

namespace ferroway::upstream {

class prober {
 public:
  // Its jitter follows from `seed`.
  prober(io::loop& on, std::uint64_t seed);
  prober(const prober&) = delete;
  prober& operator=(const prober&) = delete;
  // After stop(), when `done` was called.
  ~prober();

  // From now on asks the endpoints that these have now, as their `health_check` says, and no
  // others. On the loop's thread, as all else.
  void follow(std::span<const std::shared_ptr<upstream>> all);
  void stop(std::move_only_function<void()> done);

  std::size_t asked() const noexcept { return probes_.size(); }  // endpoints

 private:
  struct probe;
  using probes = std::vector<std::shared_ptr<probe>>;

  task<> run(std::shared_ptr<probe> mine);
  duration next_pause(const probe& of);
  void ended();

  io::loop& loop_;
  random_source random_;
  io::cancel_scope scope_;
  probes probes_;
  std::size_t running_ = 0;  // also those that are ending
  std::move_only_function<void()> done_;
};

}  // namespace ferroway::upstream
