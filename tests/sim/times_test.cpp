// Times, exactly: the simulated clock shows that each limit strikes when it says, and what the
// client then gets.
#include <gtest/gtest.h>

#include <memory>

#include "base/spawn.hpp"
#include "sim/gateway_world.hpp"
#include "sim/scripted_backend.hpp"
#include "sim/scripted_client.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* gateway_yaml = R"(
listeners:
  - name: public
    address: 10.0.0.1:80
    limits: {body_bytes: 100KiB}
    timeouts: {head: 10s, body: 30s, send: 20s, keep_alive: 75s}
admin: off
upstreams:
  service:
    endpoints: [http://10.0.1.1:8000]
    timeouts: {connect: 2s}
    connections: {idle_timeout: 60s}
  pair: {endpoints: [http://10.0.1.1:8000, http://10.0.1.2:8000]}
routes:
  - {path: /t, to: service, timeouts: {response: 15s, idle: 40s}}
  - {path: /whole, to: service, timeouts: {request: 5s}}
  - {path: /pair, to: pair}
  - {path: /fixed, respond: {status: 200, body: fixed}}
)";

class times : public testing::Test {
 protected:
  times() : gateway({}, gateway_yaml) {}

  ~times() override {
    EXPECT_TRUE(gateway.drain(seconds(30), minutes(5)));
    gateway.close();
    if (backend) {
      backend->stop();
      EXPECT_TRUE(gateway.world().run_until([&] { return backend->connections() == 0; }));
    }
    gateway.world().run_for(minutes(2));
    EXPECT_EQ(gateway.world().open_streams(), 0U);
  }

  void start_backend(const scripted_backend::settings& how = {}) {
    backend = std::make_unique<scripted_backend>(gateway.backends(), address_of("10.0.1.1:8000"),
                                                 record, how);
  }

  // What a client gets that sends `bytes` and waits; the time from its start to the first byte, and
  // to the end.
  raw_outcome& ask(std::string bytes, bool half_close = false) {
    began = gateway.world().now();
    raw = std::make_unique<raw_outcome>();
    spawn(run_raw_client(gateway.clients(), address_of("10.0.0.1:80"), std::move(bytes), *raw,
                         minutes(20), half_close));
    EXPECT_TRUE(gateway.world().run_until([&] { return raw->done; }, began + minutes(30)));
    return *raw;
  }

  duration first_byte_after() const { return raw->first_byte - began; }
  duration end_after() const { return raw->end - began; }
  bool answered(const char* status) const {
    return raw->received.starts_with(std::string("HTTP/1.1 ") + status);
  }

  gateway_world gateway;
  backend_record record;
  std::unique_ptr<scripted_backend> backend;
  std::unique_ptr<raw_outcome> raw;
  time_point began{};
};

TEST_F(times, HalfAHeadIs408AfterTheHeadTimeout) {
  ask("GET /fixed HTTP/1.1\r\nHost: a");
  EXPECT_TRUE(answered("408")) << raw->received;
  EXPECT_EQ(first_byte_after(), seconds(10));
  EXPECT_TRUE(raw->ended);
}

TEST_F(times, AConnectionThatSaysNothingIsClosedWithoutAWord) {
  ask("");
  EXPECT_EQ(raw->received, "");
  EXPECT_EQ(end_after(), seconds(10));
}

TEST_F(times, AnIdleConnectionIsClosedAfterKeepAlive) {
  ask("GET /fixed HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(answered("200"));
  EXPECT_EQ(end_after(), seconds(75));
  EXPECT_TRUE(raw->ended);
}

TEST_F(times, ASilentUpstreamIs504WhenTheResponseTimeoutHasPassed) {
  start_backend({.silent = true});
  ask("GET /t/1 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(answered("504")) << raw->received;
  EXPECT_EQ(first_byte_after(), seconds(15));
  EXPECT_EQ(record.heads[1], 1) << "a slow answer is no reason to ask twice";
}

TEST_F(times, AStalledUploadIs408AndNotASlowUpstream) {
  start_backend();
  ask("POST /t/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_TRUE(answered("408")) << raw->received;
  EXPECT_EQ(first_byte_after(), seconds(30));
}

TEST_F(times, TheRequestTimeoutBoundsTheWholeExchange) {
  start_backend({.silent = true});
  ask("GET /whole/1 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(answered("504")) << raw->received;
  EXPECT_EQ(first_byte_after(), seconds(5));
}

TEST_F(times, ConnectThatHangsIs504AfterTwoTries) {
  io::simulated_faults hanging;
  hanging.connect_hangs = 100;
  gateway.world().set_faults(address_of("10.0.1.1:8000"), hanging);
  ask("GET /t/1 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(answered("504")) << raw->received;
  EXPECT_EQ(first_byte_after(), seconds(4)) << "one retry: nothing had been sent";
}

TEST_F(times, ARefusingUpstreamIs502AtOnce) {
  ask("GET /t/1 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(answered("502")) << raw->received;
  EXPECT_LT(first_byte_after(), milliseconds(100));
}

TEST_F(times, ARefusingEndpointIsNotSeenWhereAnotherServes) {
  start_backend();
  for (int i = 0; i < 4; ++i) {
    ask("POST /pair HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc");
    EXPECT_TRUE(answered("200")) << raw->received;
  }
}

TEST_F(times, AnUnfinishedAnswerIsCutAndNotEnded) {
  start_backend();
  io::simulated_faults hanging;
  hanging.hang = 100;
  hanging.after_bytes_max = 1000;
  gateway.world().set_faults(address_of("10.0.1.1:8000"), hanging);
  ask("GET /t/1?bytes=5000&framing=chunked HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_FALSE(raw->received.ends_with("0\r\n\r\n")) << raw->received;
  EXPECT_LE(end_after(), seconds(41));
}

TEST_F(times, ATooLargeBodyIs413BeforeItIsRead) {
  start_backend();
  ask("POST /t/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
  EXPECT_TRUE(answered("413")) << raw->received;
  EXPECT_EQ(record.heads.count(1), 0U);
}

TEST_F(times, ATooLargeChunkedBodyIs413WhileItStreams) {
  start_backend();
  std::string chunks;
  for (int i = 0; i < 30; ++i) chunks += "1388\r\n" + std::string(5000, 'x') + "\r\n";
  ask("POST /t/1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n");
  EXPECT_TRUE(answered("413")) << raw->received.substr(0, 200);
  EXPECT_EQ(record.whole.count(1), 0U);
}

TEST_F(times, PipelinedRequestsAreAnsweredInOrder) {
  start_backend();
  ask("GET /t/1?bytes=3&delay=500 HTTP/1.1\r\nHost: a\r\n\r\nGET /fixed HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /t/2?bytes=4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::size_t first = raw->received.find("X-Token: 1");
  const std::size_t second = raw->received.find("fixed");
  const std::size_t third = raw->received.find("X-Token: 2");
  ASSERT_NE(third, std::string::npos) << raw->received;
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
}

TEST_F(times, AnIdlePooledConnectionIsClosedAfterItsTime) {
  start_backend();
  ask("GET /t/1?bytes=3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answered("200"));
  EXPECT_EQ(backend->connections(), 2U) << "the listener and one pooled connection";
  gateway.world().run_for(seconds(59));
  EXPECT_EQ(backend->connections(), 2U);
  gateway.world().run_for(seconds(2));
  EXPECT_EQ(backend->connections(), 1U);
}

TEST_F(times, ADrainCutsWhatOutlastsIt) {
  start_backend({.silent = true});
  raw = std::make_unique<raw_outcome>();
  spawn(run_raw_client(gateway.clients(), address_of("10.0.0.1:80"),
                       "GET /t/1 HTTP/1.1\r\nHost: a\r\n\r\n", *raw, minutes(20), false));
  gateway.world().run_for(seconds(1));
  const time_point before = gateway.world().now();
  EXPECT_TRUE(gateway.drain(seconds(3), minutes(1)));
  EXPECT_EQ(gateway.world().now() - before, seconds(3));
  EXPECT_TRUE(gateway.world().run_until([&] { return raw->done; }));
}

}  // namespace
}  // namespace ferroway::sim
