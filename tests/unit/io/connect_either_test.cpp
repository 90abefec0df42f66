#include "io/connect_either.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "base/spawn.hpp"
#include "io/simulated_world.hpp"

namespace ferroway::io {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A host with two ways to it.
class ConnectEither : public testing::Test {
 protected:
  ConnectEither() : loop_(world_.make_loop()), scope_(*loop_) {
    for (const address* each : {&first_, &second_}) {
      listeners_.push_back(std::move(*loop_->listen(*each, {})));
    }
  }
  ~ConnectEither() override {
    outcome_.reset();
    listeners_.clear();
    world_.run_for(std::chrono::minutes(1));
    EXPECT_EQ(world_.open_streams(), 0U) << "the other way is let go";
  }

  // Which way it was; empty: neither.
  std::string way() {
    const time_point began = world_.now();
    spawn(connect());
    EXPECT_TRUE(world_.run_until([&] { return outcome_.has_value(); }));
    took_ = world_.now() - began;
    return *outcome_ ? (**outcome_)->peer().text() : "";
  }
  task<> connect() { outcome_ = co_await connect_either(*loop_, first_, second_, scope_); }

  const address first_ = *address::parse("[2001:db8::1]:80");
  const address second_ = *address::parse("10.0.0.1:80");
  simulated_world world_;
  std::unique_ptr<loop> loop_;
  cancel_scope scope_;
  std::vector<std::unique_ptr<listener>> listeners_;
  std::optional<result<std::unique_ptr<stream>>> outcome_;
  duration took_{};
};

TEST_F(ConnectEither, TakesTheFirstWayWhereItWorks) {
  EXPECT_EQ(way(), "[2001:db8::1]:80");
  EXPECT_LT(took_, milliseconds(1));
}

TEST_F(ConnectEither, TakesTheSecondAtOnceWhereTheFirstFails) {
  world_.take_down(first_);
  EXPECT_EQ(way(), "10.0.0.1:80");
  EXPECT_LT(took_, milliseconds(10));
}

TEST_F(ConnectEither, TakesTheSecondSoonWhereTheFirstHangs) {
  world_.take_down(first_, simulated_world::loss::silent);
  EXPECT_EQ(way(), "10.0.0.1:80");
  EXPECT_GE(took_, second_way_after);
  EXPECT_LT(took_, second_way_after + milliseconds(10));
}

TEST_F(ConnectEither, SaysWhyTheFirstFailedWhereBothDo) {
  world_.take_down(first_);
  world_.take_down(second_);
  EXPECT_EQ(way(), "");
  EXPECT_EQ(outcome_->error().kind, fault::refused);
}

TEST_F(ConnectEither, EndsWithItsScope) {
  for (const address* each : {&first_, &second_}) {
    world_.take_down(*each, simulated_world::loss::silent);
  }
  scope_.expire_in(seconds(2), side::upstream, "too long");
  EXPECT_EQ(way(), "");
  EXPECT_EQ(outcome_->error().kind, fault::timed_out);
  EXPECT_LT(took_, milliseconds(2010));
}

}  // namespace
}  // namespace ferroway::io
