// Endpoints that are names: what clients see while answers change, fail and come back. Times are
// exact.
#include "sim/failing_endpoints.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string named_yaml(const std::string& upstream = "", const std::string& route = "",
                       const std::string& url = "http://users.internal:80") {
  std::string text = failing_yaml(upstream, route);
  const std::string addresses = "http://10.0.1.1:80, http://10.0.1.2:80, http://10.0.1.3:80";
  return text.replace(text.find(addresses), addresses.size(), url);
}

class names : public failing_endpoints {
 protected:
  explicit names(const std::string& yaml = named_yaml()) : failing_endpoints(yaml) {}

  // What the name stands for from now on.
  void stands_for(std::initializer_list<int> which, const std::string& name = "users.internal") {
    std::vector<std::string>& all = gateway.names().hosts[name];
    all.clear();
    for (const int each : which) all.push_back("10.0.1." + std::to_string(each + 1));
  }
  // How many of that many requests each endpoint has answered.
  std::vector<int> answers_of(int times) {
    std::vector<int> made(endpoints);
    for (int i = 0; i < times; ++i) {
      EXPECT_EQ(ask(), 200);
      if (from >= 0) ++made[static_cast<std::size_t>(from)];
    }
    return made;
  }
  telemetry::name_state known(const std::string& name = "users.internal") {
    const auto stats = gateway.counted().known_name(name);
    return stats ? stats->state() : telemetry::name_state{};
  }
};

TEST_F(names, AreServedOnceTheyAreResolved) {
  stands_for({0, 2});
  EXPECT_EQ(ask(), 503) << "nobody waits for DNS";
  EXPECT_NE(answer.find("no-endpoint"), std::string::npos);
  EXPECT_NE(answer.find("Retry-After: 1"), std::string::npos);
  world().run_for(milliseconds(10));
  EXPECT_EQ(answers_of(10), (std::vector<int>{5, 0, 5}));
}

TEST_F(names, ChangeWhenTheirTimeHasPassed) {
  stands_for({0, 1});
  world().run_for(milliseconds(10));
  EXPECT_EQ(gateway.names().asked, 1U);
  stands_for({1, 2});
  world().run_for(seconds(9));
  EXPECT_EQ(answers_of(4), (std::vector<int>{2, 2, 0})) << "the answer is good for 10 s";
  world().run_for(seconds(2));
  EXPECT_EQ(gateway.names().asked, 2U);
  EXPECT_EQ(answers_of(4), (std::vector<int>{0, 2, 2}));
}

TEST_F(names, AreAskedForWithinTheBounds) {
  stands_for({0});
  gateway.names().valid = duration(0);
  world().run_for(seconds(10));
  EXPECT_LE(gateway.names().asked, 11U);
  gateway.names().valid = std::chrono::hours(24);
  world().run_for(seconds(2));
  const std::size_t before = gateway.names().asked;
  world().run_for(std::chrono::minutes(56));
  EXPECT_GE(gateway.names().asked, before + 10);
}

TEST_F(names, StandForWhatTheyDidWhileNobodyKnows) {
  stands_for({0, 1});
  world().run_for(milliseconds(10));
  gateway.names().dead = true;
  world().run_for(std::chrono::hours(1));
  EXPECT_TRUE(known().failing);
  EXPECT_EQ(known().failure, "nobody answers");
  EXPECT_EQ(known().places.size(), 2U);
  EXPECT_EQ(failed_of(10), 0);
  stands_for({2});
  gateway.names().dead = false;
  world().run_for(seconds(35));
  EXPECT_FALSE(known().failing);
  EXPECT_EQ(answers_of(3), (std::vector<int>{0, 0, 3}));
  stands_for({});
  world().run_for(seconds(30));
  EXPECT_TRUE(known().failing) << "the name does not exist any more";
  EXPECT_EQ(answers_of(3), (std::vector<int>{0, 0, 3}));
}

TEST_F(names, ThatNobodyKnowsAreAskedForLessAndLess) {
  gateway.names().dead = true;
  world().run_for(std::chrono::minutes(10));
  EXPECT_LT(gateway.names().asked, 30U);
  EXPECT_EQ(ask(), 503);
  EXPECT_EQ(took, duration(0));
}

