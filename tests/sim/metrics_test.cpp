// What is counted of exchanges, connections and upstreams is what happened.
#include "telemetry/metrics.hpp"
#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* yaml = R"(
listeners: [{name: public, address: 10.0.0.1:80}]
admin: off
upstreams:
  service: {endpoints: [http://10.0.1.1:8000]}
routes:
  - {name: proxied, path: /, to: service, timeouts: {response: 15s}}
  - {name: fixed, path: /fixed, methods: [GET], respond: {status: 200, body: fixed}}
)";

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

class counting : public raw_world {
 protected:
  counting() : raw_world(yaml) {}

  telemetry::route_totals route(std::string_view name) {
    for (const auto& each : gateway.counted().routes()) {
      if (each->name() == name) return each->totals();
    }
    ADD_FAILURE() << "nothing is counted for " << name;
    return {};
  }
  telemetry::listener_totals listener() { return gateway.counted().listeners().at(0)->totals(); }
  telemetry::upstream_totals upstream() { return gateway.counted().upstreams().at(0)->totals(); }
  bool run_until_closed() {
    return gateway.world().run_until([&] { return listener().open == 0; },
                                     gateway.world().now() + seconds(10));
  }
};

TEST_F(counting, RoutesHaveTheirAnswers) {
  ask("GET /fixed HTTP/1.1\r\nHost: a\r\n\r\nGET /fixed HTTP/1.1\r\nHost: a\r\n"
      "Connection: close\r\n\r\n");
  const telemetry::route_totals fixed = route("fixed");
  EXPECT_EQ(fixed.by_class[2], 2U);
  EXPECT_EQ(fixed.begun, 2U);
  EXPECT_EQ(fixed.bytes_sent, 10U);
  EXPECT_EQ(fixed.by_duration[0], 2U);
  EXPECT_EQ(route("(none)").begun, 0U);
}

TEST_F(counting, WhatNoRouteTakesIsCountedToo) {
  ask("POST /fixed HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  ask("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(route("(none)").by_class[4], 2U) << "405, and 400 for want of a Host";
  EXPECT_EQ(route("fixed").begun, 0U);
}

TEST_F(counting, BodiesAndDurationsOfProxiedExchanges) {
  serve({await("body!"), pause(milliseconds(700)), say(ok), read_all()});
  heard& client = begin(
      {say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\nbody!"),
       read_all()});
  ASSERT_TRUE(gateway.world().run_until([&] { return route("proxied").begun == 1; }));
  EXPECT_EQ(route("proxied").ended(), 0U) << "in flight";
  EXPECT_EQ(listener().open, 1U);
  finish(client);
  const telemetry::route_totals proxied = route("proxied");
  EXPECT_EQ(proxied.by_class[2], 1U);
  EXPECT_EQ(proxied.bytes_received, 5U);
  EXPECT_EQ(proxied.bytes_sent, 2U);
  EXPECT_EQ(proxied.by_duration[9], 1U) << "within one second";
  EXPECT_GE(proxied.nanoseconds, 700'000'000U);
  EXPECT_TRUE(run_until_closed());
  EXPECT_EQ(listener().accepted, 1U);
}

TEST_F(counting, AClientThatIsGoneHasNoAnswer) {
  serve({await("\r\n\r\n"), read_all()});
  ask({say("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), pause(seconds(1)), reset()});
  EXPECT_TRUE(run_until_closed());
  EXPECT_EQ(route("proxied").by_class[0], 1U);
  EXPECT_EQ(route("proxied").ended(), 1U);
}

TEST_F(counting, UpstreamsHaveTheirConnections) {
  const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string last = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  ask(last);
  EXPECT_EQ(upstream().connect_failed, 2U) << "nobody listens: tried, and tried again";
  EXPECT_EQ(upstream().retries, 1U);
  EXPECT_EQ(route("proxied").by_class[5], 1U);
  serve({await("\r\n\r\n"), say(ok), await("\r\n\r\n"), say(ok), read_all()});
  ask({say(get), await("ok"), say(last), read_all()});
  EXPECT_EQ(upstream().connected, 1U);
  EXPECT_EQ(upstream().reused, 1U);
  EXPECT_EQ(upstream().connect_failed, 2U);
}

}  // namespace
}  // namespace ferroway::sim
