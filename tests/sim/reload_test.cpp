// Reloads as clients and backends see them: connections go on, exchanges finish on what they began
// with, and nothing of what was replaced stays.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

// A request for `path` on a connection that goes on.
std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

struct one_listener {
  std::string name = "public";
  std::string address = "10.0.0.1:80";
  std::string more = {};
};

std::string file(const std::string& routes, const std::string& endpoints = "http://10.0.1.1:8000",
                 const one_listener& at = {}) {
  return "listeners:\n  - {name: " + at.name + ", address: " + at.address + at.more +
         "}\nadmin: off\nupstreams:\n  service: {endpoints: [" + endpoints + "]}\nroutes:\n" +
         "  - {path: /s, to: service}\n" + routes;
}
std::string fixed(const std::string& path, const std::string& body) {
  return "  - {path: " + path + ", respond: {status: 200, body: " + body + "}}\n";
}
// The same without the upstream.
std::string without_upstream(const std::string& address = "10.0.0.1:80") {
  return "listeners:\n  - {name: public, address: " + address + "}\nadmin: off\nroutes:\n" +
         fixed("/", "fixed");
}

class reloads : public raw_world {
 protected:
  reloads() : raw_world(file(fixed("/a", "before")).c_str()) {}

  // Until the workers have it.
  void reload(const std::string& yaml) {
    gateway.reload(yaml);
    run_until([&] { return &gateway.worker(0).serving() == gateway.serving().get(); });
  }
  void run_until(const std::function<bool()>& condition) {
    EXPECT_TRUE(gateway.world().run_until(condition, gateway.world().now() + minutes(3)));
  }
  bool has(const heard& client, std::string_view text) {
    return client.text.find(text) != std::string::npos;
  }
  heard& ask_at(const std::string& address, script steps) {
    auto scope = std::make_unique<io::cancel_scope>(gateway.clients());
    others_.push_back(std::make_unique<heard>());
    heard& mine = *others_.back();
    spawn(run_raw_peer(gateway.clients(), address_of(address), std::move(steps), mine, *scope));
    scopes_.push_back(std::move(scope));
    return finish(mine);
  }

 private:
  std::vector<std::unique_ptr<io::cancel_scope>> scopes_;
  std::vector<std::unique_ptr<heard>> others_;
};

TEST_F(reloads, a_kept_connection_sees_the_new_routes_with_its_next_request) {
  heard& client = begin({say(get("/a")), await("before"), pause(seconds(2)), say(get("/a")),
                         await("after"), end_writing(), read_all()});
  run_until([&] { return has(client, "before"); });
  reload(file(fixed("/a", "after")));
  EXPECT_TRUE(finish(client).played);
}

TEST_F(reloads, an_exchange_finishes_on_what_it_began_with_and_frees_it) {
  serve({await("\r\n\r\n"), pause(seconds(3)), say(hello), read_all()});
  heard& client = begin(
      {say(get("/s")), await("hello"), say(get("/s")), await("fixed"), end_writing(), read_all()});
  run_until([&] { return backend->connections() == 1 && !backend->at(0).text.empty(); });
  const std::weak_ptr<const server::snapshot> old = gateway.serving();
  reload(without_upstream());
  EXPECT_FALSE(old.expired()) << "the exchange in flight holds it";
  EXPECT_TRUE(finish(client).played) << client.text;
  EXPECT_TRUE(old.expired());
  run_until([&] { return backend->at(0).done; });
  EXPECT_TRUE(backend->at(0).ended) << "the pool of a removed upstream is closed";
}

TEST_F(reloads, idle_connections_to_a_removed_upstream_are_closed_at_once) {
  serve({await("\r\n\r\n"), say(hello), read_all()});
  ask({say(get("/s")), await("hello")});
  EXPECT_FALSE(backend->at(0).done);
  const std::weak_ptr<const server::snapshot> old = gateway.serving();
  reload(without_upstream());
  EXPECT_TRUE(old.expired());
  const time_point then = gateway.world().now();
  run_until([&] { return backend->at(0).done; });
  EXPECT_LT(gateway.world().now() - then, seconds(1));
}

TEST_F(reloads, connections_to_an_unchanged_upstream_are_used_again) {
  serve({await("\r\n\r\n"), say(hello), await("\r\n\r\n"), say(hello), read_all()});
  ask({say(get("/s")), await("hello")});
  reload(file(fixed("/a", "after")));
  ask({say(get("/s")), await("hello")});
  EXPECT_EQ(backend->connections(), 1U);
}

TEST_F(reloads, connections_to_an_unchanged_endpoint_are_used_again) {
  serve({await("\r\n\r\n"), say(hello), await("\r\n\r\n"), say(hello), read_all()});
  ask({say(get("/s")), await("hello")});
  // Nobody listens at the other one: a request that goes there first is repeated here.
  reload(file("", "http://10.0.1.9:8000, http://10.0.1.1:8000"));
  ask({say(get("/s")), await("hello")});
  EXPECT_EQ(backend->connections(), 1U);
}

TEST_F(reloads, an_exchange_returns_its_connection_to_an_endpoint_that_stays) {
  serve({await("\r\n\r\n"), pause(seconds(3)), say(hello), await("\r\n\r\n"), say(hello),
         read_all()});
  heard& client = begin({say(get("/s")), await("hello")});
  run_until([&] { return backend->connections() == 1 && !backend->at(0).text.empty(); });
  reload(file("", "http://10.0.1.9:8000, http://10.0.1.1:8000"));
  reload(file("", "http://10.0.1.1:8000"));
  finish(client);
  ask({say(get("/s")), await("hello")});
  EXPECT_EQ(backend->connections(), 1U);
}