TEST_F(names, KeepWhatStaysThroughReloads) {
  stands_for({0, 1});
  world().run_for(milliseconds(10));
  EXPECT_EQ(answers_of(4), (std::vector<int>{2, 2, 0}));
  const std::uint64_t made = gateway.counted().known_upstream("service")->totals().connected;
  gateway.names().dead = true;
  gateway.reload(named_yaml("    balance: random\n"));
  world().run_for(milliseconds(10));
  EXPECT_EQ(failed_of(10), 0) << "no gap, though nobody answers";
  EXPECT_EQ(gateway.counted().known_upstream("service")->totals().connected, made)
      << "connections are kept";
  gateway.reload(failing_yaml("", ""));
  world().run_for(milliseconds(10));
  EXPECT_EQ(answers_of(3), (std::vector<int>{1, 1, 1})) << "addresses in place of the name";
  gateway.names().dead = false;
  gateway.reload(named_yaml());
  world().run_for(milliseconds(10));
  EXPECT_EQ(answers_of(4), (std::vector<int>{2, 2, 0}));
}

// A reload that brings a name goes on with what there was until the name is resolved.
class renamed : public names {
 protected:
  renamed() : names(failing_yaml("", "")) {}
};

TEST_F(renamed, NoRequestIsLostBeforeTheFirstAnswer) {
  EXPECT_EQ(answers_of(3), (std::vector<int>{1, 1, 1}));
  gateway.names().dead = true;
  gateway.reload(named_yaml());
  EXPECT_EQ(failed_of(30, seconds(1)), 0);
  stands_for({2});
  gateway.names().dead = false;
  world().run_for(seconds(40));
  EXPECT_EQ(answers_of(3), (std::vector<int>{0, 0, 3}));
  gateway.names().dead = true;
  gateway.reload(named_yaml("", "", "http://others.internal:80"));
  EXPECT_EQ(failed_of(5), 0) << "another name, not known yet";
  stands_for({0}, "others.internal");
  gateway.names().dead = false;
  world().run_for(seconds(40));
  EXPECT_EQ(answers_of(3), (std::vector<int>{3, 0, 0}));
}

// So does one beside others, however long it is not known.
TEST_F(renamed, OneOfTwoThatIsNotKnownYetLeavesTheOtherNotAlone) {
  gateway.names().dead = true;
  gateway.reload(
      named_yaml("", "", "http://users.internal:80, {url: \"http://10.0.1.3:80\", weight: 0}"));
  EXPECT_EQ(failed_of(30, seconds(1)), 0);
  EXPECT_EQ(answers_of(4), (std::vector<int>{2, 2, 0}));
  stands_for({1});
  gateway.names().dead = false;
  world().run_for(seconds(40));
  EXPECT_EQ(answers_of(3), (std::vector<int>{0, 3, 0}));
}

// What is known of an address stays with it; one that goes is forgotten.
TEST_F(names, WhatIsKnownOfAnAddressStaysWithIt) {
  stands_for({0, 1});
  world().run_for(milliseconds(10));
  kill(1);
  EXPECT_EQ(failed_of(30), 0);
  EXPECT_EQ(state(1), telemetry::endpoint_state::ejected);
  stands_for({0, 1, 2});
  world().run_for(seconds(11));
  EXPECT_EQ(state(1), telemetry::endpoint_state::ejected);
  stands_for({0, 2});
  world().run_for(seconds(15));
  EXPECT_EQ(stats(1), nullptr) << "nothing counts there any more";
  bring_up(1);
  stands_for({0, 1, 2});
  world().run_for(seconds(11));
  EXPECT_EQ(state(1), telemetry::endpoint_state::available) << "it is another one";
}

