// Waits that end early, and connections that do not come about.
#include <gtest/gtest.h>

#include <vector>

#include "unit/io/rig.hpp"

namespace ferroway::io::test {
namespace {

constexpr failure given_up{fault::cancelled, side::client, false, "given up"};

// How an operation that was to be cancelled ended.
struct ending {
  bool ended = false;
  bool well = false;
  failure why;

  template <class T>
  void take(const result<T>& outcome) {
    ended = true;
    well = outcome.has_value();
    if (!well) why = outcome.error();
  }
};

task<> expect_given_up(rig& on, cancel_scope& scope, const ending& end) {
  (void)co_await wait_until(on, [turns = 0]() mutable { return ++turns > 3; });
  EXPECT_FALSE(end.ended);
  scope.cancel(given_up);
  const bool ended = co_await wait_until(on, [&end] { return end.ended; });
  CO_ASSERT_TRUE(ended);
  EXPECT_FALSE(end.well);
  EXPECT_EQ(end.why.kind, fault::cancelled);
  EXPECT_EQ(end.why.from, side::client);
}

task<> run_receive(stream& from, cancel_scope& scope, ending& end) {
  result<buffer> got = co_await from.receive(scope);
  end.take(got);
}

// More than any socket takes.
task<> run_endless_send(stream& to, cancel_scope& scope, ending& end) {
  buffer bytes = scope.on().buffers().acquire(std::size_t{64} << 20);
  bytes.grew(bytes.room().size());
  result<void> sent = co_await to.send(gather(std::move(bytes)), scope);
  end.take(sent);
}

task<> run_flush(stream& of, cancel_scope& scope, ending& end) {
  result<void> flushed = co_await of.flush(scope);
  end.take(flushed);
}

task<> run_accept(listener& at, cancel_scope& scope, ending& end) {
  result<std::unique_ptr<stream>> got = co_await at.accept(scope);
  end.take(got);
}

task<> run_connect(rig& on, address to, cancel_scope& scope, ending& end) {
  result<std::unique_ptr<stream>> got = co_await on.on().connect(to, scope);
  end.take(got);
}

task<> run_sleep(rig& on, cancel_scope& scope, ending& end) {
  result<void> slept = co_await on.on().sleep_for(std::chrono::hours(1), scope);
  end.take(slept);
}

task<> cancelled_receive(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  connected_pair pair = co_await connect_pair(on, *at);
  cancel_scope parent(on.on());
  cancel_scope scope(parent);
  ending end;
  spawn(run_receive(*pair.server, scope, end));
  co_await expect_given_up(on, parent, end);
  // Under a cancelled scope nothing begins; under another the stream goes on.
  result<buffer> refused = co_await pair.server->receive(scope);
  EXPECT_FALSE(refused.has_value());
  cancel_scope fresh(on.on());
  (void)co_await send_text(*pair.client, "on", fresh);
  const std::string got = co_await receive_bytes(*pair.server, 2, fresh);
  EXPECT_EQ(got, "on");
}

TEST_P(conformance, a_receive_can_be_cancelled) {
  rig on(GetParam());
  on.run(cancelled_receive(on));
}

task<> cancelled_send_and_flush(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  connected_pair pair = co_await connect_pair(on, *at);
  cancel_scope send_scope(on.on());
  cancel_scope flush_scope(on.on());
  ending sent;
  ending flushed;
  ending flushed_after;
  spawn(run_endless_send(*pair.server, send_scope, sent));
  spawn(run_flush(*pair.server, flush_scope, flushed));
  co_await expect_given_up(on, flush_scope, flushed);
  cancel_scope other_scope(on.on());
  spawn(run_flush(*pair.server, other_scope, flushed_after));
  co_await expect_given_up(on, send_scope, sent);
  // The flush that waited behind it ends with it.
  const bool ended = co_await wait_until(on, [&] { return flushed_after.ended; });
  EXPECT_TRUE(ended);
  EXPECT_EQ(on.on().buffers().bytes_lent(), 0U);
}

TEST_P(conformance, a_send_and_a_flush_can_be_cancelled) {
  rig on(GetParam());
  on.run(cancelled_send_and_flush(on));
}

task<> cancelled_accept_and_sleep(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  cancel_scope accept_scope(on.on());
  cancel_scope sleep_scope(on.on());
  ending accepted;
  ending slept;
  spawn(run_accept(*at, accept_scope, accepted));
  co_await expect_given_up(on, accept_scope, accepted);
  spawn(run_sleep(on, sleep_scope, slept));
  co_await expect_given_up(on, sleep_scope, slept);
  connected_pair pair = co_await connect_pair(on, *at);
  EXPECT_TRUE(pair.server != nullptr);
}

TEST_P(conformance, an_accept_and_a_sleep_can_be_cancelled) {
  rig on(GetParam());
  on.run(cancelled_accept_and_sleep(on));
}

task<> cancelled_connect(rig& on) {
  std::unique_ptr<listener> at = on.listen(1);
  if (on.world() != nullptr) on.world()->set_faults({.connect_hangs = 100});
  // A full queue: the kernel leaves further connects without an answer.
  constexpr int more_than_queued = 6;
  cancel_scope scope(on.on());
  std::vector<ending> ends(more_than_queued);
  for (ending& each : ends) spawn(run_connect(on, at->bound(), scope, each));
  co_await expect_given_up(on, scope, ends.back());
}

TEST_P(conformance, a_connect_can_be_cancelled) {
  rig on(GetParam());
  if (on.is_unix()) GTEST_SKIP() << "connects to unix sockets do not wait";
  on.run(cancelled_connect(on));
}

task<> deadline_passes(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  connected_pair pair = co_await connect_pair(on, *at);
  cancel_scope scope(on.on());
  const time_point before = on.on().now();
  scope.expire_in(std::chrono::milliseconds(20), side::client, "too slow");
  result<buffer> got = co_await pair.server->receive(scope);
  CO_ASSERT_TRUE(!got.has_value());
  EXPECT_EQ(got.error().kind, fault::timed_out);
  EXPECT_EQ(got.error().from, side::client);
  EXPECT_STREQ(got.error().detail, "too slow");
  EXPECT_GE(on.on().now() - before, std::chrono::milliseconds(20));
  // A deadline that was taken away does not strike.
  scope.reset();
  scope.expire_in(std::chrono::milliseconds(5));
  scope.no_deadline();
  result<void> slept = co_await on.on().sleep_for(std::chrono::milliseconds(15), scope);
  EXPECT_TRUE(slept.has_value());
}

TEST_P(conformance, a_deadline_ends_a_wait_and_names_whom_to_blame) {
  rig on(GetParam());
  on.run(deadline_passes(on));
}

task<> refused(rig& on) {
  cancel_scope scope(on.on());
  address gone;
  {
    std::unique_ptr<listener> at = on.listen();
    gone = at->bound();
  }
  auto made = co_await on.on().connect(gone, scope);
  CO_ASSERT_TRUE(!made.has_value());
  // Without a network, a path with nobody behind it and one that does not exist are the same.
  if (on.world() == nullptr || gone.is_ip()) EXPECT_EQ(made.error().kind, fault::refused);
  EXPECT_TRUE(made.error().retry_safe);
  const address missing = address::of_path("/nonexistent/ferroway.sock");
  auto none = co_await on.on().connect(missing, scope);
  CO_ASSERT_TRUE(!none.has_value());
  EXPECT_EQ(none.error().kind, fault::unreachable);
  EXPECT_TRUE(none.error().retry_safe);
}

TEST_P(conformance, a_connect_to_nobody_is_refused_and_safe_to_retry) {
  rig on(GetParam());
  on.run(refused(on));
}

}  // namespace
}  // namespace ferroway::io::test