TEST_F(reloads, a_kept_connection_gets_new_limits_and_times) {
  heard& client = begin({say(get("/a")), await("before"), pause(seconds(2)), say(get("/a")),
                         await("after"), read_all()});
  run_until([&] { return has(client, "before"); });
  reload(file(fixed("/a", "after"), "http://10.0.1.1:8000",
              {"public", "10.0.0.1:80", ", timeouts: {keep_alive: 5s}"}));
  finish(client);
  EXPECT_EQ(client.end - began, seconds(7));
}

TEST_F(reloads, a_new_listener_serves_and_the_old_one_goes_on) {
  reload(
      "listeners:\n  - {name: public, address: 10.0.0.1:80}\n"
      "  - {name: second, address: 10.0.0.1:81}\nadmin: off\nroutes:\n"
      "  - {path: /, listener: public, respond: {status: 200, body: first}}\n"
      "  - {path: /, listener: second, respond: {status: 200, body: second}}\n");
  EXPECT_TRUE(has(ask_at("10.0.0.1:81", {say(get("/")), await("second")}), "second"));
  EXPECT_TRUE(has(ask({say(get("/")), await("first")}), "first"));
}

TEST_F(reloads, a_removed_listener_finishes_what_is_in_flight_and_closes) {
  serve({await("\r\n\r\n"), pause(seconds(3)), say(hello), read_all()});
  heard& idle = begin({say(get("/a")), await("before"), read_all()});
  heard& busy = begin({say(get("/s")), read_all()});
  run_until([&] { return backend->connections() == 1 && has(idle, "before"); });
  const std::weak_ptr<const server::snapshot> old = gateway.serving();
  reload("listeners:\n  - {name: other, address: 10.0.0.1:81}\nadmin: off\nroutes:\n" +
         fixed("/", "fixed"));
  EXPECT_TRUE(finish(idle).ended);
  EXPECT_LT(idle.end - began, seconds(1));
  EXPECT_FALSE(busy.done);
  finish(busy);
  EXPECT_TRUE(has(busy, "Connection: close")) << busy.text;
  EXPECT_TRUE(has(busy, "hello"));
  EXPECT_TRUE(busy.ended);
  EXPECT_EQ(ask({say(get("/a")), read_all()}).text, "") << "nobody listens there any more";
  EXPECT_TRUE(old.expired());
}

TEST_F(reloads, what_waits_at_a_removed_listener_is_still_served) {
  std::vector<heard*> waiting;
  for (int i = 0; i < 200; ++i) waiting.push_back(&begin({say(get("/a")), read_all()}));
  gateway.reload(without_upstream("10.0.0.1:81"));
  for (heard* client : waiting) EXPECT_TRUE(has(finish(*client), "200 OK"));
}

TEST_F(reloads, a_listener_with_a_new_address_keeps_its_connections) {
  heard& client = begin({say(get("/a")), await("before"), pause(seconds(2)), say(get("/a")),
                         await("after"), end_writing(), read_all()});
  run_until([&] { return has(client, "before"); });
  reload(file(fixed("/a", "after"), "http://10.0.1.1:8000", {"public", "10.0.0.1:81"}));
  EXPECT_TRUE(has(ask_at("10.0.0.1:81", {say(get("/a")), await("after")}), "after"));
  EXPECT_TRUE(finish(client).played) << client.text;
  EXPECT_FALSE(has(client, "Connection: close"));
  EXPECT_EQ(ask({say(get("/a")), read_all()}).text, "") << "nobody listens there any more";
}

TEST_F(reloads, a_renamed_listener_keeps_its_sockets_and_connections) {
  heard& client = begin({say(get("/a")), await("before"), pause(seconds(2)), say(get("/a")),
                         await("after"), end_writing(), read_all()});
  run_until([&] { return has(client, "before"); });
  reload(file(fixed("/a", "after"), "http://10.0.1.1:8000", {"renamed", "10.0.0.1:80"}));
  EXPECT_TRUE(finish(client).played) << client.text;
  EXPECT_TRUE(has(ask({say(get("/a")), await("after")}), "after"));
}

TEST_F(reloads, listeners_may_exchange_their_addresses) {
  const auto two = [](const std::string& first, const std::string& second) {
    return "listeners:\n  - {name: one, address: " + first +
           "}\n  - {name: two, address: " + second +
           "}\nadmin: off\nroutes:\n"
           "  - {path: /, listener: one, respond: {status: 200, body: first}}\n"
           "  - {path: /, listener: two, respond: {status: 200, body: second}}\n";
  };
  reload(two("10.0.0.1:80", "10.0.0.1:81"));
  heard& client = begin({say(get("/")), await("first"), pause(seconds(2)), say(get("/")),
                         await("second"), end_writing(), read_all()});
  run_until([&] { return has(client, "first"); });
  reload(two("10.0.0.1:81", "10.0.0.1:80"));
  EXPECT_TRUE(has(ask({say(get("/")), await("second")}), "second"));
  EXPECT_TRUE(has(ask_at("10.0.0.1:81", {say(get("/")), await("first")}), "first"));
  EXPECT_TRUE(finish(client).played) << "a connection stays with its address";
}

TEST_F(reloads, during_a_drain_change_nothing) {
  serve({await("\r\n\r\n"), pause(seconds(3)), say(hello), read_all()});
  heard& client = begin({say(get("/s")), read_all()});
  run_until([&] { return backend->connections() == 1; });
  EXPECT_FALSE(gateway.drain(minutes(1), seconds(1)));
  gateway.reload(without_upstream("10.0.0.1:81"));
  finish(client);
  EXPECT_TRUE(has(client, "hello"));
}

}  // namespace
}  // namespace ferroway::sim
