// A pool and connections to a listener of its own, in a simulated world.
#pragma once

#include <memory>
#include <vector>

#include "io/listener.hpp"
#include "unit/exchange/rig.hpp"
#include "upstream/connection_pool.hpp"

namespace ferroway::upstream {

struct pool_rig : exchange_rig {
  explicit pool_rig(const pool_settings& settings = {}, random_source* random = nullptr)
      : accepting(*loop),
        listener(std::move(*loop->listen(*io::address::parse("10.0.1.1:8000"), {}))),
        pool(std::in_place, *loop, settings, random) {}

  // A lease whose exchange has ended well.
  lease used() {
    lease made = pool->adopt(finish(connect(*loop, connection)));
    peers.push_back(finish(accept(*listener, accepting)));
    made->request_sent = true;
    made->answer_keeps_alive = true;
    return made;
  }
  // Lets `length` pass, and the loop see that it has.
  void let(duration length) {
    world.run_for(length);
    bool turned = false;
    loop->post([&turned] { turned = true; });
    world.run_until([&] { return turned; });
  }

  // The peer sends this.
  void send(io::stream& from, std::string_view text) {
    (void)finish(send_text(*loop, from, accepting, text));
  }

  std::vector<std::unique_ptr<io::stream>> peers;
  io::cancel_scope accepting;
  std::unique_ptr<io::listener> listener;
  std::optional<connection_pool> pool;

 private:
  static task<std::unique_ptr<io::stream>> connect(io::loop& on, io::cancel_scope& scope) {
    const io::address to = *io::address::parse("10.0.1.1:8000");
    result<std::unique_ptr<io::stream>> made = co_await on.connect(to, scope);
    co_return std::move(*made);
  }
  static task<std::unique_ptr<io::stream>> accept(io::listener& from, io::cancel_scope& scope) {
    result<std::unique_ptr<io::stream>> made = co_await from.accept(scope);
    co_return std::move(*made);
  }
  static task<bool> send_text(io::loop& on, io::stream& to, io::cancel_scope& scope,
                              std::string_view text) {
    buffer bytes = on.buffers().acquire();
    bytes.append(text);
    const result<void> sent = co_await to.send(io::gather(std::move(bytes)), scope);
    co_return sent.has_value();
  }
};

}  // namespace ferroway::upstream
