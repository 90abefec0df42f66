#include "middleware/ip_filter.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

class ip_filters : public testing::Test, protected exchange_rig {
 protected:
  using names = std::vector<const char*>;

  void filter(const names& allow, const names& deny, bool shadow = false) {
    step_ = std::make_shared<ip_filter>(
        config::ip_filter_middleware{list_of(allow), list_of(deny), shadow});
  }
  // "passed", or what it failed by.
  std::string ask(const char* address) {
    renew();
    from(address);
    ex().decisions = &decisions;
    decisions.clear();
    const result<response> reply = run({step_});
    return reply ? "passed" : std::string(to_string(reply.error().kind));
  }

  std::vector<decision> decisions;

 private:
  static config::network_list list_of(const names& from) {
    config::network_list made;
    for (const char* each : from) made.networks.push_back(*io::ip_network::parse(each));
    return made;
  }
  std::shared_ptr<ip_filter> step_;
};

TEST_F(ip_filters, with_allow_alone_nobody_else_may) {
  filter({"10.0.0.0/8", "2001:db8::/32"}, {});
  EXPECT_EQ(ask("10.1.2.3:1"), "passed");
  EXPECT_EQ(ask("[2001:db8::7]:1"), "passed");
  EXPECT_EQ(ask("192.0.2.1:1"), "forbidden");
  EXPECT_EQ(ask("[::1]:1"), "forbidden");
}

TEST_F(ip_filters, with_deny_alone_everybody_else_may) {
  filter({}, {"10.0.0.0/8"});
  EXPECT_EQ(ask("10.1.2.3:1"), "forbidden");
  EXPECT_EQ(ask("192.0.2.1:1"), "passed");
  EXPECT_EQ(ask("[::1]:1"), "passed");
}

TEST_F(ip_filters, of_both_the_smaller_network_counts_and_others_may_not) {
  filter({"10.0.0.0/8", "10.1.1.1"}, {"10.1.0.0/16"});
  EXPECT_EQ(ask("10.2.0.1:1"), "passed");
  EXPECT_EQ(ask("10.1.0.1:1"), "forbidden");
  EXPECT_EQ(ask("10.1.1.1:1"), "passed");
  EXPECT_EQ(ask("192.0.2.1:1"), "forbidden");
}

TEST_F(ip_filters, a_unix_sockets_peer_is_in_no_list) {
  filter({"0.0.0.0/0", "::/0"}, {});
  EXPECT_EQ(ask("unix:/run/f.sock"), "forbidden");
  filter({}, {"0.0.0.0/0", "::/0"});
  EXPECT_EQ(ask("unix:/run/f.sock"), "passed");
}

TEST_F(ip_filters, explain_learns_by_which_network) {
  filter({"10.0.0.0/8"}, {"10.1.0.0/16"});
  ask("10.1.2.3:1");
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].verdict, "rejected");
  EXPECT_EQ(decisions[0].reason, "10.1.2.3 is in 10.1.0.0/16 of `deny`");
  ask("192.0.2.1:1");
  EXPECT_EQ(decisions[0].reason, "192.0.2.1 is in no list");
}

TEST_F(ip_filters, in_shadow_mode_it_refuses_nobody_and_says_whom_it_would) {
  filter({}, {"10.0.0.0/8"}, true);
  EXPECT_EQ(ask("10.1.2.3:1"), "passed");
  EXPECT_EQ(decisions[0].verdict, "would reject");
  EXPECT_EQ(ex().would_reject, "ip_filter");
  EXPECT_EQ(ex().rejected_by, "");
}

}  // namespace
}  // namespace ferroway
