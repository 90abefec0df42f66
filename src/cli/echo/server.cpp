#include "cli/echo/server.hpp"

#include "base/spawn.hpp"
#include "cli/echo/connection.hpp"

namespace ferroway::echo {
namespace {

constexpr duration pause_without_descriptors = std::chrono::milliseconds(100);

}  // namespace

void server::start() {
  ++running_;
  spawn(accept_all());
}

void server::stop() { scope_.cancel({.kind = fault::cancelled, .detail = "the server stops"}); }

task<> server::accept_all() {
  while (!scope_.cancelled()) {
    result<std::unique_ptr<io::stream>> client = co_await listener_->accept(scope_);
    if (client) {
      ++running_;
      spawn(serve(std::move(*client)));
    } else if (!scope_.cancelled()) {
      (void)co_await loop_.sleep_for(pause_without_descriptors, scope_);
    }
  }
  one_ended();
}

task<> server::serve(std::unique_ptr<io::stream> client) {
  {
    connection served(*this, *client);
    co_await served.run();
  }
  client.reset();
  one_ended();
}

void server::one_ended() {
  if (--running_ == 0) loop_.stop();
}

}  // namespace ferroway::echo
