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
    if (mine.text.starts_with("POST ")) co_await peer.play({await("end!")}, scope);
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
  explicit adaptive(int clients = 64)
      : gateway({}, yaml, 2), scope_(gateway.clients()), service(gateway.backends()) {
    const std::string get = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    for (int i = 0; i < clients; ++i) spawn(ask_on_and_on({say(get), read_all()}));
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

  task<> ask_on_and_on(script steps) {
    ++running_;
    while (!over_) {
      heard mine;
      co_await run_raw_peer(gateway.clients(), address_of("10.0.0.1:80"), steps, mine, scope_);
      if (mine.text.starts_with("HTTP/1.1 200")) continue;
      ++refused;
      (void)co_await gateway.clients().sleep_for(milliseconds(5), scope_);
    }
    --running_;
  }

 private:
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

struct with_uploads : adaptive {
  with_uploads() : adaptive(10) {}
};

// How long a body takes to come is the client's affair: it must not close the endpoint to others.
TEST_F(with_uploads, slow_clients_do_not_lower_the_limit) {
  gateway.world().run_for(seconds(5));
  const std::string head =
      "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 7\r\n\r\n";
  for (int i = 0; i < 30; ++i) {
    spawn(ask_on_and_on({say(head + "abc"), pause(seconds(2)), say("end!"), read_all()}));
  }
  EXPECT_FALSE(reaches([&] { return limit() < 64; }, seconds(15))) << limit();
  EXPECT_EQ(refused, 0);
}

}  // namespace
}  // namespace ferroway::sim
