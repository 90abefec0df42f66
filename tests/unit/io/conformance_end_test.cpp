// How connections end, and what the other side learns of it.
#include <gtest/gtest.h>

#include "unit/io/rig.hpp"

namespace ferroway::io::test {
namespace {

task<> half_close_each_way(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  connected_pair pair = co_await connect_pair(on, *at);
  cancel_scope scope(on.on());
  (void)co_await send_text(*pair.client, "question", scope);
  pair.client->shutdown_write();
  const std::string question = co_await receive_bytes(*pair.server, 100, scope);
  EXPECT_EQ(question, "question");
  // The end stays an end, however often one asks.
  for (int i = 0; i < 2; ++i) {
    result<buffer> end = co_await pair.server->receive(scope);
    CO_ASSERT_TRUE(end.has_value());
    EXPECT_TRUE(end->empty());
  }
  (void)co_await send_text(*pair.server, "answer", scope);
  pair.server->shutdown_write();
  const std::string answer = co_await receive_bytes(*pair.client, 100, scope);
  EXPECT_EQ(answer, "answer");
  gather late;
  late.add_borrowed("late");
  result<void> sent = co_await pair.client->send(std::move(late), scope);
  EXPECT_FALSE(sent.has_value());
}

TEST_P(conformance, each_way_ends_by_itself) {
  rig on(GetParam());
  on.run(half_close_each_way(on));
}

task<> receive_one(stream& from, cancel_scope& scope, result<buffer>& got, bool& ended) {
  got = co_await from.receive(scope);
  ended = true;
}

// Resets `pair.client` on every kind of socket: unix ones know a reset only as a close on unread
// bytes.
task<> reset_client(connected_pair& pair, cancel_scope& scope) {
  (void)co_await send_text(*pair.client, "never read", scope);
  (void)co_await pair.client->flush(scope);
  pair.server->reset_on_close();
  pair.server.reset();
}

task<> reset_ends_a_receive(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  connected_pair pair = co_await connect_pair(on, *at);
  cancel_scope scope(on.on());
  result<buffer> got;
  bool ended = false;
  spawn(receive_one(*pair.client, scope, got, ended));
  co_await reset_client(pair, scope);
  const bool seen = co_await wait_until(on, [&ended] { return ended; });
  CO_ASSERT_TRUE(seen);
  CO_ASSERT_TRUE(!got.has_value());
  EXPECT_EQ(got.error().kind, fault::reset);
  // And what follows fails as well.
  gather more;
  more.add_borrowed("more");
  result<void> sent = co_await pair.client->send(std::move(more), scope);
  EXPECT_FALSE(sent.has_value());
  EXPECT_FALSE(pair.client->quiet());
}

TEST_P(conformance, a_reset_by_the_peer_is_no_clean_end) {
  rig on(GetParam());
  on.run(reset_ends_a_receive(on));
}

task<> orderly_close_delivers_all(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  connected_pair pair = co_await connect_pair(on, *at);
  cancel_scope scope(on.on());
  (void)co_await send_text(*pair.server, std::string_view("farewell"), scope);
  pair.server.reset();
  const std::string all = co_await receive_bytes(*pair.client, 100, scope);
  EXPECT_EQ(all, "farewell");
  result<buffer> end = co_await pair.client->receive(scope);
  EXPECT_TRUE(end.has_value());
}

TEST_P(conformance, what_was_sent_before_a_close_arrives) {
  rig on(GetParam());
  on.run(orderly_close_delivers_all(on));
}

// Resets the client after an answer that it has not read, and has it learn so by sending.
task<> answer_and_reset(rig& on, connected_pair& pair, cancel_scope& scope) {
  (void)co_await send_text(*pair.client, "request", scope);
  (void)co_await pair.client->flush(scope);
  (void)co_await send_text(*pair.server, "413", scope);
  (void)co_await pair.server->flush(scope);
  pair.server.reset();  // on bytes that nobody has read
  bool failed = false;
  for (int i = 0; i < 1000 && !failed; ++i) {
    (void)co_await send_text(*pair.client, "more", scope);
    result<void> flushed = co_await pair.client->flush(scope);
    failed = !flushed.has_value();
    (void)co_await on.on().sleep_for(std::chrono::milliseconds(1), scope);
  }
  EXPECT_TRUE(failed);
}

task<> answer_before_a_reset(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  connected_pair pair = co_await connect_pair(on, *at);
  cancel_scope scope(on.on());
  co_await answer_and_reset(on, pair, scope);
  const std::string answer = co_await receive_bytes(*pair.client, 3, scope);
  EXPECT_EQ(answer, "413");
  for (int i = 0; i < 2; ++i) {
    result<buffer> got = co_await pair.client->receive(scope);
    CO_ASSERT_TRUE(!got.has_value());
    EXPECT_EQ(got.error().kind, fault::reset);
  }
}

TEST_P(conformance, an_answer_before_a_reset_can_be_read_after_a_send_has_failed) {
  rig on(GetParam());
  on.run(answer_before_a_reset(on));
}

// What comes while nobody receives and nobody watches is not overlooked: whoever keeps a connection
// for another use has to know of it. Also not after a long message, of which each backend receives
// the end in its own way.
task<> surplus_is_noticed(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  connected_pair pair = co_await connect_pair(on, *at);
  cancel_scope scope(on.on());
  const std::string message(buffer_pool::small_bytes + 10, 'm');
  for (int i = 0; i < 3; ++i) {
    (void)co_await send_text(*pair.client, message, scope);
    for (std::size_t received = 0; received < message.size();) {
      result<buffer> got = co_await pair.server->receive(scope, {}, buffer_pool::large_bytes);
      CO_ASSERT_TRUE(got.has_value());
      received += got->size();
    }
    (void)co_await send_text(*pair.client, "surplus", scope);
    (void)co_await pair.client->flush(scope);
    co_await some_turns(on);
    EXPECT_TRUE(pair.server->maybe_unread());
    EXPECT_FALSE(pair.server->quiet());
    const std::string got = co_await receive_bytes(*pair.server, 7, scope);
    EXPECT_EQ(got, "surplus");
  }
}

TEST_P(conformance, bytes_that_nobody_waits_for_are_noticed) {
  rig on(GetParam());
  on.run(surplus_is_noticed(on));
}

// Takes the only buffer that the pool may lend for bodies, and what io_uring has provided.
task<buffer> hold_all(connected_pair& through, cancel_scope& scope) {
  (void)co_await send_text(*through.client, "hold", scope);
  result<buffer> taken = co_await through.server->receive(scope);
  EXPECT_TRUE(taken.has_value());
  co_return std::move(*taken);
}

// The same for a receive that waits for a buffer while the send fails.
task<> answer_for_a_waiting_receive(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  connected_pair pair = co_await connect_pair(on, *at);
  cancel_scope scope(on.on());
  connected_pair other = co_await connect_pair(on, *at);
  buffer all = co_await hold_all(other, scope);
  result<buffer> got;
  bool ended = false;
  spawn(receive_one(*pair.client, scope, got, ended));
  co_await answer_and_reset(on, pair, scope);
  EXPECT_FALSE(ended);
  all.release();
  const bool served = co_await wait_until(on, [&ended] { return ended; });
  EXPECT_TRUE(served);
  CO_ASSERT_TRUE(served && got.has_value());
  EXPECT_EQ(got->view(), "413");
  scope.expire_in(std::chrono::seconds(5));
  result<buffer> then = co_await pair.client->receive(scope);
  CO_ASSERT_TRUE(!then.has_value());
  EXPECT_EQ(then.error().kind, fault::reset);
}

TEST_P(conformance, a_receive_that_waits_for_a_buffer_gets_what_came_before_a_reset) {
  rig on(GetParam(), {.bytes_max = buffer_pool::small_bytes});
  on.run(answer_for_a_waiting_receive(on));
}

// Where no buffer is to be had, who waits for bytes that will not come is told so all the same.
task<> ends_without_buffers(rig& on, bool with_reset) {
  std::unique_ptr<listener> at = on.listen();
  connected_pair pair = co_await connect_pair(on, *at);
  cancel_scope scope(on.on());
  connected_pair other = co_await connect_pair(on, *at);
  const buffer all = co_await hold_all(other, scope);
  result<buffer> got;
  bool ended = false;
  spawn(receive_one(*pair.client, scope, got, ended));
  if (with_reset) {
    gather unread;
    unread.add_borrowed("never read");
    (void)co_await pair.client->send(std::move(unread), scope);
    (void)co_await pair.client->flush(scope);
  }
  pair.server.reset();
  scope.expire_in(std::chrono::seconds(5));
  const bool told = co_await wait_until(on, [&ended] { return ended; });
  CO_ASSERT_TRUE(told);
  EXPECT_EQ(got.has_value(), !with_reset);
  if (!got) EXPECT_EQ(got.error().kind, fault::reset);
}

TEST_P(conformance, an_end_needs_no_buffer) {
  rig on(GetParam(), {.bytes_max = buffer_pool::small_bytes});
  on.run(ends_without_buffers(on, false));
}

TEST_P(conformance, a_reset_needs_no_buffer) {
  rig on(GetParam(), {.bytes_max = buffer_pool::small_bytes});
  on.run(ends_without_buffers(on, true));
}

task<> watched_bytes_and_end(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  connected_pair pair = co_await connect_pair(on, *at);
  cancel_scope scope(on.on());
  EXPECT_TRUE(pair.server->quiet());
  recorder seen;
  pair.server->watch(&seen);
  (void)co_await on.on().sleep_for(std::chrono::milliseconds(3), scope);
  EXPECT_EQ(seen.count, 0);
  (void)co_await send_text(*pair.client, "surplus", scope);
  bool told = co_await wait_until(on, [&seen] { return seen.bytes; });
  EXPECT_TRUE(told);
  EXPECT_FALSE(seen.end);
  EXPECT_FALSE(pair.server->quiet());
  pair.client->shutdown_write();
  told = co_await wait_until(on, [&seen] { return seen.end; });
  EXPECT_TRUE(told);
  EXPECT_FALSE(seen.reset);
  // A watch that begins late is told what has happened already.
  recorder late;
  pair.server->watch(&late);
  told = co_await wait_until(on, [&late] { return late.bytes && late.end; });
  EXPECT_TRUE(told);
  // Seen is not taken.
  const std::string all = co_await receive_bytes(*pair.server, 100, scope);
  EXPECT_EQ(all, "surplus");
}

TEST_P(conformance, a_watcher_learns_of_bytes_and_end_and_takes_neither) {
  rig on(GetParam());
  on.run(watched_bytes_and_end(on));
}

task<> watched_reset(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  connected_pair pair = co_await connect_pair(on, *at);
  cancel_scope scope(on.on());
  recorder seen;
  pair.client->watch(&seen);
  co_await reset_client(pair, scope);
  bool told = co_await wait_until(on, [&seen] { return seen.reset; });
  EXPECT_TRUE(told);
  recorder late;
  pair.client->watch(&late);
  told = co_await wait_until(on, [&late] { return late.reset; });
  EXPECT_TRUE(told);
  pair.client->watch(nullptr);
  result<buffer> got = co_await pair.client->receive(scope);
  CO_ASSERT_TRUE(!got.has_value());
  EXPECT_EQ(got.error().kind, fault::reset);
}

TEST_P(conformance, a_watcher_learns_of_a_reset) {
  rig on(GetParam());
  on.run(watched_reset(on));
}

task<> nothing_while_receiving(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  connected_pair pair = co_await connect_pair(on, *at);
  cancel_scope scope(on.on());
  recorder seen;
  pair.server->watch(&seen);
  result<buffer> got;
  bool ended = false;
  spawn(receive_one(*pair.server, scope, got, ended));
  (void)co_await send_text(*pair.client, "for the receive", scope);
  const bool received = co_await wait_until(on, [&ended] { return ended; });
  EXPECT_TRUE(received);
  EXPECT_EQ(seen.count, 0);
  got->release();
  // A buffer that was filled to its brim, with nothing behind it, is not taken for more.
  const std::string brim(buffer_pool::small_bytes, 'b');
  (void)co_await send_text(*pair.client, brim, scope);
  const std::string all = co_await receive_bytes(*pair.server, brim.size(), scope);
  EXPECT_EQ(all.size(), brim.size());
  recorder after;
  pair.server->watch(&after);
  (void)co_await on.on().sleep_for(std::chrono::milliseconds(3), scope);
  EXPECT_EQ(after.count, 0);
}

TEST_P(conformance, a_watcher_is_not_told_what_a_receive_gets) {
  rig on(GetParam());
  on.run(nothing_while_receiving(on));
}

task<> destroyed_with_bytes_pending(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  cancel_scope scope(on.on());
  for (int i = 0; i < 50; ++i) {
    connected_pair pair = co_await connect_pair(on, *at);
    (void)co_await send_text(*pair.client, std::string_view("never read"), scope);
    (void)co_await send_text(*pair.server, std::string_view("nor this"), scope);
    // Both have events in the kernel, and go at once.
  }
  connected_pair pair = co_await connect_pair(on, *at);
  (void)co_await send_text(*pair.client, "alive", scope);
  const std::string all = co_await receive_bytes(*pair.server, 5, scope);
  EXPECT_EQ(all, "alive");
}

TEST_P(conformance, a_stream_may_be_destroyed_with_bytes_pending) {
  rig on(GetParam());
  on.run(destroyed_with_bytes_pending(on));
}

class canceller final : public peer_watcher {
 public:
  explicit canceller(cancel_scope& scope) : scope_(scope) {}
  void peer_did(event) noexcept override {
    scope_.cancel({fault::cancelled, side::client, false, ""});
  }

 private:
  cancel_scope& scope_;
};

// The peer's bytes and the connection come up in one batch of events; the first gives up the
// second.
task<> cancelled_within_a_batch(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  for (int i = 0; i < 20; ++i) {
    connected_pair pair = co_await connect_pair(on, *at);
    cancel_scope scope(on.on());
    canceller watcher(scope);
    pair.server->watch(&watcher);
    (void)co_await send_text(*pair.client, "x", scope);
    result<std::unique_ptr<stream>> other = co_await on.on().connect(at->bound(), scope);
    // Whichever came first; a connection that won is closed in order.
    if (!other) EXPECT_EQ(other.error().kind, fault::cancelled);
    cancel_scope unhurried(on.on());
    unhurried.expire_in(std::chrono::seconds(2));
    result<std::unique_ptr<stream>> accepted = co_await at->accept(unhurried);
    pair.server->watch(nullptr);
  }
}

TEST_P(conformance, an_event_may_end_what_another_of_its_batch_is_for) {
  rig on(GetParam());
  on.run(cancelled_within_a_batch(on));
}

}  // namespace
}  // namespace ferroway::io::test
