#include "server/assemble.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "config/load.hpp"
#include "unit/exchange/rig.hpp"

namespace ferroway::server {
namespace {

constexpr const char* yaml = R"(
listeners:
  - {name: public, address: 10.0.0.1:80, trusted_proxies: [10.0.0.0/8],
     limits: {head_bytes: 4KiB, header_fields: 7, target_bytes: 1KiB, body_bytes: 9KiB,
              connections: 11},
     timeouts: {head: 3s, body: 4s, send: 5s, keep_alive: 6s}}
  - {name: inner, address: 10.0.0.1:81}
use: [request_id, access_log]
middlewares:
  tag: {response_headers: {set: {X-Tag: "1"}}}
upstreams:
  service: {endpoints: [http://10.0.1.1:8000], timeouts: {connect: 7s}}
routes:
  - {name: plain, listener: public, path: /plain, respond: {status: 200, body: plain}}
  - {name: tagged, listener: public, path: /tagged, use: [tag], respond: {status: 201}}
  - {name: bare, listener: inner, path: /, use: [tag], without: [request_id, access_log],
     respond: {status: 202}}
  - {name: proxied, listener: public, path: "/users/{id}", methods: [GET], to: service,
     websocket: false,
     timeouts: {request: 9s, response: 8s, idle: 7s, tunnel: 6s}}
)";

class assembling : public testing::Test, protected exchange_rig {
 protected:
  assembling() {
    const config::loaded loaded = config::load_text("test.yaml", yaml);
    EXPECT_TRUE(loaded.value) << config::render(loaded, false);
    if (!loaded.value) return;
    made = assemble(*loaded.value, 2, std::make_shared<telemetry::log_sink>(null_));
    EXPECT_TRUE(made.value) << made.error;
  }
  ~assembling() override { ::close(null_); }

  routing::route_match match(std::size_t listener, std::string_view path,
                             std::string_view method = "GET") {
    return made.value->table.match({listener, "a", path, method}, ex().memory);
  }
  // The steps that a request passes, as they record them.
  std::string steps_of(const route& which) {
    decisions.clear();
    renew();
    from("192.0.2.7:1");
    ex().matched = &which;
    ex().decisions = &decisions;
    reply = finish(which.steps.run(ex()));
    std::string steps;
    for (const decision& item : decisions) steps += item.step + " ";
    return steps;
  }

  const int null_ = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  assembled made;
  std::vector<decision> decisions;
  result<response> reply;
};

TEST_F(assembling, RoutesAreFoundOnTheirListeners) {
  ASSERT_EQ(match(0, "/plain").is, routing::route_match::outcome::found);
  EXPECT_EQ(made.value->routes[match(0, "/plain").route].name, "plain");
  EXPECT_EQ(made.value->routes[match(1, "/plain").route].name, "bare");
  EXPECT_EQ(match(0, "/else").is, routing::route_match::outcome::no_route);
  EXPECT_EQ(match(0, "/users/1", "POST").is, routing::route_match::outcome::method_not_allowed);
}

TEST_F(assembling, PipelinesAreWhatTheFileSays) {
  EXPECT_EQ(steps_of(made.value->routes[0]), "request_id access_log respond ");
  EXPECT_EQ(reply->body.text, "plain");
  EXPECT_EQ(steps_of(made.value->routes[1]), "request_id access_log respond response_headers ");
  EXPECT_EQ(reply->head->status, 201);
  EXPECT_EQ(all_of(reply->head->fields, "X-Tag"), "1");
  EXPECT_EQ(steps_of(made.value->routes[2]), "respond response_headers ");
}

TEST_F(assembling, WhatNoRouteTakesPassesTheTopLevelsMiddlewares) {
  renew();
  ex().refusal = failure{fault::no_route, side::client, false, "none"};
  ex().peer = &peer;
  ex().matched = made.value->refused.get();
  ex().decisions = &decisions;
  reply = finish(made.value->refused->steps.run(ex()));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->head->status, 404);
  ASSERT_EQ(decisions.size(), 3U);
  EXPECT_EQ(decisions[0].step + " " + decisions[1].step + " " + decisions[2].step,
            "request_id access_log refuse");
}

TEST_F(assembling, ListenersKeepTheirLimitsAndTimes) {
  ASSERT_EQ(made.value->listeners.size(), 2U);
  const listener_settings& first = made.value->listeners[0];
  EXPECT_EQ(first.name, "public");
  EXPECT_EQ(first.trusted_proxies.size(), 1U);
  EXPECT_EQ(first.heads.head_bytes, 4096U);
  EXPECT_EQ(first.heads.header_fields, 7U);
  EXPECT_EQ(first.heads.target_bytes, 1024U);
  EXPECT_EQ(first.body_bytes_max, 9216U);
  EXPECT_EQ(first.connections_max, 11U);
  EXPECT_EQ(first.timeouts.head, std::chrono::seconds(3));
  EXPECT_EQ(first.timeouts.keep_alive, std::chrono::seconds(6));
  EXPECT_EQ(made.value->listeners[1].body_bytes_max, std::nullopt);
}

TEST_F(assembling, RoutesKeepTheirTimes) {
  const route& proxied = made.value->routes[3];
  EXPECT_EQ(proxied.timeouts.request, std::chrono::seconds(9));
  EXPECT_EQ(proxied.timeouts.response, std::chrono::seconds(8));
  EXPECT_EQ(proxied.timeouts.idle, std::chrono::seconds(7));
  EXPECT_EQ(proxied.timeouts.tunnel, std::chrono::seconds(6));
  EXPECT_FALSE(proxied.websocket);
  ASSERT_EQ(made.value->upstreams.size(), 1U);
  EXPECT_EQ(made.value->upstreams[0]->connect_timeout(), std::chrono::seconds(7));
}

}  // namespace
}  // namespace ferroway::server
