// One backend under test, with what the conformance tests need to talk over it: a loop that is both
// client and server, an address to listen on, and ways to make connections and to wait for things.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/spawn.hpp"
#include "base/task.hpp"
#include "io/descriptor.hpp"
#include "io/loop.hpp"
#include "io/simulated_world.hpp"
#include "io/uring.hpp"

// In a coroutine, where gtest's ASSERT_TRUE cannot return.
#define CO_ASSERT_TRUE(condition)        \
  if (!(condition)) {                    \
    ADD_FAILURE() << "not: " #condition; \
    co_return;                           \
  }                                      \
  static_assert(true)

namespace ferroway::io::test {

enum class backend : std::uint8_t {
  epoll_ipv4,
  epoll_ipv6,
  epoll_unix,
  uring_ipv4,
  uring_ipv6,
  uring_unix,
  simulated
};

std::string to_string(backend kind);
bool is_uring(backend kind);
bool available(backend kind);
// Those that this machine has.
std::vector<backend> backends();

struct connected_pair {
  std::unique_ptr<stream> client;
  std::unique_ptr<stream> server;
};

class rig {
 public:
  // `sizes`: of io_uring's queues.
  explicit rig(backend kind, const buffer_pool::settings& memory = {},
               const uring::settings& sizes = {});
  ~rig();

  loop& on() { return *loop_; }
  simulated_world* world() { return world_.get(); }
  bool is_unix() const { return kind_ == backend::epoll_unix || kind_ == backend::uring_unix; }
  bool is_tcp() const { return kind_ != backend::simulated && !is_unix(); }

  // A new address that nobody listens on; for TCP its port is 0.
  address fresh_address();
  // Listens with small socket buffers, so that few bytes fill a connection.
  std::unique_ptr<listener> listen(int backlog = 4096);

  int echoes = 0;  // running

  // Runs `body` to its end, and fails the test if the loop ends first.
  void run(task<> body);

 private:
  static task<> run_to_stop(rig& self, task<> body);

  backend kind_;
  std::string folder_;  // of unix sockets
  int sockets_ = 0;
  std::unique_ptr<simulated_world> world_;
  std::unique_ptr<loop> loop_;
  bool finished_ = false;
};

// A blocking socket that is connected to `to`, and that no loop knows of.
descriptor raw_client(const address& to);
// Up to `bytes` from it: fewer where it ends, or where nothing comes for seconds.
task<std::string> receive_raw(rig& on, const descriptor& from, std::size_t bytes);
void send_raw(const descriptor& to, std::string_view text);
// Closes it so that the peer sees a reset.
void reset(descriptor socket);

// A connection through `at`; empty pointers when that fails.
task<connected_pair> connect_pair(rig& on, listener& at);
// False when `condition` does not come to hold within some thousand timer ticks.
task<bool> wait_until(rig& on, std::function<bool()> condition);
// A few turns: what has been begun is in the kernel then.
task<> some_turns(rig& on);
// Whether the loop idles in the end: it turns for a sleep, and not to spin. (The kernel may be busy
// a while longer with acknowledgements that are due.)
task<bool> comes_to_rest(rig& on);

// All of `text`, from a pooled buffer; `text` must outlive the call.
task<result<void>> send_text(stream& to, std::string_view text, cancel_scope& scope);
// Receives until `bytes` are there, or the stream ends or fails (what came before is returned).
task<std::string> receive_bytes(stream& from, std::size_t bytes, cancel_scope& scope);
// Sends back what comes until the end of the stream.
task<> echo(rig& on, std::unique_ptr<stream> with);
// Accepts and spawns echo for each until `scope` is cancelled.
task<> serve_echo(rig& on, listener& at, cancel_scope& scope);

class recorder final : public peer_watcher {
 public:
  void peer_did(event what) noexcept override {
    ++count;
    bytes |= what == event::bytes;
    end |= what == event::end_of_stream;
    reset |= what == event::reset;
  }
  int count = 0;
  bool bytes = false;
  bool end = false;
  bool reset = false;
};

// Tests of io_uring's own: skipped where it does not work.
class uring_test : public testing::Test {
 protected:
  void SetUp() override;
};

// A suite whose tests each run on every backend that this machine has.
class conformance : public testing::TestWithParam<backend> {};

}  // namespace ferroway::io::test
