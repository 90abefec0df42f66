// `retry: {hedge: ...}`: a second endpoint beside one that takes long.
#include "sim/failing_endpoints.hpp"
#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string nobody_watches = "    outlier_detection: off\n";

script answers_after(duration length, int by) {
  script all;
  for (int i = 0; i < 500; ++i) {
    all.push_back(await("\r\n\r\n"));
    all.push_back(pause(length));
    all.push_back(
        say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-By: " + std::to_string(by) + "\r\n\r\nok"));
  }
  return all;
}

class hedged : public failing_endpoints {
 protected:
  explicit hedged(const std::string& retry, const std::string& upstream = {})
      : failing_endpoints(failing_yaml(nobody_watches + upstream,
                                       ", timeouts: {response: 2s}, retry: " + retry)) {}
  telemetry::upstream_totals totals() const {
    return gateway.counted().known_upstream("service")->totals();
  }
  void slow(std::size_t endpoint, duration length) {
    start(endpoint, answers_after(length, static_cast<int>(endpoint)));
  }
};

class with_a_retry : public hedged {
 protected:
  with_a_retry() : hedged("{retries: 1, when: [503], hedge: 200ms, budget: 100%}") {}
};

TEST_F(with_a_retry, an_answer_that_would_be_tried_again_does_not_win) {
  script busy;
  for (int i = 0; i < 500; ++i) {
    busy.push_back(await("\r\n\r\n"));
    busy.push_back(say("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"));
  }
  slow(0, milliseconds(300));
  start(1, busy);
  start(2, busy);
  int served = 0;
  for (int i = 0; i < 6; ++i) {
    if (ask() != 200) continue;
    EXPECT_EQ(from, 0);
    EXPECT_EQ(took, milliseconds(300));
    ++served;
  }
  EXPECT_GE(served, 2) << "those that went there first";
  EXPECT_GE(totals().hedges, 2U);
}

class after_a_time : public hedged {
 protected:
  after_a_time() : hedged("{hedge: 200ms, budget: 100%}") {}
};

TEST_F(after_a_time, one_that_takes_long_costs_no_more_than_that) {
  slow(0, seconds(60));
  duration longest{};
  for (int i = 0; i < 9; ++i) {
    EXPECT_EQ(ask(), 200);
    EXPECT_NE(from, 0);
    longest = std::max(longest, took);
  }
  EXPECT_EQ(longest, milliseconds(200));
  EXPECT_GE(totals().hedges, 3U);
  EXPECT_EQ(totals().retries, 0U);
}

TEST_F(after_a_time, fast_answers_need_none) {
  for (int i = 0; i < 9; ++i) EXPECT_EQ(ask(), 200);
  EXPECT_EQ(totals().hedges, 0U);
}

TEST_F(after_a_time, whoever_is_first_counts) {
  for (std::size_t i = 0; i < endpoints; ++i) slow(i, milliseconds(500));
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(ask(), 200);
    EXPECT_EQ(took, milliseconds(500)) << "the first one, though a second was asked";
  }
  EXPECT_EQ(totals().hedges, 6U);
}

TEST_F(after_a_time, a_post_is_sent_once) {
  for (std::size_t i = 0; i < endpoints; ++i) slow(i, milliseconds(500));
  EXPECT_EQ(ask("POST", "Content-Length: 2\r\n\r\nhi"), 200);
  EXPECT_EQ(totals().hedges, 0U);
}

TEST_F(after_a_time, a_body_at_hand_goes_to_both) {
  slow(0, seconds(60));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("PUT", "Content-Length: 2\r\n\r\nhi"), 200);
  EXPECT_GE(totals().hedges, 1U);
}

TEST_F(after_a_time, where_the_first_fails_the_second_is_waited_for) {
  start(0, {await("\r\n\r\n"), pause(milliseconds(300)), reset()});
  slow(1, milliseconds(400));
  slow(2, milliseconds(400));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ask(), 200);
    EXPECT_LE(took, milliseconds(600));
  }
}

