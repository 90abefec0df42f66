// `connections.max`, `max_requests` and the queue before them, with exact times: who goes where,
// who waits, in which order and for how long, and that no place is ever lost.
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

std::string file(const std::string& upstream, int endpoints = 1, const std::string& route = {}) {
  std::string urls;
  for (int i = 1; i <= endpoints; ++i) {
    urls += (i == 1 ? "" : ", ") + ("http://10.0.1." + std::to_string(i)) + ":8000";
  }
  return "listeners: [{name: public, address: 10.0.0.1:80}]\nadmin: off\nupstreams:\n  service: "
         "{outlier_detection: off, endpoints: [" +
         urls + "], " + upstream + "}\nroutes:\n  - {path: /, to: service" + route +
         "}\n  - {path: /free, to: service, timeouts: {response: 60s}}\n";
}

std::string get(const std::string& path = "/", const std::string& fields = {}) {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields + "\r\n";
}

class upstream_limits : public raw_world {
 protected:
  explicit upstream_limits(const std::string& yaml, unsigned workers = 1)
      : raw_world(yaml.c_str(), {}, workers) {}
  ~upstream_limits() override {
    for (auto& each : others_) {
      each->stop();
      EXPECT_TRUE(gateway.world().run_until([&] { return each->live() == 0; }));
    }
  }

  static std::string hello(int endpoint) {
    return "HTTP/1.1 200 OK\r\nConnection: close\r\nX-By: " + std::to_string(endpoint) +
           "\r\nContent-Length: 5\r\n\r\nhello";
  }
  // Every request takes so long, at each of so many endpoints.
  void answer_after(duration length, int endpoints = 1) {
    serve({await("\r\n\r\n"), pause(length), say(hello(1))});
    for (int i = 2; i <= endpoints; ++i) add(i, {await("\r\n\r\n"), pause(length), say(hello(i))});
  }
  void add(int endpoint, script steps) { add(endpoint, std::vector<script>{std::move(steps)}); }
  void add(int endpoint, std::vector<script> steps) {
    others_.push_back(std::make_unique<raw_backend>(
        gateway.backends(), address_of("10.0.1." + std::to_string(endpoint) + ":8000"),
        std::move(steps)));
  }
  std::size_t requests_at(std::size_t endpoint) const {
    return endpoint == 1 ? backend->connections() : others_.at(endpoint - 2)->connections();
  }

  heard& get_one(const std::string& path = "/", const std::string& fields = {}) {
    if (first_ == never) first_ = gateway.world().now();
    return begin({say(get(path, fields)), read_all()});
  }
  void pass(duration length) { gateway.world().run_for(length); }
  // Its status, and when it came after the first request was sent.
  void expect(heard& client, const char* status, duration after) {
    finish(client);
    EXPECT_TRUE(client.text.starts_with(std::string("HTTP/1.1 ") + status)) << client.text;
    EXPECT_EQ(client.end - first_, after);
  }
  static int by(const heard& client) {
    const std::size_t at = client.text.find("X-By: ");
    return at == std::string::npos ? 0 : client.text[at + 6] - '0';
  }
  telemetry::upstream_totals totals() const {
    return gateway.counted().known_upstream("service")->totals();
  }
  void reload(const std::string& yaml) {
    gateway.reload(yaml);
    EXPECT_TRUE(gateway.world().run_until(
        [&] { return &gateway.worker(0).serving() == gateway.serving().get(); },
        gateway.world().now() + seconds(1)));
  }

 private:
  time_point first_ = never;
  std::vector<std::unique_ptr<raw_backend>> others_;
};

struct one_at_a_time : upstream_limits {
  one_at_a_time()
      : upstream_limits(file("connections: {max: 1, max_pending: 2, pending_timeout: 5s}")) {}
};

