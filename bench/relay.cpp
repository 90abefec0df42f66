// The floor that the benchmark compares with: bytes carried both ways on the gateway's runtime,
// with no HTTP at all. Each client connection has one connection to the backend of its own; what a
// gateway costs more than this is the price of understanding what it carries.
//
//   bench_relay [--io auto|io_uring|epoll] LISTEN_PORT BACKEND_PORT
//
// One thread, on the loopback. A signal ends it as it ends any process.
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/spawn.hpp"
#include "io/backend.hpp"
#include "io/loop.hpp"

namespace {

using namespace ferroway;

// One direction, until its sender has ended. A failure ends the other direction too.
task<> pump(io::stream& from, io::stream& to, io::cancel_scope& scope) {
  std::size_t room = buffer_pool::small_bytes;
  while (true) {
    result<buffer> received = co_await from.receive(scope, {}, room);
    if (received && received->empty()) {
      to.shutdown_write();
      co_return;
    }
    result<void> sent;
    if (received) {
      // A sender that fills a small buffer has more to say.
      const bool full = received->size() >= buffer_pool::small_bytes;
      room = full ? buffer_pool::large_bytes : buffer_pool::small_bytes;
      sent = co_await to.send(io::gather(std::move(*received)), scope);
    } else {
      sent = fail(received.error());
    }
    if (!sent) {
      from.reset_on_close();
      to.reset_on_close();
      if (!scope.cancelled()) scope.cancel(sent.error());
      co_return;
    }
  }
}

task<> relay(io::loop& loop, std::unique_ptr<io::stream> client, const io::address& backend) {
  io::cancel_scope scope(loop);
  result<std::unique_ptr<io::stream>> connected = co_await loop.connect(backend, scope);
  if (!connected) co_return;
  companion upward;
  upward.start(pump(*client, **connected, scope));
  co_await pump(**connected, *client, scope);
  co_await upward.join();
}

task<> accept_all(io::loop& loop, io::listener& clients, const io::address& backend) {
  io::cancel_scope scope(loop);
  while (true) {
    result<std::unique_ptr<io::stream>> accepted = co_await clients.accept(scope);
    if (accepted) {
      spawn(relay(loop, std::move(*accepted), backend));
    } else {
      (void)co_await loop.sleep_for(io::timer_wheel::tick, scope);  // out of descriptors
    }
  }
}

int die(std::string_view what) {
  std::fprintf(stderr, "bench_relay: %.*s\n", static_cast<int>(what.size()), what.data());
  return 2;
}

}  // namespace

int main(int count, char** words) {
  std::optional<io::backend> wanted;
  const bool chosen_by_hand = count == 5 && std::string_view(words[1]) == "--io";
  if (chosen_by_hand) wanted = io::parse_backend(words[2]);
  if ((count != 3 && !chosen_by_hand) ||
      (chosen_by_hand && !wanted && std::string_view(words[2]) != "auto"))
    return die("usage: bench_relay [--io auto|io_uring|epoll] LISTEN_PORT BACKEND_PORT");
  const auto at = io::address::parse("127.0.0.1:" + std::string(words[count - 2]));
  const auto backend = io::address::parse("127.0.0.1:" + std::string(words[count - 1]));
  if (!at || !backend) return die("what is given is not a port");
  const auto chosen = io::choose_backend(wanted);
  if (!chosen) return die(chosen.error());
  auto loop = io::make_loop(chosen->which);
  if (!loop) return die("cannot make an event loop");
  auto clients = (*loop)->listen(*at, {.reuse_port = false});
  if (!clients) return die("cannot listen");
  std::signal(SIGPIPE, SIG_IGN);
  std::printf("relays io=%s\n", std::string((*loop)->name()).c_str());
  std::fflush(stdout);
  spawn(accept_all(**loop, **clients, *backend));
  (*loop)->run();
}
