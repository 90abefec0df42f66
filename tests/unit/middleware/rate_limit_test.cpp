#include "middleware/rate_limit.hpp"

#include <gtest/gtest.h>

#include "telemetry/metrics.hpp"
#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

config::rate_limit_middleware ten_a_second(std::uint64_t burst) {
  config::rate_limit_middleware made;
  made.rate = {10, std::chrono::seconds(1)};
  made.burst = burst;
  made.clients = 1000;
  return made;
}

task<result<void>> sleep(io::loop& on, duration time, io::cancel_scope& scope) {
  co_return co_await on.sleep_for(time, scope);
}

// Exchanges one after the other, each from its own client.
struct limited {
  explicit limited(const config::rate_limit_middleware& from)
      : limit(std::make_shared<rate_limit>(from, "by_ip")) {}

  std::uint16_t ask(std::string_view address = "192.0.2.7:1") {
    rig.renew();
    rig.ex().matched = &rig.matched;
    rig.from(address);
    if (prepare) prepare(rig.ex());
    rig.ex().decisions = &decisions;
    decisions.clear();
    reply = rig.run({limit});
    return reply->head->status;
  }
  std::string field(std::string_view name) const { return all_of(reply->head->fields, name); }
  void wait(duration time) { ASSERT_TRUE(rig.finish(sleep(*rig.loop, time, rig.connection))); }

  exchange_rig rig;
  std::shared_ptr<rate_limit> limit;
  std::function<void(exchange&)> prepare;
  std::vector<decision> decisions;
  result<response> reply = fail(failure{});
};

TEST(rate_limit, refuses_with_429_and_says_when_to_come_again) {
  limited by(ten_a_second(2));
  EXPECT_EQ(by.ask(), 200);
  EXPECT_EQ(by.field("RateLimit-Policy"), "\"by_ip\";q=2;w=1");
  EXPECT_EQ(by.field("RateLimit"), "\"by_ip\";r=1;t=1");
  EXPECT_EQ(by.ask(), 200);
  EXPECT_EQ(by.ask(), 429);
  EXPECT_EQ(by.field("Retry-After"), "1");
  EXPECT_EQ(by.field("RateLimit"), "\"by_ip\";r=0;t=1");
  EXPECT_EQ(by.field("Content-Type"), "application/problem+json");
  EXPECT_NE(std::string(by.reply->body.text).find("too-many-requests"), std::string::npos);
  ASSERT_EQ(by.decisions.size(), 1U);
  EXPECT_EQ(by.decisions[0].verdict, "rejected");
  EXPECT_EQ(by.decisions[0].reason, "too many; again in 0.100 s");
  by.wait(std::chrono::milliseconds(100));
  EXPECT_EQ(by.ask(), 200);
  EXPECT_EQ(by.ask(), 429);
}

TEST(rate_limit, an_ipv6_client_is_its_64) {
  limited by(ten_a_second(1));
  EXPECT_EQ(by.ask("[2001:db8::1]:1"), 200);
  EXPECT_EQ(by.ask("[2001:db8::ffff:1]:1"), 429);
  EXPECT_EQ(by.ask("[2001:db8:0:1::1]:1"), 200);
  EXPECT_EQ(by.ask("192.0.2.7:1"), 200);
  EXPECT_EQ(by.ask("192.0.2.8:1"), 200);
  EXPECT_EQ(by.ask("192.0.2.8:2"), 429);
  config::rate_limit_middleware wide = ten_a_second(1);
  wide.v4_bits = 24;
  wide.v6_bits = 128;
  limited by_network(wide);
  EXPECT_EQ(by_network.ask("192.0.2.7:1"), 200);
  EXPECT_EQ(by_network.ask("192.0.2.8:1"), 429);
  EXPECT_EQ(by_network.ask("192.0.3.8:1"), 200);
  EXPECT_EQ(by_network.ask("[2001:db8::1]:1"), 200);
  EXPECT_EQ(by_network.ask("[2001:db8::2]:1"), 200);
}

TEST(rate_limit, who_lacks_the_key_counts_as_its_address) {
  config::rate_limit_middleware from = ten_a_second(1);
  from.key = {"header.X-Key", "route.name"};
  limited by(from);
  std::string_view key;
  by.prepare = [&](exchange& ex) {
    if (!key.empty()) ex.request.fields.add(ex.memory, "X-Key", key);
  };
  EXPECT_EQ(by.ask("192.0.2.1:1"), 200);
  EXPECT_EQ(by.ask("192.0.2.2:1"), 200);
  EXPECT_EQ(by.ask("192.0.2.2:1"), 429);
  key = "a";
  EXPECT_EQ(by.ask("192.0.2.2:1"), 200);
  EXPECT_EQ(by.ask("192.0.2.3:1"), 429);
  // Nobody can pass for an address by writing one.
  key = std::string_view("\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\x02\x05", 16);
  EXPECT_EQ(by.ask("192.0.2.9:1"), 200);
  key = {};
  EXPECT_EQ(by.ask("192.0.2.5:1"), 200);
  by.rig.matched.name = "other";
  EXPECT_EQ(by.ask("192.0.2.5:1"), 200);
}