TEST_F(names, WhatIsUnderWayEndsWhereItBegan) {
  stands_for({0});
  start(0, {await("\r\n\r\n"), say("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha"),
            pause(seconds(30)), say("lf"), read_all()});
  world().run_for(milliseconds(10));
  heard slow;
  io::cancel_scope scope(gateway.clients());
  spawn(run_raw_peer(gateway.clients(), address_of("10.0.0.1:80"),
                     {say("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), read_all()},
                     slow, scope));
  world().run_for(seconds(1));
  stands_for({1});
  world().run_for(seconds(12));
  EXPECT_EQ(answers_of(3), (std::vector<int>{0, 3, 0}));
  EXPECT_TRUE(world().run_until([&] { return slow.done; }, world().now() + seconds(60)));
  EXPECT_TRUE(slow.text.ends_with("half"));
}

// The budget of retries is the upstream's, whatever its addresses are.
class hopeless : public names {
 protected:
  hopeless() : names(named_yaml("    outlier_detection: off\n", ", retry: {budget: 0%}")) {}
};

TEST_F(hopeless, AChangeOfAddressesEarnsNoRetries) {
  gateway.names().valid = duration(0);
  stands_for({0, 1});
  kill(0);
  kill(1);
  world().run_for(milliseconds(10));
  EXPECT_EQ(failed_of(30), 30);
  const auto retries = [&] {
    return gateway.counted().known_upstream("service")->totals().retries;
  };
  const std::uint64_t spent = retries();
  EXPECT_EQ(spent, 10U) << "the reserve";
  stands_for({0});
  world().run_for(seconds(2));
  EXPECT_EQ(failed_of(30), 30);
  EXPECT_EQ(retries(), spent);
}

class checked_names : public names {
 protected:
  checked_names()
      : names(named_yaml("    health_check: {path: /healthz, interval: 500ms, timeout: 200ms, "
                         "unhealthy_after: 2}\n    outlier_detection: off\n")) {}
};

// All addresses are others at once: who has not been checked yet serves, since nobody else does.
class new_names_are_unhealthy : public names {
 protected:
  new_names_are_unhealthy()
      : names(named_yaml("    health_check: {path: /healthz, assume: unhealthy}\n")) {}
};

TEST_F(new_names_are_unhealthy, AnAnswerLeavesSomebodyToServe) {
  stands_for({0});
  world().run_for(seconds(3));
  EXPECT_EQ(ask(), 200);
  stands_for({1, 2});
  EXPECT_EQ(failed_of(2000, milliseconds(5)), 0);
  EXPECT_EQ(answers_of(4), (std::vector<int>{0, 2, 2}));
}

TEST_F(names, AnAnswerLeavesSomebodyToServeThoughAllWereEjected) {
  stands_for({0, 1});
  world().run_for(milliseconds(10));
  kill(1);
  EXPECT_EQ(failed_of(30), 0);
  EXPECT_EQ(state(1), telemetry::endpoint_state::ejected);
  bring_up(1);
  gateway.names().valid = milliseconds(1);
  stands_for({1});
  EXPECT_EQ(failed_of(300, milliseconds(50)), 0);
  EXPECT_EQ(answers_of(3), (std::vector<int>{0, 3, 0}));
}

TEST_F(checked_names, ChecksFollowTheAddresses) {
  stands_for({0});
  world().run_for(seconds(3));
  EXPECT_GT(stats(0)->totals().checks_passed, 3U);
  stands_for({0, 1});
  world().run_for(seconds(12));
  EXPECT_GT(stats(1)->totals().checks_passed, 1U);
  kill(1);
  EXPECT_TRUE(wait_for(1, telemetry::endpoint_state::unhealthy, milliseconds(1200)));
  EXPECT_EQ(failed_of(10), 0);
  stands_for({0});
  world().run_for(seconds(15));
  EXPECT_EQ(stats(1), nullptr);
}

class services : public names {
 protected:
  services()
      : names(named_yaml("    host: endpoint\n", "", "srv+http://_http._tcp.users.internal")) {}
};

TEST_F(services, HavePrioritiesAndWeights) {
  gateway.names().services_of["_http._tcp.users.internal"] = {
      {"a.internal", 80, 5, 3}, {"b.internal", 80, 5, 1}, {"c.internal", 80, 9, 0}};
  stands_for({0}, "a.internal");
  stands_for({1}, "b.internal");
  stands_for({2}, "c.internal");
  world().run_for(milliseconds(50));
  EXPECT_EQ(answers_of(8), (std::vector<int>{6, 2, 0}));
  stands_for({}, "a.internal");
  stands_for({}, "b.internal");
  world().run_for(seconds(12));
  EXPECT_EQ(answers_of(3), (std::vector<int>{0, 0, 3})) << "hosts that do not exist are left out";
}

}  // namespace
}  // namespace ferroway::sim
