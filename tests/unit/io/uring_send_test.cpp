// The traps of sends that complete in silence.
#include <algorithm>
#include <vector>

#include "unit/io/rig.hpp"

namespace ferroway::io::test {
namespace {

class uring_sends : public uring_test {};

// A silent send's worth that shows which of them it is, and where in it each byte belongs.
std::string piece_of(int number) {
  constexpr std::size_t bytes = 8000;
  std::string piece;
  while (piece.size() < bytes) {
    piece += std::to_string(number) + ":" + std::to_string(piece.size()) + " ";
  }
  return piece;
}

struct progress {
  int wanted = 0;
  int sent = 0;
  int flushed = 0;
  bool ended = false;
};

// `later`: flushes some turns after the send, when that has fallen short already.
task<> send_pieces(rig& on, stream& to, cancel_scope& scope, progress& how, bool later) {
  for (int i = 0; i < how.wanted; ++i) {
    buffer bytes = scope.on().buffers().acquire();
    (void)bytes.append(piece_of(i));
    result<void> sent = co_await to.send(gather(std::move(bytes)), scope);
    if (!sent) break;
    ++how.sent;
    if (later) co_await some_turns(on);
    result<void> flushed = co_await to.flush(scope);
    if (!flushed) break;
    ++how.flushed;
  }
  how.ended = true;
}

struct connection {
  descriptor client;
  std::unique_ptr<stream> server;
  progress how;
};

task<> connect_through(listener& at, connection& made, cancel_scope& scope) {
  made.client = raw_client(at.bound());
  result<std::unique_ptr<stream>> accepted = co_await at.accept(scope);
  CO_ASSERT_TRUE(accepted.has_value());
  made.server = std::move(*accepted);
}

// Until nobody has sent anything for a while.
task<> come_to_a_stop(rig& on, const std::vector<connection>& all) {
  cancel_scope scope(on.on());
  int last_sent = -1;
  for (int still = 0; still < 50;) {
    int sent = 0;
    for (const connection& each : all) sent += each.how.sent;
    still = sent == last_sent ? still + 1 : 0;
    last_sent = sent;
    (void)co_await on.on().sleep_for(std::chrono::milliseconds(1), scope);
  }
}

// None of the peers reads until every send has come to a stop.
task<> stall_and_deliver(rig& on, std::size_t connections, int pieces, bool later) {
  std::unique_ptr<listener> at = on.listen();
  cancel_scope scope(on.on());
  scope.expire_in(std::chrono::seconds(30));
  std::vector<connection> all(connections);
  for (connection& each : all) {
    co_await connect_through(*at, each, scope);
    each.how.wanted = pieces;
  }
  for (connection& each : all) spawn(send_pieces(on, *each.server, scope, each.how, later));
  co_await come_to_a_stop(on, all);
  std::string text;
  for (int i = 0; i < pieces; ++i) text += piece_of(i);
  for (connection& each : all) {
    // The last was accepted, and has not left: so its flush waits.
    EXPECT_EQ(each.how.sent, each.how.flushed + 1);
    EXPECT_FALSE(each.how.ended);
    const std::string got = co_await receive_raw(on, each.client, text.size());
    EXPECT_EQ(got.size(), text.size());
    EXPECT_TRUE(got == text);
  }
  const bool ended = co_await wait_until(
      on, [&all] { return std::ranges::all_of(all, [](auto& each) { return each.how.ended; }); });
  EXPECT_TRUE(ended);
  for (const connection& each : all) EXPECT_EQ(each.how.flushed, pieces);
}

TEST_F(uring_sends, that_fall_short_go_on_in_order_and_a_flush_waits_for_them) {
  for (const backend kind : {backend::uring_ipv4, backend::uring_unix}) {
    for (const bool later : {false, true}) {
      rig on(kind);
      on.run(stall_and_deliver(on, 1, 100, later));
    }
  }
}

// Those that fall short say so: where that does not fit the queue, they must not pass for sent.
TEST_F(uring_sends, that_fall_short_are_known_when_the_completion_queue_overflows) {
  rig on(backend::uring_unix, {}, {.submissions = 8, .completions = 16});
  on.run(stall_and_deliver(on, 60, 60, false));
}

task<> sends_to_one_who_is_gone(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  cancel_scope scope(on.on());
  connection one;
  co_await connect_through(*at, one, scope);
  reset(std::move(one.client));
  // Accepted; and what became of it is known before anything else is.
  buffer bytes = on.on().buffers().acquire();
  (void)bytes.append("lost");
  result<void> sent = co_await one.server->send(gather(std::move(bytes)), scope);
  EXPECT_TRUE(sent.has_value());
  result<void> flushed = co_await one.server->flush(scope);
  CO_ASSERT_TRUE(!flushed.has_value());
  EXPECT_EQ(flushed.error().kind, fault::reset);
  for (int i = 0; i < 2; ++i) {
    result<void> next = co_await send_text(*one.server, "next", scope);
    CO_ASSERT_TRUE(!next.has_value());
    EXPECT_EQ(next.error().kind, fault::reset);
  }
  recorder seen;
  one.server->watch(&seen);
  const bool told = co_await wait_until(on, [&seen] { return seen.reset; });
  EXPECT_TRUE(told);
}

TEST_F(uring_sends, that_fail_are_told_at_the_flush_and_at_the_next) {
  rig on(backend::uring_ipv4);
  on.run(sends_to_one_who_is_gone(on));
}

// No completion will come: neither its own nor, with a peer that says nothing, any other.
task<> flushes_in_silence(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  cancel_scope scope(on.on());
  connection one;
  co_await connect_through(*at, one, scope);
  scope.expire_in(std::chrono::seconds(30));
  const time_point before = on.on().now();
  for (int i = 0; i < 3; ++i) {
    (void)co_await send_text(*one.server, "x", scope);
    result<void> flushed = co_await one.server->flush(scope);
    EXPECT_TRUE(flushed.has_value());
  }
  EXPECT_LT(on.on().now() - before, std::chrono::seconds(10)) << "it waited for the deadline";
  const std::string got = co_await receive_raw(on, one.client, 3);
  EXPECT_EQ(got, "xxx");
}

task<> send_one(stream& to, std::string_view text, cancel_scope& scope, bool& ended) {
  result<void> sent = co_await send_text(to, text, scope);
  EXPECT_TRUE(sent.has_value());
  ended = true;
}

// A flush and a second send wait for the first: the second goes out in silence as well.
task<> flushes_behind_a_pending_one(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  cancel_scope scope(on.on());
  connection one;
  co_await connect_through(*at, one, scope);
  scope.expire_in(std::chrono::seconds(30));
  const time_point before = on.on().now();
  (void)co_await send_text(*one.server, "x", scope);
  bool ended = false;
  spawn(send_one(*one.server, "y", scope, ended));
  EXPECT_FALSE(ended);
  result<void> flushed = co_await one.server->flush(scope);
  EXPECT_TRUE(flushed.has_value() && ended);
  EXPECT_LT(on.on().now() - before, std::chrono::seconds(10)) << "it waited for the deadline";
  const std::string got = co_await receive_raw(on, one.client, 2);
  EXPECT_EQ(got, "xy");
}

TEST_F(uring_sends, are_flushed_behind_one_that_had_to_wait) {
  rig on(backend::uring_ipv4);
  on.run(flushes_behind_a_pending_one(on));
}

TEST_F(uring_sends, are_flushed_without_waiting_for_a_completion_that_is_skipped) {
  rig on(backend::uring_ipv4);
  on.run(flushes_in_silence(on));
}

}  // namespace
}  // namespace ferroway::io::test
