// Connections to endpoints: made before anybody asks, and not used for longer than the file says.
#include <gtest/gtest.h>

#include <string>

#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string file(const std::string& upstream) {
  return "listeners: [{name: public, address: 10.0.0.1:80}]\nadmin: off\nupstreams:\n  service: "
         "{endpoints: [http://10.0.1.1:8000], " +
         upstream + "}\nroutes:\n  - {path: /, to: service}\n";
}

class pools : public raw_world {
 protected:
  explicit pools(const std::string& upstream, unsigned workers = 1)
      : raw_world(file(upstream).c_str(), {}, workers) {
    script steps;
    for (int i = 0; i < 100; ++i) {
      steps.push_back(await("\r\n\r\n"));
      steps.push_back(say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    }
    steps.push_back(read_all());
    serve(std::move(steps));
  }
  bool get() {
    return ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .text.starts_with("HTTP/1.1 200 ");
  }
};

struct aged : pools {
  aged() : pools("connections: {lifetime: 10s}") {}
};

TEST_F(aged, are_replaced_within_the_last_fifth_of_their_life) {
  for (int i = 0; i < 16; ++i) {
    EXPECT_TRUE(get());
    gateway.world().run_for(milliseconds(500));
  }
  EXPECT_EQ(backend->connections(), 1U);
  gateway.world().run_for(milliseconds(2100));
  EXPECT_TRUE(get());
  EXPECT_EQ(backend->connections(), 2U);
}

struct of_any_age : pools {
  of_any_age() : pools("host: client") {}
};

TEST_F(of_any_age, stay_in_use) {
  for (int i = 0; i < 90; ++i) {
    EXPECT_TRUE(get());
    gateway.world().run_for(seconds(50));
  }
  EXPECT_EQ(backend->connections(), 1U);
}

struct warm_after_reload : raw_world {
  warm_after_reload() : raw_world(file("host: client").c_str(), {}, 2) {
    script steps;
    for (int i = 0; i < 1000; ++i) {
      steps.push_back(await("\r\n\r\n"));
      steps.push_back(say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    }
    steps.push_back(read_all());
    serve(std::move(steps));
  }
};

TEST_F(warm_after_reload, every_worker_has_them_before_anybody_asks) {
  gateway.reload(file("connections: {warm: 3}"));
  gateway.world().run_for(seconds(1));
  EXPECT_EQ(backend->connections(), 6U);
  EXPECT_EQ(gateway.counted().known_upstream("service")->totals().connected, 6U);
  ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(backend->connections(), 6U);
  EXPECT_EQ(gateway.counted().known_upstream("service")->totals().reused, 1U);
}

TEST_F(warm_after_reload, one_that_comes_back_gets_them_again) {
  gateway.reload(
      file("connections: {warm: 3}, health_check: {path: /h, interval: 1s, "
           "unhealthy_interval: 1s, unhealthy_after: 1, healthy_after: 1}"));
  gateway.world().run_for(milliseconds(3500));
  gateway.world().take_down(address_of("10.0.1.1:8000"));
  gateway.world().run_for(seconds(4));
  // The worker that has this request knows that there is nobody.
  EXPECT_TRUE(ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                  .text.starts_with("HTTP/1.1 503 "));
  gateway.world().bring_up(address_of("10.0.1.1:8000"));
  gateway.world().run_for(seconds(4));
  const std::uint64_t before = gateway.counted().known_upstream("service")->totals().connected;
  for (int i = 0; i < 8; ++i) ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  gateway.world().run_for(seconds(1));
  EXPECT_GE(gateway.counted().known_upstream("service")->totals().connected, before + 3);
}

}  // namespace
}  // namespace ferroway::sim
