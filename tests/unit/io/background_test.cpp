#include "io/background.hpp"

#include <gtest/gtest.h>

#include "io/loop.hpp"
#include "io/simulated_world.hpp"

namespace ferroway::io {
namespace {

using std::chrono::seconds;

task<> sleep(background& beside, duration length, int& ended) {
  cancel_scope scope(beside.scope());
  (void)co_await beside.scope().on().sleep_for(length, scope);
  ++ended;
}

TEST(background, ends_what_still_waits_and_says_when_the_last_one_has) {
  simulated_world world;
  const auto loop = world.make_loop();
  background beside(*loop);
  int ended = 0;
  beside.start(sleep(beside, seconds(1), ended));
  beside.start(sleep(beside, seconds(1000), ended));
  world.run_for(seconds(2));
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(beside.running(), 1U);
  int emptied = 0;
  beside.stop([&] { ++emptied; });
  world.run_for(seconds(1));
  EXPECT_EQ(ended, 2);
  EXPECT_EQ(emptied, 1);
  beside.start(sleep(beside, seconds(0), ended));
  EXPECT_EQ(beside.running(), 0U) << "nothing begins any more";
}

}  // namespace
}  // namespace ferroway::io
