#include "server/assemble.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

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
    made = assemble(*loaded.value, 2, &logs_);
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
  telemetry::log_outputs logs_{std::make_shared<telemetry::log_sink>(null_)};
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
  EXPECT_EQ(steps_of(made.value->routes[1]), "request_id access_log respond tag ");
  EXPECT_EQ(reply->head->status, 201);
  EXPECT_EQ(all_of(reply->head->fields, "X-Tag"), "1");
  EXPECT_EQ(steps_of(made.value->routes[2]), "respond tag ");
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

// As a reload does, with `from` replaced in the file.
std::shared_ptr<const snapshot> next(const snapshot& before, const std::string& from,
                                     const std::string& to) {
  std::string text = yaml;
  text.replace(text.find(from), from.size(), to);
  const config::loaded loaded = config::load_text("test.yaml", text);
  EXPECT_TRUE(loaded.value) << config::render(loaded, false);
  return assemble(*loaded.value, 2, nullptr, &before).value;
}

TEST_F(assembling, WhatHasNotChangedIsTakenOver) {
  const auto same = next(*made.value, "/plain, respond", "/elsewhere, respond");
  EXPECT_EQ(same->upstreams[0], made.value->upstreams[0]);
  ASSERT_EQ(same->middlewares.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(same->middlewares[i].step, made.value->middlewares[i].step);
  }
}

TEST_F(assembling, WhereItStandsInTheFileIsNoChange) {
  const auto same = next(*made.value, "use: [", "\n\nuse:    [");
  EXPECT_EQ(same->upstreams[0], made.value->upstreams[0]);
  EXPECT_EQ(same->middlewares[2].step, made.value->middlewares[2].step);
}

TEST_F(assembling, AMiddlewareThatHasChangedIsNew) {
  const auto other = next(*made.value, "X-Tag: \"1\"", "X-Tag: \"2\"");
  EXPECT_EQ(other->middlewares[0].step, made.value->middlewares[0].step);
  EXPECT_NE(other->middlewares[2].step, made.value->middlewares[2].step);
}

TEST_F(assembling, AnUpstreamThatHasChangedKeepsTheEndpointsThatHaveNot) {
  const std::string endpoint = "http://10.0.1.1:8000";
  const auto more = next(*made.value, endpoint, "http://10.0.1.2:8000, " + endpoint);
  EXPECT_NE(more->upstreams[0], made.value->upstreams[0]);
  EXPECT_EQ(&more->upstreams[0]->at(1), &made.value->upstreams[0]->at(0));
  // Its connections are kept otherwise: it is another.
  const auto idle =
      next(*made.value, "timeouts: {connect", "connections: {idle: 7}, timeouts: {connect");
  EXPECT_NE(&idle->upstreams[0]->at(0), &made.value->upstreams[0]->at(0));
}

std::shared_ptr<const snapshot> load(const std::string& text, const snapshot* before) {
  return assemble(*config::load_text("test.yaml", text).value, 1, nullptr, before).value;
}

// The upstream of a route without a name is called after the route's place in the file.
TEST_F(assembling, AnUpstreamWithAnotherNameKeepsItsEndpoints) {
  constexpr const char* first =
      "listen: 10.0.0.1:80\nroutes:\n  - {path: /a, to: 'http://10.0.1.1:1'}\n";
  constexpr const char* second =
      "listen: 10.0.0.1:80\nroutes:\n  - {path: /new, to: 'http://10.0.1.2:1'}\n"
      "  - {path: /a, to: 'http://10.0.1.1:1'}\n";
  const auto before = load(first, nullptr);
  const auto after = load(second, before.get());
  EXPECT_NE(after->upstreams[1]->name(), before->upstreams[0]->name());
  EXPECT_EQ(&after->upstreams[1]->at(0), &before->upstreams[0]->at(0));
}

std::shared_ptr<const snapshot> with_upstreams(const std::string& all, const snapshot* before) {
  return load("listen: 10.0.0.1:80\nupstreams: {" + all +
                  "}\nroutes: [{path: /, respond: {status: 200}}]\n",
              before);
}

const upstream::upstream& called(const snapshot& in, std::string_view name) {
  const auto found = std::ranges::find(in.upstreams, name, &upstream::upstream::name);
  EXPECT_NE(found, in.upstreams.end()) << name;
  return **found;
}

TEST_F(assembling, UpstreamsThatAreAlikeShareNoEndpoints) {
  const std::string settings = ": {endpoints: [http://10.0.1.1:1]}";
  const auto before = with_upstreams("m" + settings, nullptr);
  const upstream::endpoint* known = &before->upstreams[0]->at(0);
  const auto copied =
      with_upstreams("a" + settings + ", m" + settings + ", z" + settings, before.get());
  EXPECT_EQ(&called(*copied, "m").at(0), known);
  EXPECT_NE(&called(*copied, "a").at(0), known);
  EXPECT_NE(&called(*copied, "z").at(0), known);
  // Under two new names, one has them.
  const auto renamed = with_upstreams("a" + settings + ", z" + settings, before.get());
  EXPECT_EQ((&called(*renamed, "a").at(0) == known) + (&called(*renamed, "z").at(0) == known), 1);
}

TEST_F(assembling, ACopyTakesNothingFromOneThatHasChanged) {
  const auto before = with_upstreams("m: {endpoints: [http://10.0.1.1:1]}", nullptr);
  const auto after = with_upstreams(
      "a: {endpoints: [http://10.0.1.1:1]}, m: {endpoints: [http://10.0.1.1:1, http://10.0.1.2:1]}",
      before.get());
  EXPECT_EQ(&called(*after, "m").at(0), &before->upstreams[0]->at(0));
  EXPECT_NE(&called(*after, "a").at(0), &before->upstreams[0]->at(0));
}

}  // namespace
}  // namespace ferroway::server
