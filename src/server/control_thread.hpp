// The thread beside the workers, with a loop of its own: what concerns the process and no single
// request runs here, so that no worker waits for it. Made and ended by the process; everything that
// lives on the loop is made and destroyed on this thread (`first` and `last` of start()).
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "io/epoll_loop.hpp"

namespace ferroway::server {

class control_thread {
 public:
  // Fails for want of descriptors.
  static result<std::unique_ptr<control_thread>> make();
  control_thread(const control_thread&) = delete;
  control_thread& operator=(const control_thread&) = delete;
  ~control_thread() { stop(); }

  // epoll, whatever the workers use: it works everywhere, and nothing here is in a hurry. Other
  // threads may only post to it.
  io::epoll_loop& loop() noexcept { return *loop_; }

  // Runs `first` on the new thread, then the loop until stop(), then `last`.
  void start(std::move_only_function<void()> first, std::move_only_function<void()> last);
  // From another thread; returns when `last` has run. What was posted and has not run is lost.
  void stop();

 private:
  explicit control_thread(std::unique_ptr<io::epoll_loop> loop) : loop_(std::move(loop)) {}

  std::unique_ptr<io::epoll_loop> loop_;
  std::thread thread_;
};

}  // namespace ferroway::server
