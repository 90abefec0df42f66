#include "middleware/request_id.hpp"

#include <gtest/gtest.h>

#include "exchange/forwarded.hpp"
#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

class request_ids : public testing::Test, protected exchange_rig {
 protected:
  void pass(std::optional<failure> why = std::nullopt) {
    identify_client(ex(), {*io::ip_network::parse("10.0.0.0/8")});
    reply = run({std::make_shared<request_id>()}, why);
  }
  std::string sent() { return all_of(ex().request.fields, "X-Request-ID"); }
  std::string answered() { return all_of(reply->head->fields, "X-Request-ID"); }

  result<response> reply;
};

TEST_F(request_ids, OneIsMadeAndSharedByTheUpstreamAndTheAnswer) {
  pass();
  EXPECT_EQ(sent().size(), 36U);
  EXPECT_EQ(answered(), sent());
  EXPECT_EQ(ex().request_id(), sent());
}

TEST_F(request_ids, ATrustedProxysOwnIsKept) {
  from("10.0.0.1:1");
  field("X-Request-ID", "abc-123");
  pass();
  EXPECT_EQ(sent(), "abc-123");
  EXPECT_EQ(answered(), "abc-123");
  EXPECT_EQ(ex().request_id(), "abc-123");
}

TEST_F(request_ids, AClientsOwnIsReplaced) {
  field("X-Request-ID", "abc-123");
  pass();
  EXPECT_EQ(sent().size(), 36U);
  EXPECT_EQ(answered(), sent());
}

TEST_F(request_ids, WhatIsNotOneShortVisibleWordIsReplaced) {
  for (const std::string& bad :
       {std::string(), std::string("two words"), std::string("tab\there"), std::string("\xc3\xa9"),
        std::string("del\x7f"), std::string(129, 'x')}) {
    renew();
    from("10.0.0.1:1");
    field("X-Request-ID", bad);
    pass();
    EXPECT_EQ(sent().size(), 36U) << bad;
    EXPECT_EQ(answered(), sent());
  }
  renew();
  from("10.0.0.1:1");
  const std::string longest(128, 'x');
  field("X-Request-ID", longest);
  pass();
  EXPECT_EQ(sent(), longest);
}

TEST_F(request_ids, TwoOfThemAreReplacedByOne) {
  from("10.0.0.1:1");
  field("X-Request-ID", "one");
  field("X-Request-ID", "two");
  pass();
  EXPECT_EQ(sent().size(), 36U) << sent();
}

TEST_F(request_ids, ItIsOnTheGatewaysOwnErrorsToo) {
  pass(failure{fault::refused, side::upstream, false, ""});
  EXPECT_EQ(reply->head->status, 502);
  EXPECT_EQ(answered(), ex().request_id());
}

TEST_F(request_ids, AnUpstreamsOwnIsOverwritten) {
  class answering final : public handler {
    task<result<response>> handle(exchange& of) override {
      response made;
      made.head = of.memory.make<http::response_head>();
      made.head->status = 200;
      made.head->fields.add(of.memory, "x-request-id", "theirs");
      co_return made;
    }
  };
  const pipeline whole({std::make_shared<request_id>()}, std::make_shared<answering>());
  reply = finish(whole.run(ex()));
  EXPECT_EQ(answered(), ex().request_id());
}

}  // namespace
}  // namespace ferroway
