// What every backend must do. It starts with the collapse that a prototype showed: readers that
// stall and heads that stop half way must cost others nothing.
#include <gtest/gtest.h>

#include <vector>

#include "unit/io/rig.hpp"

namespace ferroway::io::test {
namespace {

constexpr int crowd = 1000;

struct crowd_server {
  rig& on;
  cancel_scope scope{on.on()};
  int stalled = 0;     // sends that wait for their reader
  int half_heads = 0;  // receives that wait for the rest
  int running = 0;
};

// "S": sends without end. "E": echoes. Anything else: waits for more.
task<> serve_crowd(crowd_server& server, std::unique_ptr<stream> with) {
  ++server.running;
  result<buffer> first = co_await with->receive(server.scope);
  char kind = first && !first->empty() ? first->view().front() : '\0';
  if (kind == 'E') (void)co_await with->send(gather(std::move(*first)), server.scope);
  if (first) first->release();
  while (kind == 'S') {
    buffer bytes = server.on.on().buffers().acquire();
    bytes.grew(bytes.room().size());
    ++server.stalled;
    result<void> sent = co_await with->send(gather(std::move(bytes)), server.scope);
    --server.stalled;
    if (!sent) kind = '\0';
  }
  while (kind == 'E' || kind == 'H') {
    server.half_heads += kind == 'H' ? 1 : 0;
    result<buffer> more = co_await with->receive(server.scope);
    server.half_heads -= kind == 'H' ? 1 : 0;
    if (!more || more->empty()) break;
    result<void> sent = co_await with->send(gather(std::move(*more)), server.scope);
    if (!sent) break;
  }
  with.reset();
  --server.running;
}

task<> accept_crowd(crowd_server& server, listener& at) {
  ++server.running;
  while (true) {
    result<std::unique_ptr<stream>> got = co_await at.accept(server.scope);
    if (!got) break;
    spawn(serve_crowd(server, std::move(*got)));
  }
  --server.running;
}

task<> one_client_among_a_crowd(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  crowd_server server{on};
  spawn(accept_crowd(server, *at));
  cancel_scope scope(on.on());
  std::vector<std::unique_ptr<stream>> clients;
  for (int i = 0; i < 2 * crowd; ++i) {
    auto made = co_await on.on().connect(at->bound(), scope);
    CO_ASSERT_TRUE(made.has_value());
    clients.push_back(std::move(*made));
    (void)co_await send_text(*clients.back(), i < crowd ? "S" : "H", scope);
  }
  const bool settled = co_await wait_until(
      on, [&server] { return server.stalled == crowd && server.half_heads == crowd; });
  EXPECT_TRUE(settled) << server.stalled << " stalled, " << server.half_heads << " half heads";

  // Another client is served.
  auto other = co_await on.on().connect(at->bound(), scope);
  CO_ASSERT_TRUE(other.has_value());
  for (int i = 0; i < 100; ++i) {
    (void)co_await send_text(**other, "Echo", scope);
    const std::string back = co_await receive_bytes(**other, 4, scope);
    EXPECT_EQ(back, "Echo");
  }

  // A stalled send holds its buffer; a half head, and whoever is idle, hold none.
  EXPECT_EQ(on.on().buffers().bytes_lent(), crowd * buffer_pool::small_bytes);
  const bool rests = co_await comes_to_rest(on);
  EXPECT_TRUE(rests);

  server.scope.cancel({fault::cancelled, side::local, false, ""});
  const bool ended = co_await wait_until(on, [&server] { return server.running == 0; });
  EXPECT_TRUE(ended);
}

TEST_P(conformance, stalled_readers_and_half_heads_cost_others_nothing) {
  rig on(GetParam());
  on.run(one_client_among_a_crowd(on));
}

task<> receive_and_hold(rig& on, stream& from, int number, std::vector<int>& order,
                        std::vector<buffer>& held) {
  cancel_scope scope(on.on());
  result<buffer> got = co_await from.receive(scope);
  CO_ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->view(), "x");
  order.push_back(number);
  held.push_back(std::move(*got));
}

task<> receives_queue_for_buffers(rig& on) {
  constexpr int connections = 10;
  constexpr int buffers = 3;  // of four: the last is for heads
  std::unique_ptr<listener> at = on.listen();
  cancel_scope scope(on.on());
  std::vector<connected_pair> pairs;
  recorder seen[connections];
  for (int i = 0; i < connections; ++i) {
    pairs.push_back(co_await connect_pair(on, *at));
    (void)co_await send_text(*pairs.back().client, "x", scope);
    pairs.back().server->watch(&seen[i]);
    const bool arrived = co_await wait_until(on, [&seen, i] { return seen[i].bytes; });
    CO_ASSERT_TRUE(arrived);
    pairs.back().server->watch(nullptr);
  }
  std::vector<int> order;
  std::vector<buffer> held;
  for (int i = 0; i < connections; ++i) {
    spawn(receive_and_hold(on, *pairs[static_cast<std::size_t>(i)].server, i, order, held));
  }
  const bool some = co_await wait_until(on, [&order] { return order.size() == buffers; });
  EXPECT_TRUE(some);
  // Waiting for a buffer does not spin.
  const bool rests = co_await comes_to_rest(on);
  EXPECT_TRUE(rests);
  EXPECT_EQ(order.size(), buffers);
  // Each that comes back serves the next in the queue.
  for (std::size_t served = buffers + 1; served <= connections; ++served) {
    held.erase(held.begin());
    const bool next = co_await wait_until(on, [&order, served] { return order.size() == served; });
    EXPECT_TRUE(next);
  }
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  held.clear();
}

TEST_P(conformance, receives_wait_for_buffers_first_come_first_served) {
  rig on(GetParam(), {.bytes_max = 4 * buffer_pool::small_bytes});
  on.run(receives_queue_for_buffers(on));
}

task<> receive_and_note(rig& on, stream& from, cancel_scope& scope, fault& how, bool& ended) {
  result<buffer> got = co_await from.receive(scope);
  if (!got) how = got.error().kind;
  ended = true;
  (void)on;
}

// Cancelling one that waits for a buffer lets the next have it.
task<> cancelled_wait_for_buffer(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  cancel_scope scope(on.on());
  cancel_scope impatient(on.on());
  connected_pair first = co_await connect_pair(on, *at);
  connected_pair second = co_await connect_pair(on, *at);
  connected_pair holder = co_await connect_pair(on, *at);
  (void)co_await send_text(*holder.client, "hold", scope);
  result<buffer> taken = co_await holder.server->receive(scope);
  CO_ASSERT_TRUE(taken.has_value());
  (void)co_await first.client->send(gather(on.on().buffers().acquire()), scope);
  gather x;
  x.add_borrowed("x");
  (void)co_await first.client->send(std::move(x), scope);
  gather y;
  y.add_borrowed("y");
  (void)co_await second.client->send(std::move(y), scope);
  fault how = fault::internal;
  fault how_second = fault::internal;
  bool ended = false;
  bool ended_second = false;
  spawn(receive_and_note(on, *first.server, impatient, how, ended));
  spawn(receive_and_note(on, *second.server, scope, how_second, ended_second));
  (void)co_await on.on().sleep_for(std::chrono::milliseconds(5), scope);
  impatient.cancel({fault::timed_out, side::client, false, ""});
  const bool gave_up = co_await wait_until(on, [&ended] { return ended; });
  EXPECT_TRUE(gave_up);
  EXPECT_EQ(how, fault::timed_out);
  EXPECT_FALSE(ended_second);
  taken->release();
  const bool got = co_await wait_until(on, [&ended_second] { return ended_second; });
  EXPECT_TRUE(got);
  EXPECT_EQ(how_second, fault::internal);
  // What the cancelled receive did not take is still there.
  const std::string kept = co_await receive_bytes(*first.server, 1, scope);
  EXPECT_EQ(kept, "x");
}

TEST_P(conformance, a_cancelled_wait_for_a_buffer_holds_up_nobody) {
  rig on(GetParam(), {.bytes_max = buffer_pool::small_bytes});
  on.run(cancelled_wait_for_buffer(on));
}

INSTANTIATE_TEST_SUITE_P(every, conformance, testing::ValuesIn(backends()),
                         [](const auto& each) { return to_string(each.param); });

}  // namespace
}  // namespace ferroway::io::test
