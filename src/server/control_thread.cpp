#include "server/control_thread.hpp"

#include <utility>

#include "io/backend.hpp"

namespace ferroway::server {

result<std::unique_ptr<control_thread>> control_thread::make() {
  result<std::unique_ptr<io::loop>> loop = io::make_epoll_loop();
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
