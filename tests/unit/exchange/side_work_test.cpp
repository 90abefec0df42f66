#include "exchange/side_work.hpp"

#include <gtest/gtest.h>

#include "base/spawn.hpp"
#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

class side_work_of_a_worker : public testing::Test {
 protected:
  // Sleeps until it is cancelled, and a second longer.
  task<> work() {
    work_.begins();
    {
      io::cancel_scope mine(work_.scope());
      (void)co_await rig_.loop->sleep_until(never, mine);
    }
    io::cancel_scope rest(*rig_.loop);
    (void)co_await rig_.loop->sleep_for(std::chrono::seconds(1), rest);
    work_.ended();
  }

  exchange_rig rig_;
  side_work work_{*rig_.loop};
};

TEST_F(side_work_of_a_worker, ThatDoesNothingIsOverAtOnce) {
  EXPECT_TRUE(work_.end([] { FAIL() << "nobody waits"; }));
}

TEST_F(side_work_of_a_worker, IsCancelledAndSaysWhenTheLastHasEnded) {
  spawn(work());
  spawn(work());
  bool over = false;
  EXPECT_FALSE(work_.end([&] {
    EXPECT_FALSE(over) << "once";
    over = true;
  }));
  EXPECT_FALSE(over);
  EXPECT_TRUE(rig_.world.run_until([&] { return over; },
                                   rig_.world.now() + std::chrono::milliseconds(1100)));
  EXPECT_TRUE(work_.end([] { FAIL() << "it is over already"; }));
}

TEST_F(side_work_of_a_worker, BeginsCancelledWhenItHasEnded) {
  EXPECT_TRUE(work_.end([] {}));
  spawn(work());
  bool over = false;
  EXPECT_FALSE(work_.end([&] { over = true; }));
  EXPECT_TRUE(rig_.world.run_until([&] { return over; },
                                   rig_.world.now() + std::chrono::milliseconds(1100)));
}

}  // namespace
}  // namespace ferroway
