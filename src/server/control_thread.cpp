#include "server/control_thread.hpp"

#include <utility>

namespace ferroway::server {

result<std::unique_ptr<control_thread>> control_thread::make() {
  result<std::unique_ptr<io::epoll_loop>> loop = io::epoll_loop::make({});
  if (!loop) return fail(loop.error());
  return std::unique_ptr<control_thread>(new control_thread(std::move(*loop)));
}

void control_thread::start(std::move_only_function<void()> first,
                           std::move_only_function<void()> last) {
  thread_ = std::thread([this, first = std::move(first), last = std::move(last)]() mutable {
    first();
    loop_->run();
    last();
  });
}

void control_thread::stop() {
  if (!thread_.joinable()) return;
  loop_->stop();
  thread_.join();
}

}  // namespace ferroway::server
