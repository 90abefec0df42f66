// Endpoints that die, hang, flap and come back: what clients see of it, and how soon they are out
// of use and back in it (promises 22, 23 and 25 of the project). Times are exact.
#include "sim/failing_endpoints.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using state = telemetry::endpoint_state;

const std::string fast_checks =
    "    health_check: {path: /healthz, interval: 500ms, timeout: 200ms, unhealthy_after: 2}\n";

// Passive detection off, so that it is the checks that tell.
class checked : public failing_endpoints {
 protected:
  checked() : failing_endpoints(failing_yaml(fast_checks + "    outlier_detection: off\n", "")) {}
};

TEST_F(checked, AKilledEndpointIsOutAfterItsChecksAndBackSoonAfterIt) {
  world().run_for(seconds(2));
  kill(1);
  EXPECT_TRUE(wait_for(1, state::unhealthy, milliseconds(1100)));
  EXPECT_EQ(stats(1)->why(), "the connection was refused");
  EXPECT_EQ(failed_of(30), 0);
  const std::uint64_t retries = gateway.counted().known_upstream("service")->totals().retries;
  EXPECT_EQ(retries, 0U) << "nobody is sent there";
  bring_up(1);
  EXPECT_TRUE(wait_for(1, state::available, milliseconds(1650))) << "two checks";
}

TEST_F(checked, RequestsBeforeTheChecksTellAreTriedElsewhere) {
  world().run_for(seconds(2));
  kill(0);
  EXPECT_EQ(failed_of(12), 0);
  EXPECT_GT(gateway.counted().known_upstream("service")->totals().retries, 0U);
}

TEST_F(checked, AHungEndpointIsOutWhenChecksTimeOut) {
  world().run_for(seconds(2));
  hang(2);
  EXPECT_TRUE(wait_for(2, state::unhealthy, milliseconds(1500)));
  EXPECT_EQ(stats(2)->why(), "no answer in time");
}

TEST_F(checked, AllDownIsSaidAtOnceAndRecoversWithinAnIntervalAndASecond) {
  world().run_for(seconds(2));
  for (std::size_t i = 0; i < endpoints; ++i) kill(i);
  for (std::size_t i = 0; i < endpoints; ++i) {
    EXPECT_TRUE(wait_for(i, state::unhealthy, milliseconds(1100)));
  }
  EXPECT_EQ(ask(), 503);
  EXPECT_EQ(took, duration(0)) << "nobody is waited for";
  EXPECT_NE(answer.find("Retry-After: 1"), std::string::npos);
  EXPECT_NE(answer.find("no-endpoint"), std::string::npos);
  for (std::size_t i = 0; i < endpoints; ++i) bring_up(i);
  EXPECT_TRUE(world().run_until([&] { return state(0) == state::available; },
                                world().now() + milliseconds(1500)));
  EXPECT_EQ(ask(), 200);
}

TEST_F(checked, AnEndpointThatFailsOneCheckStays) {
  world().run_for(seconds(2));
  kill(1);
  world().run_for(milliseconds(400));
  bring_up(1);
  EXPECT_FALSE(wait_for(1, state::unhealthy, seconds(3)));
}

TEST_F(checked, ChecksGoOnThroughReloads) {
  world().run_for(seconds(2));
  kill(1);
  EXPECT_TRUE(wait_for(1, state::unhealthy, milliseconds(1100)));
  const std::uint64_t before = stats(1)->totals().checks_failed;
  gateway.reload(failing_yaml(fast_checks + "    outlier_detection: off\n", ", websocket: false"));
  world().run_for(milliseconds(10));
  EXPECT_EQ(state(1), state::unhealthy) << "what is known is kept";
  EXPECT_EQ(failed_of(6), 0);
  world().run_for(seconds(2));
  EXPECT_GT(stats(1)->totals().checks_failed, before);
  EXPECT_LT(stats(1)->totals().checks_failed, before + 6) << "once, not by two probers";
  gateway.reload(failing_yaml("    outlier_detection: off\n", ""));
  world().run_for(milliseconds(10));
  EXPECT_EQ(state(1), state::available) << "nobody checks it any more";
}

