#include "middleware/respond.hpp"

#include <gtest/gtest.h>

#include "exchange/problem.hpp"
#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

TEST(Respond, GivesItsFixedAnswer) {
  exchange_rig rig;
  respond fixed({.status = 418, .body = "short and stout", .headers = {{"X-Kind", "teapot"}}});
  const result<response> reply = rig.finish(fixed.handle(rig.ex()));
  EXPECT_EQ(reply->head->status, 418);
  EXPECT_EQ(reply->body.text, "short and stout");
  EXPECT_EQ(reply->body.length, 15U);
  EXPECT_EQ(reply->body.rest, nullptr);
  EXPECT_EQ(all_of(reply->head->fields, "Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(all_of(reply->head->fields, "X-Kind"), "teapot");
}

TEST(Respond, ItsOwnContentTypeReplacesTheDefault) {
  exchange_rig rig;
  respond fixed({.status = 200, .body = "{}", .headers = {{"content-type", "application/json"}}});
  const result<response> reply = rig.finish(fixed.handle(rig.ex()));
  EXPECT_EQ(all_of(reply->head->fields, "Content-Type"), "application/json");
}

TEST(Respond, WithoutABodyThereIsNoType) {
  exchange_rig rig;
  respond fixed({.status = 200, .body = "", .headers = {}});
  const result<response> reply = rig.finish(fixed.handle(rig.ex()));
  EXPECT_EQ(reply->body.length, 0U);
  EXPECT_TRUE(reply->head->fields.empty());
}

TEST(Refuse, TheRefusalBecomesTheFailure) {
  exchange_rig rig;
  std::vector<decision> decisions;
  rig.ex().decisions = &decisions;
  rig.ex().refusal = failure{fault::no_route, side::client, false, "no route takes this"};
  refuse last;
  const result<response> reply = rig.finish(last.handle(rig.ex()));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, fault::no_route);
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].verdict, "no_route");
  EXPECT_EQ(decisions[0].reason, "no route takes this");
}

}  // namespace
}  // namespace ferroway
