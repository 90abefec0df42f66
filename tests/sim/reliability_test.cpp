// Promises 22, 23 and 25 in numbers: 16 clients that ask 400 times a second in front of four
// endpoints one of which fails, under seeds. Checks every 500 ms, out after two, 500 ms for a try.
#include <gtest/gtest.h>

#include "sim/moody_endpoint.hpp"
#include "sim/steady_load.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using state = telemetry::endpoint_state;

// As in docs/RELIABILITY.md.
const std::string promised =
    "listeners: [{name: public, address: 10.0.0.1:80}]\nadmin: off\nupstreams:\n  service:\n"
    "    endpoints: [http://10.0.1.1:80, http://10.0.1.2:80, http://10.0.1.3:80, "
    "http://10.0.1.4:80]\n"
    "    health_check: {path: /healthz, interval: 500ms, timeout: 500ms, unhealthy_after: 2}\n"
    "    outlier_detection: {consecutive_failures: 5, eject_for: 2s}\n"
    "    timeouts: {connect: 500ms}\n"
    "routes:\n  - {path: /, to: service, retry: {retries: 2, per_try: 500ms, budget: 20%,\n"
    "     when: [connect, reset, timeout, 502, 503]}}\n";

io::simulated_settings with_seed(std::uint64_t seed) {
  io::simulated_settings made;
  made.seed = seed;
  made.delay_max = milliseconds(3);
  made.split_percent = 20;
  return made;
}

class reliability : public testing::TestWithParam<std::uint64_t> {
 protected:
  static constexpr std::size_t endpoints = 4;

  reliability() : gateway_(with_seed(GetParam()), promised) {
    for (std::size_t i = 0; i < endpoints; ++i) {
      endpoints_.push_back(
          std::make_unique<moody_endpoint>(gateway_.backends(), at(i), std::to_string(i)));
    }
    world().run_for(seconds(1));
    load_ = std::make_unique<steady_load>(gateway_, 16, milliseconds(40));
    world().run_for(seconds(1));
  }
  ~reliability() override {
    load_->end();
    EXPECT_TRUE(gateway_.drain(seconds(30), std::chrono::minutes(5)));
    EXPECT_EQ(gateway_.buffers_lent(), 0U);
    gateway_.close();
    for (auto& each : endpoints_) each->stop();
    world().run_until([&] {
      return std::ranges::all_of(endpoints_, [](const auto& each) { return each->live() == 0; });
    });
    load_.reset();
    world().run_for(std::chrono::minutes(2));
    EXPECT_EQ(world().open_streams(), 0U);
  }

  io::simulated_world& world() { return gateway_.world(); }
  static io::address at(std::size_t endpoint) {
    return address_of("10.0.1." + std::to_string(endpoint + 1) + ":80");
  }
  void kill(std::size_t i) { world().take_down(at(i)); }
  void hang(std::size_t i) { world().take_down(at(i), io::simulated_world::loss::silent); }
  void bring_up(std::size_t i) { world().bring_up(at(i)); }
  moody_endpoint& endpoint(std::size_t i) { return *endpoints_[i]; }

  state state_of(std::size_t i) const {
    return gateway_.counted().known_endpoint("service", at(i).text())->is();
  }
  // How long until it has no more requests; an hour where it goes on to have some.
  duration until_out(std::size_t i) {
    const time_point since = world().now();
    const bool out = world().run_until([&] { return state_of(i) != state::available; },
                                       since + std::chrono::hours(1));
    return out ? world().now() - since : std::chrono::hours(1);
  }
  // How long until it answers a client.
  duration until_back(std::size_t i) {
    const time_point since = world().now();
    const int who = static_cast<int>(i);
    world().run_until([&] { return load_->first_by(who, since) != never; }, since + seconds(60));
    return load_->first_by(who, since) - since;
  }
  // In thousandths of what was asked, rounded up.
  std::size_t failed_per_mille() const {
    return (load_->failed() * 1000 + load_->all().size() - 1) / load_->all().size();
  }

  gateway_world gateway_;
  std::vector<std::unique_ptr<moody_endpoint>> endpoints_;
  std::unique_ptr<steady_load> load_;
};

TEST_P(reliability, Killed) {
  kill(1);
  EXPECT_LE(until_out(1), seconds(1));
  world().run_for(seconds(4));
  bring_up(1);
  EXPECT_LE(until_back(1), seconds(2));
  EXPECT_GT(load_->all().size(), 2000U);
  EXPECT_EQ(load_->failed(), 0U);
}

TEST_P(reliability, Hung) {
  hang(1);
  EXPECT_LE(until_out(1), seconds(2));
  world().run_for(seconds(4));
  bring_up(1);
  EXPECT_LE(until_back(1), seconds(2));
  EXPECT_LE(failed_per_mille(), 10U);
  EXPECT_LE(load_->longest(), milliseconds(1100)) << "two tries at most, and one that answers";
}

