// Bytes in motion: order, gathering, backpressure, many connections, large transfers, fairness.
#include <gtest/gtest.h>

#include <string>

#include "base/random.hpp"
#include "unit/io/rig.hpp"

namespace ferroway::io::test {
namespace {

// Bytes that show where they belong: a stream repeats `pattern`, whose length divides no buffer's.
constexpr std::size_t pattern_bytes = 65'521;

std::string_view pattern_from(std::uint64_t at, std::size_t bytes_max) {
  static const std::string pattern = [] {
    random_source random(3);
    std::string bytes(pattern_bytes, '\0');
    for (char& each : bytes) each = static_cast<char>(random.next());
    return bytes;
  }();
  return std::string_view(pattern).substr(at % pattern_bytes, bytes_max);
}

struct transfer {
  std::uint64_t bytes_wanted = 0;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  bool sending = false;  // within a send
  bool intact = true;
  bool sent_all = false;
  bool received_all = false;
};

task<> send_pattern(rig& on, stream& to, transfer& how) {
  cancel_scope scope(on.on());
  while (how.sent < how.bytes_wanted) {
    buffer bytes = on.on().buffers().acquire();
    const std::size_t count =
        bytes.append(pattern_from(how.sent, static_cast<std::size_t>(how.bytes_wanted - how.sent)));
    how.sending = true;
    result<void> sent = co_await to.send(gather(std::move(bytes)), scope);
    how.sending = false;
    if (!sent) break;
    how.sent += count;
  }
  to.shutdown_write();
  how.sent_all = true;
}

task<> receive_pattern(rig& on, stream& from, transfer& how, std::size_t room) {
  cancel_scope scope(on.on());
  while (true) {
    result<buffer> got = co_await from.receive(scope, {}, room);
    if (!got || got->empty()) break;
    std::string_view rest = got->view();
    while (!rest.empty()) {
      const std::string_view expected = pattern_from(how.received, rest.size());
      how.intact &= rest.starts_with(expected);
      how.received += expected.size();
      rest.remove_prefix(expected.size());
    }
  }
  how.received_all = true;
}

task<> gathered_in_order(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  connected_pair pair = co_await connect_pair(on, *at);
  cancel_scope scope(on.on());
  buffer owned = on.on().buffers().acquire();
  (void)owned.append("owned ");
  gather first;
  first.add_borrowed("borrowed ");
  first.add(std::move(owned));
  first.add_borrowed("");
  first.add_borrowed("last ");
  result<void> sent = co_await pair.client->send(std::move(first), scope);
  EXPECT_TRUE(sent.has_value());
  (void)co_await send_text(*pair.client, "next", scope);
  result<void> flushed = co_await pair.client->flush(scope);
  EXPECT_TRUE(flushed.has_value());
  const std::string all = co_await receive_bytes(*pair.server, 24, scope);
  EXPECT_EQ(all, "borrowed owned last next");
  // What was sent has left its buffers.
  EXPECT_EQ(on.on().buffers().bytes_lent(), 0U);
}

TEST_P(conformance, sends_gather_and_keep_their_order) {
  rig on(GetParam());
  on.run(gathered_in_order(on));
}

task<> addresses_agree(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  connected_pair pair = co_await connect_pair(on, *at);
  CO_ASSERT_TRUE(pair.client && pair.server);
  EXPECT_EQ(pair.client->peer(), at->bound());
  EXPECT_EQ(pair.server->local(), at->bound());
  EXPECT_EQ(pair.server->peer(), pair.client->local());
  if (at->bound().is_ip()) EXPECT_NE(at->bound().port(), 0);
}

TEST_P(conformance, both_sides_know_their_addresses) {
  rig on(GetParam());
  if (on.is_unix()) GTEST_SKIP() << "clients of unix sockets have no name";
  on.run(addresses_agree(on));
}

task<> stalls_and_goes_on(rig& on) {
  constexpr std::uint64_t far_over_any_window = 32U << 20;
  std::unique_ptr<listener> at = on.listen();
  connected_pair pair = co_await connect_pair(on, *at);
  cancel_scope scope(on.on());
  transfer how{.bytes_wanted = far_over_any_window};
  spawn(send_pattern(on, *pair.server, how));
  // Nobody receives: the sender comes to a stop, one buffer in hand, and where sends are silent the
  // rest of one that was accepted.
  std::uint64_t last_sent = ~std::uint64_t{0};
  for (int still = 0; still < 20;) {
    still = how.sent == last_sent ? still + 1 : 0;
    last_sent = how.sent;
    (void)co_await on.on().sleep_for(std::chrono::milliseconds(1), scope);
  }
  EXPECT_TRUE(how.sending);
  EXPECT_FALSE(how.sent_all);
  EXPECT_GE(on.on().buffers().bytes_lent(), buffer_pool::small_bytes);
  EXPECT_LE(on.on().buffers().bytes_lent(), 2 * buffer_pool::small_bytes);
  spawn(receive_pattern(on, *pair.client, how, buffer_pool::large_bytes));
  const bool done = co_await wait_until(on, [&how] { return how.sent_all && how.received_all; });
  EXPECT_TRUE(done);
  EXPECT_EQ(how.received, far_over_any_window);
  EXPECT_TRUE(how.intact);
}

TEST_P(conformance, a_send_waits_for_a_reader_that_stalls_and_goes_on_with_it) {
  rig on(GetParam());
  on.run(stalls_and_goes_on(on));
}

task<> both_ways_at_once(rig& on) {
  constexpr std::uint64_t bytes = 16U << 20;
  std::unique_ptr<listener> at = on.listen();
  connected_pair pair = co_await connect_pair(on, *at);
  transfer up{.bytes_wanted = bytes};
  transfer down{.bytes_wanted = bytes + 1};
  spawn(send_pattern(on, *pair.client, up));
  spawn(send_pattern(on, *pair.server, down));
  spawn(receive_pattern(on, *pair.server, up, buffer_pool::large_bytes));
  spawn(receive_pattern(on, *pair.client, down, buffer_pool::small_bytes));
  const bool done = co_await wait_until(
      on, [&] { return up.sent_all && up.received_all && down.sent_all && down.received_all; });
  EXPECT_TRUE(done);
  EXPECT_EQ(up.received, bytes);
  EXPECT_EQ(down.received, bytes + 1);
  EXPECT_TRUE(up.intact && down.intact);
}

TEST_P(conformance, large_transfers_both_ways_arrive_intact) {
  rig on(GetParam());
  on.run(both_ways_at_once(on));
}

task<> converse(rig& on, const address& with, int rounds, int& done) {
  cancel_scope scope(on.on());
  auto made = co_await on.on().connect(with, scope);
  CO_ASSERT_TRUE(made.has_value());
  for (int i = 0; i < rounds; ++i) {
    const std::string text = "round " + std::to_string(i);
    (void)co_await send_text(**made, text, scope);
    const std::string back = co_await receive_bytes(**made, text.size(), scope);
    EXPECT_EQ(back, text);
  }
  ++done;
}

task<> many_conversations(rig& on) {
  constexpr int clients = 400;
  std::unique_ptr<listener> at = on.listen();
  cancel_scope scope(on.on());
  companion serving;
  serving.start(serve_echo(on, *at, scope));
  int done = 0;
  for (int i = 0; i < clients; ++i) spawn(converse(on, at->bound(), 20, done));
  const bool all = co_await wait_until(on, [&] { return done == clients && on.echoes == 0; });
  EXPECT_TRUE(all) << done;
  scope.cancel({fault::cancelled, side::local, false, ""});
  co_await serving.join();
}

TEST_P(conformance, many_connections_converse_at_once) {
  rig on(GetParam());
  on.run(many_conversations(on));
}

// Sends that never wait would otherwise run on for as long as they find something to send.
task<> fast_sends_share_the_loop(rig& on) {
  constexpr int sends = 250;  // within the window of every kind of socket
  std::unique_ptr<listener> at = on.listen();
  connected_pair pair = co_await connect_pair(on, *at);
  cancel_scope scope(on.on());
  const std::uint64_t turns_before = on.on().turns();
  for (int i = 0; i < sends; ++i) {
    gather one;
    one.add_borrowed("x");
    (void)co_await pair.client->send(std::move(one), scope);
  }
  EXPECT_GE(on.on().turns() - turns_before, static_cast<std::uint64_t>(sends / 65));
  const std::string all = co_await receive_bytes(*pair.server, sends, scope);
  EXPECT_EQ(all, std::string(sends, 'x'));
}

TEST_P(conformance, operations_that_never_wait_let_others_run) {
  rig on(GetParam());
  on.run(fast_sends_share_the_loop(on));
}

}  // namespace
}  // namespace ferroway::io::test
