// Accepts for a backend under test, and knows how many of its connections are alive.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>

#include "base/spawn.hpp"
#include "base/task.hpp"
#include "io/loop.hpp"

namespace ferroway::sim {

class backend_listener {
 public:
  // `serve` makes the coroutine that talks on one connection, until its scope is cancelled.
  using server = std::function<task<>(std::unique_ptr<io::stream>, io::cancel_scope&)>;

  backend_listener(io::loop& loop, const io::address& at, const io::listen_options& options,
                   server serve)
      : loop_(loop), serve_(std::move(serve)), scope_(loop) {
    auto listening = loop.listen(at, options);
    if (!listening) throw std::runtime_error("a backend cannot listen");
    listener_ = std::move(*listening);
    bound_ = listener_->bound();
    ++live_;
    spawn(accept());
  }

  const io::address& bound() const { return bound_; }

  // Stops accepting and ends the connections; the loop must turn until `live()` is 0 before this is
  // destroyed. `gone` is called then.
  void stop(std::function<void()> gone = [] {}) {
    gone_ = std::move(gone);
    scope_.cancel({fault::cancelled, side::local, false, "the test is over"});
  }
  std::size_t live() const { return live_; }

 private:
  task<> accept() {
    while (true) {
      result<std::unique_ptr<io::stream>> accepted = co_await listener_->accept(scope_);
      if (accepted) {
        ++live_;
        spawn(serve(std::move(*accepted)));
      } else if (scope_.cancelled()) {
        break;
      } else {
        (void)co_await loop_.sleep_for(std::chrono::milliseconds(10), scope_);
      }
    }
    listener_.reset();
    ended();
  }

  task<> serve(std::unique_ptr<io::stream> stream) {
    co_await serve_(std::move(stream), scope_);
    ended();
  }

  void ended() {
    if (--live_ == 0) gone_();
  }

  io::loop& loop_;
  server serve_;
  std::function<void()> gone_;
  io::cancel_scope scope_;
  std::unique_ptr<io::listener> listener_;
  io::address bound_;
  std::size_t live_ = 0;
};

}  // namespace ferroway::sim
