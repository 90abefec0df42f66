// The demo backend's listener and its connections: one loop, one thread. What every connection
// shares.
#pragma once

#include <memory>
#include <string>

#include "base/task.hpp"
#include "io/cancel_scope.hpp"
#include "io/loop.hpp"

namespace ferroway::echo {

class server {
 public:
  server(io::loop& on, std::unique_ptr<io::listener> from, std::string name, duration delay)
      : loop_(on), listener_(std::move(from)), scope_(on), name_(std::move(name)), delay_(delay) {}

  // Begins to accept; everything else happens while the loop runs.
  void start();
  // Cancels the accept and every connection; the loop stops when the last of them has ended. On the
  // loop's thread.
  void stop();

  io::loop& loop() noexcept { return loop_; }
  io::cancel_scope& scope() noexcept { return scope_; }
  const std::string& name() const noexcept { return name_; }
  const io::address& address() const noexcept { return listener_->bound(); }
  duration delay() const noexcept { return delay_; }

 private:
  task<> accept_all();
  task<> serve(std::unique_ptr<io::stream> client);
  void one_ended();

  io::loop& loop_;
  std::unique_ptr<io::listener> listener_;
  io::cancel_scope scope_;
  std::string name_;
  duration delay_;
  std::size_t running_ = 0;  // coroutines that must end before the loop may
};

}  // namespace ferroway::echo
