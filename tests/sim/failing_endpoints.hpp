// A gateway before three endpoints that can be killed, hung and brought back, and clients that ask
// one after the other.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "sim/gateway_world.hpp"
#include "sim/raw_peer.hpp"

namespace ferroway::sim {

// `check` and `retry` and the like as the file says them.
inline std::string failing_yaml(const std::string& upstream, const std::string& route) {
  return "listeners: [{name: public, address: 10.0.0.1:80}]\nadmin: off\nupstreams:\n  service:\n"
         "    endpoints: [http://10.0.1.1:80, http://10.0.1.2:80, http://10.0.1.3:80]\n" +
         upstream + "routes:\n  - {path: /, to: service" + route + "}\n";
}

class failing_endpoints : public testing::Test {
 protected:
  static constexpr std::size_t endpoints = 3;

  explicit failing_endpoints(const std::string& yaml, const io::simulated_settings& how = {})
      : gateway(how, yaml), scope_(gateway.clients()) {
    for (std::size_t i = 0; i < endpoints; ++i) backends_.push_back(nullptr);
    for (std::size_t i = 0; i < endpoints; ++i) start(i);
  }

  ~failing_endpoints() override {
    scope_.cancel({fault::cancelled, side::local, false, "the test is over"});
    world().run_until([&] { return running_ == 0; });
    EXPECT_TRUE(gateway.drain(std::chrono::seconds(30), std::chrono::minutes(5)));
    EXPECT_EQ(gateway.buffers_lent(), 0U);
    gateway.close();
    for (auto& each : backends_) stop(*each);
    world().run_for(std::chrono::minutes(2));
    EXPECT_EQ(world().open_streams(), 0U);
  }

  io::simulated_world& world() { return gateway.world(); }
  static io::address at(std::size_t endpoint) {
    return address_of("10.0.1." + std::to_string(endpoint + 1) + ":80");
  }

  // What endpoint `i` does on each connection from now on; without words: answers everything.
  void start(std::size_t i, script steps = {}) {
    if (backends_[i]) stop(*backends_[i]);
    if (steps.empty()) {
      for (int k = 0; k < 2000; ++k) {
        steps.push_back(await("\r\n\r\n"));
        steps.push_back(say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-By: " + std::to_string(i) +
                            "\r\n\r\nok"));
      }
    }
    backends_[i] = std::make_unique<raw_backend>(gateway.backends(), at(i),
                                                 std::vector<script>{std::move(steps)});
  }
  void kill(std::size_t i) { world().take_down(at(i)); }
  void hang(std::size_t i) { world().take_down(at(i), io::simulated_world::loss::silent); }
  void bring_up(std::size_t i) { world().bring_up(at(i)); }

  // The status of one answer, 0 where there is none; and how long it took.
  int ask(const std::string& method = "GET", const std::string& rest = "\r\n") {
    const std::string bytes = method + " / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + rest;
    heard mine;
    ++running_;
    const time_point began = world().now();
    spawn(play({say(bytes), read_all()}, mine));
    EXPECT_TRUE(world().run_until([&] { return mine.done; }, began + std::chrono::hours(1)));
    took = world().now() - began;
    answer = mine.text;
    const std::size_t by = answer.find("X-By: ");
    from = by == std::string::npos ? -1 : answer[by + 6] - '0';
    if (answer.size() < 12) return 0;
    return std::stoi(answer.substr(9, 3));
  }
  // How many of that many, one after the other, were not answered with 200.
  int failed_of(int times, duration pause = std::chrono::milliseconds(10)) {
    int failed = 0;
    for (int i = 0; i < times; ++i) {
      failed += ask() == 200 ? 0 : 1;
      world().run_for(pause);
    }
    return failed;
  }
  std::shared_ptr<const telemetry::endpoint_stats> stats(std::size_t i) const {
    return gateway.counted().known_endpoint("service", at(i).text());
  }
  telemetry::endpoint_state state(std::size_t i) const { return stats(i)->is(); }
  bool wait_for(std::size_t i, telemetry::endpoint_state wanted, duration within) {
    return world().run_until([&] { return state(i) == wanted; }, world().now() + within);
  }

  gateway_world gateway;
  std::string answer;
  int from = -1;  // which endpoint has answered
  duration took{};

 private:
  void stop(raw_backend& which) {
    which.stop();
    EXPECT_TRUE(world().run_until([&] { return which.live() == 0; }));
  }
  task<> play(script steps, heard& into) {
    co_await run_raw_peer(gateway.clients(), address_of("10.0.0.1:80"), std::move(steps), into,
                          scope_);
    --running_;
  }

  io::cancel_scope scope_;
  std::size_t running_ = 0;
  std::vector<std::unique_ptr<raw_backend>> backends_;
};

}  // namespace ferroway::sim
