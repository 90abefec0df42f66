#include "exchange/exchange.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

struct note {
  std::string* to;
  char what;
};

void write_note(exchange&, void* with) noexcept {
  const note& mine = *static_cast<note*>(with);
  mine.to->push_back(mine.what);
}

struct counted {
  int runs = 0;
};

void run_again(exchange& ex, void* with) noexcept {
  auto& mine = *static_cast<counted*>(with);
  if (++mine.runs == 1) ex.at_end(&run_again, with);
}

TEST(Exchange, EndActionsRunOnceTheLastRegisteredFirst) {
  exchange_rig rig;
  std::string order;
  note first{&order, '1'};
  note second{&order, '2'};
  note third{&order, '3'};
  for (note* item : {&first, &second, &third}) rig.ex().at_end(&write_note, item);
  EXPECT_EQ(order, "") << "not before the end";
  rig.ex().run_end_actions();
  EXPECT_EQ(order, "321");
  rig.ex().run_end_actions();
  EXPECT_EQ(order, "321");
}

TEST(Exchange, AnEndActionMayRegisterAnother) {
  exchange_rig rig;
  counted seen;
  rig.ex().at_end(&run_again, &seen);
  rig.ex().run_end_actions();
  EXPECT_EQ(seen.runs, 2);
}

TEST(Exchange, DecisionsAreRecordedOnlyWhenAsked) {
  exchange_rig rig;
  rig.ex().record("route", "matched", "orders");
  std::vector<decision> decisions;
  rig.ex().decisions = &decisions;
  {
    std::string passing = "endpoint 10.0.0.1:80";
    rig.ex().record("forward", passing, "round robin");
  }
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].step, "forward");
  EXPECT_EQ(decisions[0].verdict, "endpoint 10.0.0.1:80");
  EXPECT_EQ(decisions[0].reason, "round robin");
}

TEST(Exchange, KeepsOneRequestIdAndOthersGetOthers) {
  exchange_rig rig;
  const std::string mine(rig.ex().request_id());
  EXPECT_EQ(mine.size(), 36U);
  EXPECT_EQ(rig.ex().request_id(), mine);
  rig.renew();
  EXPECT_NE(rig.ex().request_id(), mine);
}

TEST(Exchange, RequestIdsFollowFromTheSeed) {
  exchange_rig one(7);
  exchange_rig same(7);
  exchange_rig other(8);
  EXPECT_EQ(one.ex().request_id(), same.ex().request_id());
  EXPECT_NE(one.ex().request_id(), other.ex().request_id());
}

TEST(Exchange, CancellingItCancelsBothWays) {
  exchange_rig rig;
  rig.ex().scope.cancel({fault::reset, side::client, false, "gone"});
  EXPECT_TRUE(rig.ex().upload_scope.cancelled());
  EXPECT_TRUE(rig.ex().download_scope.cancelled());
  EXPECT_EQ(rig.ex().download_scope.why().kind, fault::reset);
  EXPECT_FALSE(rig.connection.cancelled());
}

}  // namespace
}  // namespace ferroway