TEST_F(one_at_a_time, so_many_wait_first_come_first_served_and_no_more) {
  answer_after(seconds(1));
  std::vector<heard*> all;
  for (int i = 0; i < 4; ++i) {
    all.push_back(&get_one("/" + std::to_string(i)));
    pass(milliseconds(1));
  }
  expect(*all[3], "503", milliseconds(3));
  EXPECT_NE(all[3]->text.find("\r\nRetry-After: 1\r\n"), std::string::npos) << all[3]->text;
  EXPECT_NE(all[3]->text.find("problems/upstream-busy"), std::string::npos) << all[3]->text;
  EXPECT_EQ(totals().in_flight, 1U);
  EXPECT_EQ(totals().pending, 2U);
  expect(*all[0], "200", seconds(1));
  expect(*all[1], "200", seconds(2));
  expect(*all[2], "200", seconds(3));
  EXPECT_EQ(backend->connections(), 3U);
  EXPECT_EQ(totals().in_flight, 0U);
  EXPECT_EQ(totals().pending, 0U);
  EXPECT_EQ(totals().queued, 2U);
  EXPECT_EQ(totals().refused, 1U);
}

TEST_F(one_at_a_time, nobody_waits_longer_than_the_file_says) {
  answer_after(seconds(7));
  heard& first = get_one();
  heard& second = get_one();
  expect(second, "503", seconds(5));
  EXPECT_NE(second.text.find("problems/upstream-busy"), std::string::npos) << second.text;
  EXPECT_EQ(totals().waited_in_vain, 1U);
  expect(first, "200", seconds(7));
  expect(get_one(), "200", seconds(14));
  EXPECT_EQ(backend->connections(), 2U);
}

TEST_F(one_at_a_time, a_client_that_is_gone_makes_room) {
  answer_after(seconds(2));
  heard& first = get_one("/first");
  for (int i = 0; i < 2; ++i) begin({say(get("/gone")), pause(seconds(1)), reset()});
  pass(milliseconds(500));
  expect(get_one(), "503", milliseconds(500));
  pass(milliseconds(600));
  heard& last = get_one("/last");
  expect(first, "200", seconds(2));
  expect(last, "200", seconds(4));
  EXPECT_EQ(backend->all_text().find("/gone"), std::string::npos);
}

