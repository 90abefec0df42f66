// A gateway between one raw backend and raw clients; at the end nothing may be left.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "sim/gateway_world.hpp"
#include "sim/raw_peer.hpp"

namespace ferroway::sim {

inline constexpr const char* raw_yaml = R"(
listeners:
  - name: public
    address: 10.0.0.1:80
    limits: {body_bytes: 1MiB}
use: [request_id, access_log]
admin: off
upstreams:
  service: {endpoints: [http://10.0.1.1:8000]}
routes:
  - {path: /, to: service, timeouts: {response: 15s, idle: 40s, tunnel: 5m}}
  - {path: /whole, to: service, timeouts: {request: 5s}}
  - {path: /plain, to: service, websocket: false}
  - {path: /fixed, respond: {status: 200, body: fixed}}
)";

class raw_world : public testing::Test {
 protected:
  explicit raw_world(const char* yaml = raw_yaml, const buffer_pool::settings& memory = {},
                     unsigned workers = 1)
      : gateway({}, yaml, workers, memory), scope_(gateway.clients()) {}

  ~raw_world() override {
    scope_.cancel({fault::cancelled, side::local, false, "the test is over"});
    for (const auto& item : clients_) {
      EXPECT_TRUE(gateway.world().run_until([&] { return item->done; }));
    }
    EXPECT_TRUE(gateway.drain(std::chrono::seconds(30), std::chrono::minutes(5)));
    EXPECT_EQ(gateway.buffers_lent(), 0U);
    gateway.close();
    if (backend) {
      backend->stop();
      EXPECT_TRUE(gateway.world().run_until([&] { return backend->live() == 0; }));
    }
    gateway.world().run_for(std::chrono::minutes(2));
    EXPECT_EQ(gateway.world().open_streams(), 0U);
  }

  void serve(std::vector<script> scripts) {
    backend = std::make_unique<raw_backend>(gateway.backends(), address_of("10.0.1.1:8000"),
                                            std::move(scripts));
  }
  void serve(script steps) { serve(std::vector<script>{std::move(steps)}); }

  // Starts a client and does not wait for it.
  heard& begin(script steps) {
    clients_.push_back(std::make_unique<heard>());
    heard& mine = *clients_.back();
    began = gateway.world().now();
    spawn(
        run_raw_peer(gateway.clients(), address_of("10.0.0.1:80"), std::move(steps), mine, scope_));
    return mine;
  }
  heard& finish(heard& client) {
    EXPECT_TRUE(gateway.world().run_until([&] { return client.done; },
                                          gateway.world().now() + std::chrono::hours(2)));
    return client;
  }
  heard& ask(script steps) { return finish(begin(std::move(steps))); }
  // A client that sends this and reads all there is.
  heard& ask(std::string bytes) { return ask({say(std::move(bytes)), read_all()}); }

  gateway_world gateway;
  std::unique_ptr<raw_backend> backend;
  time_point began{};

 private:
  io::cancel_scope scope_;
  std::vector<std::unique_ptr<heard>> clients_;
};

// Without Date and X-Request-ID, which no test wants to spell out.
inline std::string plain(const std::string& text) {
  std::string kept;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t found = text.find("\r\n", at);
    const std::size_t end = found == std::string::npos ? text.size() : found + 2;
    const std::string line = text.substr(at, end - at);
    if (!line.starts_with("Date: ") && !line.starts_with("X-Request-ID: ")) kept += line;
    at = end;
  }
  return kept;
}

inline std::size_t times_in(const std::string& text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace ferroway::sim