const std::string body_checks =
    "    health_check: {path: /healthz, body: fine, expect: [204, 210-219], interval: 1s}\n"
    "    outlier_detection: off\n";

class judged : public failing_endpoints {
 protected:
  judged() : failing_endpoints(failing_yaml(body_checks, "")) {}
};

TEST_F(judged, ByStatusAndBody) {
  const auto answers = [](const std::string& status, const std::string& body) {
    return script{await("\r\n\r\n"),
                  say("HTTP/1.1 " + status +
                      " x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body),
                  read_all()};
  };
  start(0, answers("212", "all is fine"));
  start(1, answers("200", "all is fine"));
  start(2, answers("212", "all is lost"));
  world().run_for(seconds(10));
  EXPECT_EQ(state(0), state::available);
  EXPECT_EQ(stats(1)->why(), "the status is not an expected one");
  EXPECT_EQ(stats(2)->why(), "the body lacks what is expected");
  EXPECT_EQ(stats(0)->totals().checks_failed, 0U);
}

class assumed : public failing_endpoints {
 protected:
  assumed()
      : failing_endpoints(failing_yaml("    health_check: {type: tcp, assume: unhealthy}\n", "")) {}
};

TEST_F(assumed, UnhealthyOnesHaveRequestsAfterTheirFirstCheck) {
  EXPECT_EQ(ask(), 503);
  EXPECT_TRUE(wait_for(2, state::available, milliseconds(150)));
  world().run_for(milliseconds(150));
  EXPECT_EQ(ask(), 200);
}

const std::string passive =
    "    outlier_detection: {consecutive_failures: 3, eject_for: 2s, eject_for_max: 10s}\n";

class watched : public failing_endpoints {
 protected:
  watched() : failing_endpoints(failing_yaml(passive, "")) {}
};

TEST_F(watched, AKilledEndpointIsEjectedAndNoRequestIsLost) {
  failed_of(6);
  kill(1);
  EXPECT_EQ(failed_of(30), 0);
  EXPECT_EQ(state(1), state::ejected);
  EXPECT_EQ(stats(1)->why(), "refused connections in a row");
  EXPECT_EQ(gateway.counted().known_upstream("service")->totals().retries, 3U)
      << "three failures, and nobody else is sent there";
}

// After its time one request finds out; the others are not sent there before it has.
TEST_F(watched, AnEjectedEndpointIsTriedWithOneRequest) {
  kill(1);
  EXPECT_EQ(failed_of(12), 0);
  EXPECT_EQ(state(1), state::ejected);
  const auto picks = [&] { return stats(1)->totals().picks; };
  const std::uint64_t before = picks();
  world().run_for(seconds(2));
  EXPECT_EQ(failed_of(10), 0) << "the trial fails and goes elsewhere";
  EXPECT_EQ(picks(), before + 1);
  EXPECT_EQ(state(1), state::ejected);
  world().run_for(seconds(2));
  EXPECT_EQ(failed_of(10), 0);
  EXPECT_EQ(picks(), before + 1) << "twice as long the second time";
  bring_up(1);
  world().run_for(seconds(2));
  EXPECT_EQ(ask(), 200);
  EXPECT_EQ(from, 1) << "the one on trial";
  EXPECT_EQ(state(1), state::available);
  EXPECT_EQ(failed_of(9), 0);
  EXPECT_EQ(picks(), before + 2 + 3);
}

// Where nobody asks for anything that could be repeated, what there is finds out.
TEST_F(watched, AnEjectedEndpointComesBackToAnApiOfPostsAlone) {
  const std::string body = "Content-Length: 0\r\n\r\n";
  const auto posts = [&](int times) {
    int failed = 0;
    for (int i = 0; i < times; ++i) {
      failed += ask("POST", body) == 200 ? 0 : 1;
      world().run_for(milliseconds(100));
    }
    return failed;
  };
  kill(1);
  EXPECT_EQ(posts(12), 0) << "nothing had been sent";
  EXPECT_EQ(state(1), state::ejected);
  bring_up(1);
  world().run_for(seconds(2));
  EXPECT_EQ(posts(20), 0);
  EXPECT_EQ(state(1), state::available);
}

// The trial's answer has begun well: how long it goes on is another matter.
TEST_F(watched, ATrialIsOverWhenItsAnswerBegins) {
  kill(1);
  EXPECT_EQ(failed_of(12), 0);
  ASSERT_EQ(state(1), state::ejected);
  bring_up(1);
  start(1, {await("\r\n\r\n"), say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            pause(seconds(3600)), say("0\r\n\r\n"), read_all()});
  world().run_for(seconds(3));
  heard slow;
  io::cancel_scope scope(gateway.clients());
  spawn(run_raw_peer(gateway.clients(), address_of("10.0.0.1:80"),
                     {say("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), read_all()}, slow, scope));
  EXPECT_TRUE(wait_for(1, state::available, seconds(1)));
  EXPECT_FALSE(slow.done);
  scope.cancel({fault::cancelled, side::local, false, "seen enough"});
  EXPECT_TRUE(world().run_until([&] { return slow.done; }));
}

// A request's own time may be shorter than an answer's.
class hurried : public failing_endpoints {
 protected:
  hurried() : failing_endpoints(failing_yaml(passive, ", timeouts: {request: 2s}")) {}
};

TEST_F(hurried, AHungEndpointIsNoticedAllTheSame) {
  start(1, {await("\r\n\r\n"), pause(seconds(3600))});
  EXPECT_EQ(failed_of(12), 3);
  EXPECT_EQ(state(1), state::ejected);
  EXPECT_EQ(stats(1)->why(), "timeouts in a row");
}

TEST_F(watched, ServerErrorsEject) {
  start(2, {await("\r\n\r\n"), say("HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n"),
            await("\r\n\r\n"), say("HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n"),
            await("\r\n\r\n"), say("HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n"), read_all()});
  EXPECT_EQ(failed_of(30), 3);
  EXPECT_EQ(state(2), state::ejected);
  EXPECT_EQ(stats(2)->why(), "answers with 5xx in a row");
}

// It answers with 200, and breaks off in the middle.
TEST_F(watched, ResetsInMidAnswerEject) {
  start(0, {await("\r\n\r\n"), say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
            pause(milliseconds(5)), reset()});
  for (int i = 0; i < 12; ++i) ask();
  EXPECT_EQ(state(0), state::ejected);
  EXPECT_EQ(stats(0)->why(), "broken connections in a row");
}

// At most half of them, so that one of three: the others are tried on.
TEST_F(watched, NeverMoreThanItsShare) {
  kill(0);
  kill(1);
  for (int i = 0; i < 40; ++i) ask();
  EXPECT_NE(state(0) == state::ejected, state(1) == state::ejected);
}

TEST_F(watched, ALeavingClientSaysNothing) {
  start(0, {await("\r\n\r\n"), pause(seconds(60))});
  start(1, {await("\r\n\r\n"), pause(seconds(60))});
  start(2, {await("\r\n\r\n"), pause(seconds(60))});
  for (int i = 0; i < 12; ++i) {
    heard gone;
    io::cancel_scope scope(gateway.clients());
    spawn(run_raw_peer(gateway.clients(), address_of("10.0.0.1:80"),
                       {say("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), pause(milliseconds(20)), reset()},
                       gone, scope));
    EXPECT_TRUE(world().run_until([&] { return gone.done; }));
    world().run_for(milliseconds(10));
  }
  for (std::size_t i = 0; i < endpoints; ++i) EXPECT_EQ(state(i), state::available);
}

class both : public failing_endpoints {
 protected:
  both()
      : failing_endpoints(failing_yaml(
            fast_checks + "    outlier_detection: {consecutive_failures: 1, eject_for: 30s}\n",
            ", retry: {per_try: 500ms, when: [connect, reset, timeout], budget: 50%}")) {}
};

// A check that passes shows that an endpoint which could not be reached can be reached.
TEST_F(both, APassingCheckEndsAnEjectionForConnections) {
  world().run_for(seconds(2));
  kill(1);
  EXPECT_EQ(failed_of(6, milliseconds(1)), 0);
  EXPECT_EQ(state(1), state::ejected) << "within one failure";
  bring_up(1);
  world().run_for(milliseconds(1650));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(), 200);
  EXPECT_EQ(state(1), state::available);
}

// What checks have seen too is over when they say so, whatever it was that requests had seen.
TEST_F(both, PassingChecksEndAnEjectionThatTheyAgreedWith) {
  world().run_for(seconds(2));
  hang(1);
  EXPECT_EQ(failed_of(6, milliseconds(1)), 0);
  EXPECT_EQ(state(1), state::ejected);
  EXPECT_EQ(stats(1)->why(), "timeouts in a row");
  EXPECT_TRUE(wait_for(1, state::unhealthy, seconds(2)));
  bring_up(1);
  const time_point since = world().now();
  while (state(1) != state::available && world().now() - since < seconds(60)) {
    EXPECT_EQ(failed_of(1), 0);
  }
  EXPECT_LE(world().now() - since, milliseconds(1650));
}

// Promise 23: the health path answers, the rest hangs.
TEST_F(both, AHungEndpointIsEjectedEvenWhereItsHealthPathAnswers) {
  start(1, {await("\r\n\r\n"), pause(seconds(60))});
  world().run_for(milliseconds(10));
  EXPECT_EQ(failed_of(6, milliseconds(1)), 0);
  EXPECT_EQ(state(1), state::ejected);
  EXPECT_EQ(stats(1)->why(), "timeouts in a row");
}

const std::string every_means =
    failing_yaml(fast_checks + "    outlier_detection: {consecutive_failures: 1, eject_for: 30s}\n",
                 ", retry: {per_try: 500ms, when: [connect, reset, timeout], budget: 50%}");

io::simulated_settings with_seed(std::uint64_t seed) {
  io::simulated_settings made;
  made.seed = seed;
  made.delay_max = milliseconds(3);
  made.split_percent = 20;
  return made;
}

// Whatever the order in which things happen.
class seeded : public failing_endpoints, public testing::WithParamInterface<std::uint64_t> {
 protected:
  seeded() : failing_endpoints(every_means, with_seed(GetParam())) { world().run_for(seconds(2)); }
};

TEST_P(seeded, AFlappingEndpointCostsNobodyAnything) {
  int failed = 0;
  for (int second = 0; second < 12; ++second) {
    second % 2 == 0 ? kill(2) : bring_up(2);
    failed += failed_of(50, milliseconds(20));
  }
  EXPECT_EQ(failed, 0);
}

TEST_P(seeded, AHungEndpointCostsNobodyAnything) {
  hang(0);
  EXPECT_EQ(failed_of(100, milliseconds(10)), 0);
  EXPECT_NE(state(0), state::available);
}

TEST_P(seeded, ARollingRestartLosesNothing) {
  int failed = 0;
  for (std::size_t i = 0; i < endpoints; ++i) {
    kill(i);
    failed += failed_of(100, milliseconds(20));
    bring_up(i);
    failed += failed_of(100, milliseconds(20));
  }
  EXPECT_EQ(failed, 0);
}

TEST_P(seeded, AllDownAndBackAgain) {
  for (std::size_t i = 0; i < endpoints; ++i) kill(i);
  world().run_for(milliseconds(1200));
  EXPECT_EQ(ask(), 503);
  for (std::size_t i = 0; i < endpoints; ++i) bring_up(i);
  world().run_for(milliseconds(1500));
  EXPECT_EQ(failed_of(30), 0);
}

INSTANTIATE_TEST_SUITE_P(seeds, seeded, testing::Range<std::uint64_t>(1, 21));

}  // namespace
}  // namespace ferroway::sim
