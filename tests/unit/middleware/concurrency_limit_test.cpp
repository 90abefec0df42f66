#include "middleware/concurrency_limit.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

// Where time matters, tests/sim/concurrency_test.cpp has more.
class concurrency_limits : public testing::Test, protected exchange_rig {
 protected:
  using settings = config::concurrency_limit_middleware;

  void limit(const settings& by, const concurrency_limit* before = nullptr) {
    auto next = std::make_shared<concurrency_limit>(by, 1, before);
    kept_.push_back(next);
    step = std::move(next);
  }
  // One more request, which stays in flight.
  std::string ask(const char* from_where = "192.0.2.7:1", const char* tenant = nullptr) {
    renew();
    from(from_where);
    ex().decisions = &decisions;
    decisions.clear();
    if (tenant != nullptr) field("X-Tenant", tenant);
    const result<response> reply = run({step});
    return reply ? "passed" : std::string(to_string(reply.error().kind));
  }
  // The last one that was asked for.
  void end() { ex().run_end_actions(); }

  std::shared_ptr<concurrency_limit> step;
  std::vector<decision> decisions;

 private:
  std::vector<std::shared_ptr<concurrency_limit>> kept_;
};

TEST_F(concurrency_limits, more_than_so_many_at_once_are_refused) {
  limit({.requests = 2});
  EXPECT_EQ(ask(), "passed");
  EXPECT_EQ(ask(), "passed");
  EXPECT_EQ(ask(), "overloaded");
  EXPECT_EQ(ex().rejected_by, "concurrency_limit");
}

TEST_F(concurrency_limits, the_end_of_an_exchange_makes_room) {
  limit({.requests = 1});
  EXPECT_EQ(ask(), "passed");
  end();
  EXPECT_EQ(ask(), "passed");
  EXPECT_EQ(ask(), "overloaded");
  end();
  EXPECT_EQ(ask(), "overloaded") << "who was refused has nothing to give back";
}

TEST_F(concurrency_limits, each_value_of_a_key_has_its_own) {
  limit({.requests = 1, .key = "header.X-Tenant"});
  EXPECT_EQ(ask("192.0.2.7:1", "a"), "passed");
  EXPECT_EQ(ask("192.0.2.7:1", "b"), "passed");
  EXPECT_EQ(ask("192.0.2.8:1", "a"), "overloaded");
}

TEST_F(concurrency_limits, who_lacks_the_key_counts_by_address) {
  limit({.requests = 1, .key = "header.X-Tenant"});
  EXPECT_EQ(ask("192.0.2.7:1"), "passed");
  EXPECT_EQ(ask("192.0.2.8:1"), "passed");
  EXPECT_EQ(ask("192.0.2.7:2"), "overloaded");
}

TEST_F(concurrency_limits, the_host_part_of_an_ipv6_address_buys_nothing) {
  limit({.requests = 1, .key = "client.ip"});
  EXPECT_EQ(ask("[2001:db8:0:1::1]:1"), "passed");
  EXPECT_EQ(ask("[2001:db8:0:1:ffff::2]:1"), "overloaded");
  EXPECT_EQ(ask("[2001:db8:0:2::1]:1"), "passed");
  EXPECT_EQ(ask("192.0.2.7:1"), "passed");
  EXPECT_EQ(ask("192.0.2.8:1"), "passed");
}

TEST_F(concurrency_limits, peers_of_unix_sockets_count_as_one_client) {
  limit({.requests = 1, .key = "client.ip"});
  EXPECT_EQ(ask("unix:/run/f.sock"), "passed");
  EXPECT_EQ(ask("unix:/run/f.sock"), "overloaded");
}

TEST_F(concurrency_limits, in_shadow_mode_all_pass_and_are_told) {
  limit({.requests = 1, .queue = 5, .shadow = true});
  EXPECT_EQ(ask(), "passed");
  EXPECT_EQ(ask(), "passed");
  EXPECT_EQ(decisions[0].verdict, "would reject");
  EXPECT_EQ(ex().would_reject, "concurrency_limit");
  end();
  EXPECT_EQ(ask(), "passed");
  EXPECT_EQ(decisions[0].verdict, "would reject") << "what passed beyond the limit held no slot";
}

TEST_F(concurrency_limits, other_numbers_go_on_with_who_is_in_flight) {
  limit({.requests = 1});
  EXPECT_EQ(ask(), "passed");
  limit({.requests = 2}, step.get());
  EXPECT_EQ(ask(), "passed");
  EXPECT_EQ(ask(), "overloaded");
}

TEST_F(concurrency_limits, another_key_begins_anew) {
  limit({.requests = 1});
  EXPECT_EQ(ask(), "passed");
  limit({.requests = 1, .key = "client.ip"}, step.get());
  EXPECT_EQ(ask(), "passed");
  EXPECT_EQ(ask(), "overloaded");
}

TEST_F(concurrency_limits, a_rehearsal_takes_no_slot) {
  class nobody final : public stand_in {
    result<response> answer(exchange&) override { return fail(fault::internal, side::local, ""); }
    result<response> ask(exchange& ex, std::string_view) override { return answer(ex); }
  };
  nobody stands_in;
  limit({.requests = 1});
  for (int i = 0; i < 2; ++i) {
    renew();
    from("192.0.2.7:1");
    ex().rehearsed_by = &stands_in;
    ex().decisions = &decisions;
    EXPECT_TRUE(run({step}));
  }
  EXPECT_EQ(decisions.back().reason, "0 of 1 in flight");
}

}  // namespace
}  // namespace ferroway