TEST_F(one_at_a_time, a_place_is_free_again_however_an_exchange_ends) {
  serve(std::vector<script>{
      {await("\r\n\r\n"), pause(seconds(100))},  // the client leaves
      {await("\r\n\r\n"), reset()},              // broken
      {await("\r\n\r\n"), say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"), reset()},
      {await("\r\n\r\n"), say(hello(1))}});
  begin({say(get()), pause(seconds(1)), reset()});
  pass(seconds(2));
  EXPECT_EQ(totals().in_flight, 0U);
  ask("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(totals().in_flight, 0U);
  ask(get());
  EXPECT_EQ(totals().in_flight, 0U);
  EXPECT_NE(ask(get()).text.find("hello"), std::string::npos);
  EXPECT_EQ(totals().queued, 0U);
}

TEST_F(one_at_a_time, a_drain_serves_those_that_wait) {
  answer_after(seconds(1));
  heard& first = get_one();
  heard& second = get_one();
  pass(milliseconds(1));
  EXPECT_TRUE(gateway.drain(seconds(30), std::chrono::minutes(5)));
  expect(first, "200", seconds(1));
  expect(second, "200", seconds(2));
}

TEST_F(one_at_a_time, the_end_of_a_drain_ends_the_wait) {
  answer_after(seconds(100));
  heard& first = get_one();
  heard& second = get_one();
  pass(milliseconds(1));
  EXPECT_TRUE(gateway.drain(seconds(2), std::chrono::minutes(5)));
  finish(first);
  finish(second);
  EXPECT_EQ(second.text.find("200 OK"), std::string::npos);
  EXPECT_LE(second.end - began, milliseconds(2002));
}

TEST_F(one_at_a_time, a_tunnel_keeps_its_place) {
  serve({await("\r\n\r\n"),
         say("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
             "Upgrade: websocket\r\n\r\n"),
         read_all()});
  begin({say("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"),
         pause(seconds(8)), reset()});
  pass(seconds(1));
  EXPECT_EQ(totals().in_flight, 1U);
  heard& waits = get_one();
  expect(waits, "503", seconds(5));
  pass(seconds(5));
  EXPECT_EQ(totals().in_flight, 0U);
}

// The head of the answer is no end: whoever reads slowly keeps the backend busy.
TEST_F(one_at_a_time, an_answer_under_way_keeps_its_place) {
  serve({await("\r\n\r\n"),
         say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nab"),
         pause(seconds(2)), say("cd"), read_all()});
  heard& first = get_one();
  heard& second = get_one();
  expect(first, "200", seconds(2));
  expect(second, "200", seconds(4));
}

struct limits_with_less_time : upstream_limits {
  limits_with_less_time()
      : upstream_limits(file("connections: {max: 1, pending_timeout: 9s}", 1,
                             ", timeouts: {request: 3s, response: 60s}")) {}
};

TEST_F(limits_with_less_time, the_time_of_the_whole_exchange_ends_a_wait_too) {
  answer_after(seconds(100));
  get_one("/free");
  pass(milliseconds(1));
  heard& second = get_one();
  expect(second, "504", milliseconds(3001));
  EXPECT_EQ(backend->connections(), 1U);
}

struct by_key : upstream_limits {
  by_key()
      : upstream_limits(file("balance: {consistent_hash: header.X-Key}, connections: {max: 1, "
                             "pending_timeout: 9s}",
                             3)) {}
};

TEST_F(by_key, a_full_endpoint_is_passed_over_while_others_have_room) {
  answer_after(seconds(1), 3);
  std::vector<heard*> all;
  for (int i = 0; i < 4; ++i) all.push_back(&get_one("/", "X-Key: same\r\n"));
  for (int i = 0; i < 3; ++i) expect(*all[static_cast<std::size_t>(i)], "200", seconds(1));
  expect(*all[3], "200", seconds(2));
  EXPECT_EQ(by(*all[0]) + by(*all[1]) + by(*all[2]), 1 + 2 + 3) << "each at one of its own";
  // With room everywhere the value has its endpoint again.
  heard& alone = get_one("/", "X-Key: same\r\n");
  finish(alone);
  EXPECT_EQ(by(alone), by(*all[0]));
}

struct all_together : upstream_limits {
  all_together()
      : upstream_limits(
            file("connections: {max_requests: 2, max_pending: 1, pending_timeout: 9s}", 3)) {}
};

TEST_F(all_together, requests_of_the_whole_upstream_are_limited_too) {
  answer_after(seconds(1), 3);
  heard& a = get_one();
  heard& b = get_one();
  heard& c = get_one();
  heard& d = get_one();
  expect(d, "503", milliseconds(0));
  expect(a, "200", seconds(1));
  expect(b, "200", seconds(1));
  expect(c, "200", seconds(2));
}

struct limits_of_several_workers : upstream_limits {
  limits_of_several_workers()
      : upstream_limits(file("connections: {max: 1, max_pending: 50, pending_timeout: 1h}", 2), 4) {
  }
};

TEST_F(limits_of_several_workers, share_the_limits_and_a_place_goes_over_at_once) {
  answer_after(seconds(1), 2);
  std::vector<heard*> all;
  constexpr int requests = 20;
  for (int i = 0; i < requests; ++i) all.push_back(&get_one());
  std::vector<duration> ends;
  for (heard* each : all) ends.push_back(finish(*each).end - began);
  std::ranges::sort(ends);
  // Two at a time without a gap, wherever the next one waits.
  for (int i = 0; i < requests; ++i) {
    EXPECT_EQ(ends[static_cast<std::size_t>(i)], seconds(i / 2 + 1));
  }
  EXPECT_EQ(requests_at(1), requests / 2U);
}

TEST_F(limits_of_several_workers, one_that_is_out_is_no_room) {
  answer_after(seconds(1), 1);  // nobody listens at the other one
  heard& a = get_one();
  heard& b = get_one();
  finish(a);
  finish(b);
  EXPECT_EQ(by(a), 1);
  EXPECT_EQ(by(b), 1);
  EXPECT_EQ(std::max(a.end, b.end) - began, seconds(2));
}

struct tried_again : upstream_limits {
  tried_again()
      : upstream_limits(file("connections: {max: 1, pending_timeout: 9s}", 2,
                             ", retry: {retries: 1, budget: 100%}")) {}
};

// The place of the one that failed is given back, and the other one is waited for.
TEST_F(tried_again, a_retry_waits_for_its_place) {
  serve({await("\r\n\r\n"), pause(seconds(2)), say(hello(1))});
  add(2, {await("\r\n\r\n"), pause(milliseconds(500)), reset()});
  heard& a = get_one();
  heard& b = get_one();
  finish(a);
  finish(b);
  EXPECT_EQ(by(a), 1);
  EXPECT_EQ(by(b), 1);
  // The one at the first endpoint takes 2 s, then the other one does.
  const duration took = std::max(a.end, b.end) - began;
  EXPECT_EQ(took, seconds(4));
  EXPECT_EQ(totals().retries, 1U);
  EXPECT_EQ(totals().in_flight, 0U);
}

struct refused_by_one : upstream_limits {
  refused_by_one()
      : upstream_limits(file("connections: {max: 1, pending_timeout: 9s}", 2,
                             ", retry: {retries: 1, when: [503], budget: 100%}")) {}
};

// Who waits for the other endpoint since it has tried one holds up nobody who would take that one.
TEST_F(refused_by_one, a_retry_that_waits_leaves_the_endpoint_that_it_has_tried_to_others) {
  const std::string busy = "HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  serve({script{await("\r\n\r\n"), pause(seconds(5)), say(hello(1))},
         script{await("\r\n\r\n"), say(hello(1))}});
  add(2, std::vector<script>{script{await("\r\n\r\n"), say(busy)},
                             script{await("\r\n\r\n"), say(hello(2))}});
  heard& first = get_one();
  pass(milliseconds(10));
  heard& again = get_one();  // refused by the second, waits for the first
  pass(milliseconds(10));
  heard& next = get_one();
  finish(next);
  EXPECT_EQ(by(next), 2);
  EXPECT_LT(next.end - began, milliseconds(100));
  finish(first);
  finish(again);
  EXPECT_EQ(by(first), 1);
  EXPECT_EQ(by(again), 1);
}

