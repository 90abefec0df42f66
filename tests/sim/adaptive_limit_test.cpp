// `connections: {adaptive: true}` before an endpoint that gets slow under more than it can bear.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* yaml = R"(
listeners: [{name: public, address: 10.0.0.1:80}]
admin: off
upstreams:
  service:
    endpoints: [http://10.0.1.1:8000]
    outlier_detection: off
    connections: {max: 64, max_pending: 0, adaptive: {min: 2, tolerance: 150%}}
routes:
  - {path: /, to: service}
)";

// Answers in 10 ms to as many as it has room for; the more it has beyond that, the longer.
class crowded_backend {
 public:
  explicit crowded_backend(io::loop& loop)
      : loop_(loop),
        listener_(loop, address_of("10.0.1.1:8000"), {},
                  [this](std::unique_ptr<io::stream> stream, io::cancel_scope& scope) {
                    return serve(std::move(stream), scope);
                  }) {}
  void stop() { listener_.stop(); }
  std::size_t live() const { return listener_.live(); }

  double room = 1000;
  int inside = 0;
  int most = 0;

 private:
  task<> serve(std::unique_ptr<io::stream> stream, io::cancel_scope& scope) {
    heard mine;
    raw_peer peer(loop_, std::move(stream), mine);
    co_await peer.play({await("\r\n\r\n")}, scope);
    ++inside;
    most = std::max(most, inside);
    const double crowded = std::max(1.0, inside / room);
    const auto took = std::chrono::duration_cast<duration>(milliseconds(10) * crowded);
    (void)co_await loop_.sleep_for(took, scope);
    --inside;
    co_await peer.play({say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")},
                       scope);
  }

  io::loop& loop_;
  backend_listener listener_;
};

class adaptive : public testing::Test {
 protected:
  adaptive() : gateway({}, yaml, 2), scope_(gateway.clients()), service(gateway.backends()) {
    for (int i = 0; i < 64; ++i) spawn(ask_on_and_on());
  }
  ~adaptive() override {
    over_ = true;
    gateway.world().run_until([&] { return running_ == 0; });
    EXPECT_TRUE(gateway.drain(seconds(30), std::chrono::minutes(5)));
    gateway.close();
    service.stop();
    EXPECT_TRUE(gateway.world().run_until([&] { return service.live() == 0; }));
  }

  std::uint32_t limit() const {
    const auto stats = gateway.counted().known_endpoint("service", "10.0.1.1:8000");
    return stats->limit() == 0 ? 64 : stats->limit();
  }
  bool reaches(const std::function<bool()>& condition, duration within) {
    return gateway.world().run_until(condition, gateway.world().now() + within);
  }

  gateway_world gateway;

 private:
  task<> ask_on_and_on() {
    ++running_;
    while (!over_) {
      heard mine;
      co_await run_raw_peer(
          gateway.clients(), address_of("10.0.0.1:80"),
          {say("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), read_all()}, mine,
          scope_);
      if (mine.text.starts_with("HTTP/1.1 200")) continue;
      ++refused;
      (void)co_await gateway.clients().sleep_for(milliseconds(5), scope_);
    }
    --running_;
  }

  io::cancel_scope scope_;
  int running_ = 0;
  bool over_ = false;

 protected:
  crowded_backend service;
  int refused = 0;
};

TEST_F(adaptive, lets_fewer_through_when_answers_take_longer_and_more_again_later) {
  gateway.world().run_for(seconds(5));
  EXPECT_EQ(limit(), 64U);
  EXPECT_EQ(refused, 0);
  service.room = 6;
  EXPECT_TRUE(reaches([&] { return limit() <= 16; }, seconds(10))) << limit();
  gateway.world().run_for(seconds(3));
  service.most = 0;
  gateway.world().run_for(seconds(3));
  EXPECT_LE(service.most, 20) << "what is behind the limit gets no more";
  EXPECT_GE(service.most, 6) << "nor less than it can bear";
  EXPECT_GT(refused, 0);
  service.room = 1000;
  EXPECT_TRUE(reaches([&] { return limit() == 64; }, seconds(30))) << limit();
}

}  // namespace
}  // namespace ferroway::sim