TEST(rate_limit, some_values_have_other_rates) {
  config::rate_limit_middleware from = ten_a_second(1);
  from.key = {"header.X-Key"};
  from.rates = {{"vip", {3, std::chrono::seconds(1)}}};
  from.cost = 1;
  limited by(from);
  std::string_view key = "vip";
  by.prepare = [&](exchange& ex) { ex.request.fields.add(ex.memory, "X-Key", key); };
  for (const int expected : {200, 200, 200, 429}) EXPECT_EQ(by.ask(), expected);
  EXPECT_EQ(by.field("RateLimit-Policy"), "\"by_ip\";q=3;w=1");
  key = "other";
  for (const int expected : {200, 429}) EXPECT_EQ(by.ask(), expected);
}

TEST(rate_limit, consumers_have_the_rates_of_their_groups) {
  config::rate_limit_middleware from = ten_a_second(1);
  from.key = {"consumer"};
  from.rates = {{"acme", {3, std::chrono::seconds(1)}}};
  from.consumer_rates = {{"beta", {2, std::chrono::seconds(1)}}};
  limited by(from);
  std::string_view who = "acme";
  by.prepare = [&](exchange& ex) { ex.who.consumer = who; };
  for (const int expected : {200, 200, 200, 429}) EXPECT_EQ(by.ask(), expected);
  who = "beta";
  for (const int expected : {200, 200, 429}) EXPECT_EQ(by.ask(), expected);
  who = "other";
  for (const int expected : {200, 429}) EXPECT_EQ(by.ask(), expected);
}

TEST(rate_limit, shadow_counts_and_lets_pass) {
  config::rate_limit_middleware from = ten_a_second(1);
  from.shadow = true;
  limited by(from);
  by.limit->call("by_ip");
  telemetry::metrics all(1);
  by.limit->count_in(all);
  EXPECT_EQ(by.ask(), 200);
  EXPECT_EQ(by.ask(), 200);
  EXPECT_EQ(by.decisions[0].verdict, "would reject");
  EXPECT_EQ(by.rig.ex().would_reject, "by_ip");
  EXPECT_EQ(by.rig.ex().rejected_by, "");
  const telemetry::middleware_totals totals = all.middleware("by_ip")->totals();
  EXPECT_EQ(totals.passed, 1U);
  EXPECT_EQ(totals.would_reject, 1U);
  EXPECT_EQ(totals.rejected, 0U);
}

TEST(rate_limit, cost_and_headers) {
  config::rate_limit_middleware from = ten_a_second(5);
  from.cost = 2;
  from.fields = false;
  limited by(from);
  for (const int expected : {200, 200, 429}) EXPECT_EQ(by.ask(), expected);
  EXPECT_EQ(by.field("Retry-After"), "1");
  EXPECT_EQ(by.field("RateLimit"), "");
}

TEST(rate_limit, goes_on_with_what_was_used_up_where_the_numbers_change) {
  const config::rate_limit_middleware slow = ten_a_second(3);
  limited by(slow);
  for (const int expected : {200, 200, 200, 429}) EXPECT_EQ(by.ask(), expected);
  config::rate_limit_middleware fast = slow;
  fast.rate.count = 20;
  fast.burst = 10;
  const std::shared_ptr<rate_limit> old = by.limit;
  by.limit = std::make_shared<rate_limit>(fast, "by_ip", old.get());
  // 300 ms until it is full, as before: that is 6 requests at 20 a second.
  for (const int expected : {200, 200, 200, 200, 429}) EXPECT_EQ(by.ask(), expected);
  config::rate_limit_middleware other_key = fast;
  other_key.key = {"route.name"};
  by.limit = std::make_shared<rate_limit>(other_key, "by_ip", old.get());
  EXPECT_EQ(by.ask(), 200);
}

TEST(rate_limit, peers_of_a_unix_socket_are_one_client) {
  limited by(ten_a_second(1));
  EXPECT_EQ(by.ask("unix:/a"), 200);
  EXPECT_EQ(by.ask("unix:/b"), 429);
  EXPECT_EQ(by.ask("[::]:1"), 200);
}

}  // namespace
}  // namespace ferroway
