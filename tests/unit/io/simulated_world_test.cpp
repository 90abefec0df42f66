#include "io/simulated_world.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/spawn.hpp"
#include "io/loop.hpp"

namespace ferroway::io {
namespace {

using std::chrono::milliseconds;

const address where = *address::parse("10.0.0.1:80");

struct outcome {
  bool connected = false;
  std::string received;
  bool clean_end = false;
  fault why = fault::internal;
  bool ended = false;
};

task<> send_and_close(loop& on, std::unique_ptr<stream> with, std::string_view text) {
  cancel_scope scope(on);
  buffer bytes = on.buffers().acquire();
  (void)bytes.append(text);
  (void)co_await with->send(gather(std::move(bytes)), scope);
}

task<> serve(loop& on, listener& at, cancel_scope& scope, std::string_view text, int& failed) {
  while (!scope.cancelled()) {
    result<std::unique_ptr<stream>> got = co_await at.accept(scope);
    if (got) {
      spawn(send_and_close(on, std::move(*got), text));
    } else {
      failed += got.error().kind == fault::out_of_descriptors ? 1 : 0;
    }
  }
}

task<> fetch(loop& on, outcome& how, duration patience) {
  cancel_scope scope(on);
  scope.expire_in(patience);
  result<std::unique_ptr<stream>> made = co_await on.connect(where, scope);
  how.connected = made.has_value();
  if (!made) how.why = made.error().kind;
  while (made) {
    result<buffer> got = co_await (*made)->receive(scope);
    how.clean_end = got && got->empty();
    if (!got) how.why = got.error().kind;
    if (!got || got->empty()) break;
    how.received += got->view();
  }
  how.ended = true;
}

// A server that sends `text`, and clients in a loop of their own.
class small_town {
 public:
  explicit small_town(const simulated_settings& settings, std::string text = "hello")
      : world(settings), text_(std::move(text)) {
    at_ = std::move(*server_->listen(where, {}));
    spawn(serve(*server_, *at_, scope_, text_, failed_accepts));
  }
  ~small_town() {
    scope_.cancel({fault::cancelled, side::local, false, ""});
    world.run_for(std::chrono::hours(1));
    EXPECT_EQ(world.open_streams(), 0U);
  }
  small_town(const small_town&) = delete;
  small_town& operator=(const small_town&) = delete;

  outcome fetch_once(duration patience = std::chrono::seconds(10)) {
    outcome how;
    spawn(fetch(*client_, how, patience));
    EXPECT_TRUE(world.run_until([&how] { return how.ended; }));
    return how;
  }

  simulated_world world;
  int failed_accepts = 0;

 private:
  std::string text_;
  std::unique_ptr<loop> server_ = world.make_loop();
  std::unique_ptr<loop> client_ = world.make_loop();
  std::unique_ptr<listener> at_;
  cancel_scope scope_{*server_};
};

TEST(simulated_world, is_the_same_again_for_the_same_seed) {
  const auto run = [](std::uint64_t seed) {
    simulated_settings settings{.seed = seed, .delay_max = milliseconds(20), .split_percent = 50};
    settings.faults = {.refuse = 10, .reset = 20, .end_early = 20, .after_bytes_max = 2000};
    small_town town(settings, std::string(1500, 'x'));
    std::string story;
    for (int i = 0; i < 50; ++i) {
      const outcome how = town.fetch_once();
      story += std::to_string(how.received.size()) + (how.clean_end ? "e " : "f ") +
               std::to_string((town.world.now() - simulated_world::start()).count()) + "\n";
    }
    return story;
  };
  EXPECT_EQ(run(1), run(1));
  EXPECT_NE(run(1), run(2));
}

TEST(simulated_world, time_jumps_to_the_next_thing_and_starts_where_it_says) {
  small_town town({.delay_min = milliseconds(250), .delay_max = milliseconds(250)});
  EXPECT_EQ(town.world.wall_now(),
            wall_time(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)));
  EXPECT_EQ(town.fetch_once().received, "hello");
  // There and back: the connect, then the bytes and the end.
  EXPECT_EQ(town.world.now() - simulated_world::start(), milliseconds(500));
  EXPECT_EQ(town.world.wall_now() - simulated_settings{}.wall_start, milliseconds(500));
}

TEST(simulated_world, splits_what_is_received) {
  small_town town({.split_percent = 100}, std::string(3000, 'x'));
  EXPECT_EQ(town.fetch_once().received.size(), 3000U);
}

TEST(simulated_world, strikes_with_each_fault_when_asked) {
  small_town town({}, std::string(3000, 'x'));
  town.world.set_faults(where, {.refuse = 100});
  EXPECT_EQ(town.fetch_once().why, fault::refused);
  town.world.set_faults(where, {.connect_hangs = 100});
  outcome how = town.fetch_once();
  EXPECT_FALSE(how.connected);
  EXPECT_EQ(how.why, fault::timed_out);
  town.world.set_faults(where, {.reset = 100, .after_bytes_max = 2000});
  how = town.fetch_once();
  EXPECT_EQ(how.why, fault::reset);
  EXPECT_LT(how.received.size(), 2000U);
  town.world.set_faults(where, {.end_early = 100, .after_bytes_max = 2000});
  how = town.fetch_once();
  EXPECT_TRUE(how.clean_end);
  EXPECT_LT(how.received.size(), 2000U);
  town.world.set_faults(where, {.hang = 100, .after_bytes_max = 2000});
  how = town.fetch_once();
  EXPECT_EQ(how.why, fault::timed_out);
  EXPECT_LT(how.received.size(), 2000U);
  town.world.set_faults(where, {.accept_fails = 50});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(town.fetch_once().received.size(), 3000U);
  EXPECT_GT(town.failed_accepts, 0);
}

TEST(simulated_world, loses_an_endpoint_and_gets_it_back) {
  small_town town({});
  town.world.take_down(where);
  EXPECT_EQ(town.fetch_once().why, fault::refused);
  town.world.bring_up(where);
  EXPECT_EQ(town.fetch_once().received, "hello");
  town.world.take_down(where, simulated_world::loss::silent);
  EXPECT_EQ(town.fetch_once(milliseconds(100)).why, fault::timed_out);
  town.world.bring_up(where);
  EXPECT_EQ(town.fetch_once().received, "hello");
}

TEST(simulated_world, resets_the_connections_of_an_endpoint_that_dies) {
  // The window is small, so the server is still sending.
  small_town town({.window_bytes = 100, .delay_min = milliseconds(1), .delay_max = milliseconds(1)},
                  std::string(3000, 'x'));
  outcome how;
  std::unique_ptr<loop> client = town.world.make_loop();
  spawn(fetch(*client, how, std::chrono::seconds(10)));
  EXPECT_TRUE(town.world.run_until([&how] { return how.received.size() > 500; }));
  town.world.take_down(where);
  EXPECT_TRUE(town.world.run_until([&how] { return how.ended; }));
  EXPECT_EQ(how.why, fault::reset);
  EXPECT_LT(how.received.size(), 3000U);
}

}  // namespace
}  // namespace ferroway::io