TEST_P(reliability, Flapping) {
  for (int turn = 0; turn < 5; ++turn) {
    kill(1);
    world().run_for(seconds(1));
    EXPECT_NE(state_of(1), state::available);
    bring_up(1);
    world().run_for(seconds(1));
  }
  EXPECT_LE(until_back(1), seconds(2));
  EXPECT_LE(failed_per_mille(), 1U);
}

TEST_P(reliability, ARollingRestartLosesNothing) {
  for (std::size_t i = 0; i < endpoints; ++i) {
    kill(i);
    world().run_for(seconds(1));
    bring_up(i);
    EXPECT_LE(until_back(i), seconds(2));
  }
  EXPECT_EQ(load_->failed(), 0U);
}

TEST_P(reliability, AllDeadIsSaidAtOnceAndTheyComeBack) {
  for (std::size_t i = 0; i < endpoints; ++i) kill(i);
  for (std::size_t i = 0; i < endpoints; ++i) EXPECT_LE(until_out(i), seconds(1));
  const time_point known = world().now();
  world().run_for(seconds(2));
  for (const asked_once& each : load_->all()) {
    if (each.began < known || each.began + each.took > known + seconds(2)) continue;
    EXPECT_EQ(each.status, 503);
    EXPECT_LE(each.took, milliseconds(12)) << "what the network takes, nobody is waited for";
  }
  for (std::size_t i = 0; i < endpoints; ++i) bring_up(i);
  const time_point since = world().now();
  world().run_until([&] { return load_->all().back().status == 200; }, since + seconds(60));
  EXPECT_LE(world().now() - since, milliseconds(1500)) << "an interval and a second";
  world().run_for(seconds(2));
  const std::size_t failed = load_->failed();
  world().run_for(seconds(1));
  EXPECT_EQ(load_->failed(), failed);
}

// What the health path says nothing of (promise 23).

TEST_P(reliability, HungWhileTheHealthPathAnswers) {
  endpoint(1).is = mood::silent;
  EXPECT_LE(until_out(1), seconds(2));
  world().run_for(seconds(4));
  endpoint(1).is = mood::well;
  EXPECT_LE(failed_per_mille(), 10U);
}

TEST_P(reliability, ResetsInTheMiddleOfABody) {
  endpoint(1).is = mood::breaks_off;
  EXPECT_LE(until_out(1), seconds(1));
  world().run_for(seconds(1));
  EXPECT_GE(load_->failed(), 5U) << "what has begun cannot be taken back";
  EXPECT_LE(load_->failed(), 8U) << "the five that eject it, and who was under way";
  // The trial's answer begins well, and then the first failure counts.
  const std::size_t before = load_->failed();
  world().run_for(seconds(8));
  EXPECT_GE(load_->failed() - before, 2U);
  EXPECT_LE(load_->failed() - before, 6U) << "after 2 and 4 s, and who was under way";
  EXPECT_NE(state_of(1), state::available);
}

TEST_P(reliability, AHeadThatDrips) {
  endpoint(1).is = mood::drips_head;
  EXPECT_LE(until_out(1), seconds(2));
  world().run_for(seconds(1));
  EXPECT_LE(failed_per_mille(), 10U);
}

// It goes on, and may do so; it is only slow.
TEST_P(reliability, ABodyThatDripsComesWhole) {
  endpoint(1).is = mood::drips_body;
  world().run_for(seconds(4));
  endpoint(1).is = mood::well;
  world().run_for(seconds(2));
  EXPECT_EQ(state_of(1), state::available);
  EXPECT_EQ(load_->failed(), 0U);
  EXPECT_GE(load_->longest(), milliseconds(1000));
}

TEST_P(reliability, ServerErrorsInARow) {
  endpoint(1).is = mood::fails;
  EXPECT_LE(until_out(1), seconds(1));
  world().run_for(seconds(1));
  EXPECT_GE(load_->failed(), 5U) << "nobody asked for 500 to be tried again";
  EXPECT_LE(load_->failed(), 9U) << "those that were under way";
}

TEST_P(reliability, ServerErrorsThatAreTriedAgain) {
  endpoint(1).is = mood::out_of_service;
  EXPECT_LE(until_out(1), seconds(1));
  world().run_for(seconds(1));
  EXPECT_EQ(load_->failed(), 0U);
}

// It has a request on trial each time its ejection is over, and no more.
TEST_P(reliability, AnEndpointThatStaysBadHasOneRequestATrial) {
  endpoint(1).is = mood::out_of_service;
  EXPECT_LE(until_out(1), seconds(1));
  world().run_for(milliseconds(500));
  const std::size_t before = endpoint(1).asked;
  world().run_for(seconds(16));
  EXPECT_EQ(endpoint(1).asked - before, 3U) << "after 2, 4 and 8 s";
  EXPECT_EQ(load_->failed(), 0U);
}

INSTANTIATE_TEST_SUITE_P(seeds, reliability, testing::Range<std::uint64_t>(1, 9));

}  // namespace
}  // namespace ferroway::sim