struct changed : upstream_limits {
  changed() : upstream_limits(yaml(1)) {}
  static std::string yaml(int endpoints, int max = 1) {
    return file(
        "connections: {max: " + std::to_string(max) + ", max_pending: 9, pending_timeout: 20s}",
        endpoints);
  }
};

// Whoever waits does so for the endpoints that it has begun with; those that come later do not wait
// behind it where there is room.
TEST_F(changed, new_endpoints_are_used_at_once) {
  answer_after(seconds(10), 2);
  heard& first = get_one();
  heard& waits = get_one();
  pass(milliseconds(1));
  reload(yaml(2));
  const time_point then = gateway.world().now();
  heard& later = get_one();
  finish(later);
  EXPECT_EQ(later.end - then, seconds(10));
  EXPECT_EQ(by(later), 2);
  expect(first, "200", seconds(10));
  expect(waits, "200", seconds(20));
}

TEST_F(changed, with_another_number_nobody_in_flight_is_forgotten) {
  answer_after(seconds(10));
  heard& first = get_one();
  pass(seconds(1));
  reload(yaml(1, 2));
  heard& second = get_one();
  pass(seconds(1));
  heard& third = get_one();
  expect(first, "200", seconds(10));
  expect(second, "200", seconds(11));
  expect(third, "200", seconds(20));
}

TEST_F(changed, without_limits_who_waits_still_gets_its_turn) {
  answer_after(seconds(10));
  heard& first = get_one();
  heard& waits = get_one();
  pass(milliseconds(1));
  reload(file("host: client"));
  heard& later = get_one();
  expect(first, "200", seconds(10));
  expect(later, "200", milliseconds(10'001));
  expect(waits, "200", seconds(20));
}

}  // namespace
}  // namespace ferroway::sim