TEST_F(after_a_time, a_second_that_fails_changes_nothing) {
  slow(0, milliseconds(500));
  for (std::size_t i : {1U, 2U}) start(i, {await("\r\n\r\n"), pause(milliseconds(10)), reset()});
  int answered = 0;
  for (int i = 0; i < 3; ++i) answered += ask() == 200 && from == 0 ? 1 : 0;
  EXPECT_GE(answered, 1);
}

TEST_F(after_a_time, where_all_take_too_long_it_is_over_in_time) {
  for (std::size_t i = 0; i < endpoints; ++i) slow(i, seconds(60));
  EXPECT_EQ(ask(), 504);
  EXPECT_LE(took, milliseconds(2200));
}

class hedged_frugally : public hedged {
 protected:
  hedged_frugally() : hedged("{hedge: 100ms, budget: 0%}") {}
};

TEST_F(hedged_frugally, the_budget_pays) {
  for (std::size_t i = 0; i < endpoints; ++i) slow(i, milliseconds(300));
  for (int i = 0; i < 30; ++i) EXPECT_EQ(ask(), 200);
  EXPECT_EQ(totals().hedges, 10U) << "the reserve";
}

class by_percentile : public hedged {
 protected:
  by_percentile() : hedged("{hedge: p90, budget: 100%}") {}
};

TEST_F(by_percentile, what_is_long_is_learnt) {
  for (std::size_t i = 0; i < endpoints; ++i) slow(i, milliseconds(20));
  slow(0, milliseconds(20));
  for (int i = 0; i < 120; ++i) EXPECT_EQ(ask(), 200);
  EXPECT_EQ(totals().hedges, 0U);
  slow(0, seconds(60));
  duration longest{};
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(ask(), 200);
    longest = std::max(longest, took);
  }
  EXPECT_GE(longest, milliseconds(40));
  EXPECT_LE(longest, milliseconds(50)) << "a fourth more than 20 ms, and 20 ms for the other one";
}

class with_limits : public hedged {
 protected:
  with_limits() : hedged("{hedge: 100ms, budget: 100%}", "    connections: {max_requests: 1}\n") {}
};

TEST_F(with_limits, a_second_try_does_not_wait_for_room) {
  for (std::size_t i = 0; i < endpoints; ++i) slow(i, milliseconds(300));
  EXPECT_EQ(ask(), 200);
  EXPECT_EQ(took, milliseconds(300));
  EXPECT_EQ(totals().hedges, 0U);
  EXPECT_EQ(totals().in_flight, 0U);
}

class left_alone : public raw_world {
 protected:
  left_alone()
      : raw_world(
            "listeners: [{name: public, address: 10.0.0.1:80}]\nadmin: off\nupstreams:\n"
            "  service: {endpoints: [http://10.0.1.1:8000, http://10.0.1.2:8000]}\nroutes:\n"
            "  - {path: /, to: service, retry: {hedge: 200ms}}\n"),
        other(gateway.backends(), address_of("10.0.1.2:8000"), {hangs()}) {
    serve(hangs());
  }
  ~left_alone() override {
    other.stop();
    EXPECT_TRUE(gateway.world().run_until([&] { return other.live() == 0; }));
  }
  static script hangs() { return {await("\r\n\r\n"), read_all()}; }

  raw_backend other;
};

TEST_F(left_alone, when_the_client_is_gone_both_are_broken_off) {
  begin({say("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), pause(seconds(1)), reset()});
  gateway.world().run_for(milliseconds(900));
  for (const raw_backend* each : {backend.get(), &other}) {
    ASSERT_EQ(each->connections(), 1U);
    EXPECT_FALSE(each->at(0).done);
  }
  gateway.world().run_for(milliseconds(200));
  EXPECT_TRUE(backend->at(0).done);
  EXPECT_TRUE(other.at(0).done);
}

}  // namespace
}  // namespace ferroway::sim
