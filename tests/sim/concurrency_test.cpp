// The limit on requests in flight, with exact times: who waits, in which order, for how long, and
// that neither workers nor reloads lose a place.
#include <gtest/gtest.h>

#include <string>

#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* hello =
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello";

std::string file(const std::string& limit, const std::string& more = {}) {
  return "listeners:\n  - {name: public, address: 10.0.0.1:80}\nadmin: off\n"
         "middlewares:\n  slots: {concurrency_limit: " +
         limit + "}\nroutes:\n  - {name: r, path: /, use: [slots], to: http://10.0.1.1:8000" +
         more + "}\n  - {name: free, path: /free, use: [slots], to: http://10.0.1.1:8000}\n";
}

std::string get(const std::string& path = "/", const std::string& fields = {}) {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields + "\r\n";
}

class limited_world : public raw_world {
 protected:
  explicit limited_world(const std::string& yaml, unsigned workers = 1)
      : raw_world(yaml.c_str(), {}, workers) {}

  // Every request takes so long.
  void answer_after(duration length) { serve({await("\r\n\r\n"), pause(length), say(hello)}); }

  heard& get_one(const std::string& path = "/", const std::string& fields = {}) {
    if (first_ == never) first_ = gateway.world().now();
    return begin({say(get(path, fields)), read_all()});
  }
  // Until it is where it will wait.
  void pass(duration length) { gateway.world().run_for(length); }

  // Its status, and when it came after the first request was sent.
  void expect(heard& client, const char* status, duration after) {
    finish(client);
    EXPECT_TRUE(client.text.starts_with(std::string("HTTP/1.1 ") + status)) << client.text;
    EXPECT_EQ(client.end - first_, after);
  }
  bool reaches(const std::function<bool()>& condition) {
    return gateway.world().run_until(condition, gateway.world().now() + std::chrono::minutes(3));
  }

 private:
  time_point first_ = never;
};

struct without_a_queue : limited_world {
  without_a_queue() : limited_world(file("{requests: 2}")) {}
};

TEST_F(without_a_queue, those_beyond_the_limit_are_refused_at_once) {
  answer_after(seconds(1));
  heard& a = get_one();
  heard& b = get_one();
  heard& c = get_one();
  expect(c, "503", milliseconds(0));
  EXPECT_NE(c.text.find("\r\nRetry-After: 1\r\n"), std::string::npos) << c.text;
  EXPECT_NE(c.text.find("problems/overloaded"), std::string::npos) << c.text;
  expect(a, "200", seconds(1));
  expect(b, "200", seconds(1));
  expect(get_one(), "200", seconds(2));
  EXPECT_EQ(backend->connections(), 3U);
}

TEST_F(without_a_queue, a_place_is_free_again_however_an_exchange_ends) {
  serve({await("\r\n\r\n"), pause(seconds(100)), say(hello)});
  for (int i = 0; i < 2; ++i) begin({say(get()), pause(seconds(1)), reset()});
  pass(milliseconds(500));
  expect(get_one(), "503", milliseconds(0));
  pass(seconds(1));
  heard& client = get_one();
  pass(milliseconds(1));
  EXPECT_FALSE(client.done) << client.text;
}

struct with_a_queue : limited_world {
  with_a_queue() : limited_world(file("{requests: 1, queue: 2, queue_timeout: 5s}")) {}
};

TEST_F(with_a_queue, so_many_wait_first_come_first_served) {
  answer_after(seconds(1));
  std::vector<heard*> all;
  for (int i = 0; i < 4; ++i) {
    all.push_back(&get_one("/" + std::to_string(i)));
    pass(milliseconds(1));
  }
  expect(*all[3], "503", milliseconds(3));
  expect(*all[0], "200", seconds(1));
  expect(*all[1], "200", seconds(2));
  expect(*all[2], "200", seconds(3));
  EXPECT_EQ(backend->connections(), 3U);
}

TEST_F(with_a_queue, nobody_waits_longer_than_the_file_says) {
  answer_after(seconds(7));
  heard& first = get_one();
  heard& second = get_one();
  expect(second, "503", seconds(5));
  EXPECT_NE(second.text.find("Retry-After"), std::string::npos);
  expect(first, "200", seconds(7));
  EXPECT_EQ(backend->connections(), 1U);
}

TEST_F(with_a_queue, a_client_that_is_gone_makes_room) {
  answer_after(seconds(2));
  heard& first = get_one("/first");
  begin({say(get("/gone")), pause(seconds(1)), reset()});
  begin({say(get("/gone")), pause(seconds(1)), reset()});
  pass(milliseconds(500));
  expect(get_one(), "503", milliseconds(500));
  pass(milliseconds(600));
  heard& last = get_one("/last");
  expect(first, "200", seconds(2));
  expect(last, "200", seconds(4));
  EXPECT_EQ(backend->all_text().find("/gone"), std::string::npos);
}

struct with_less_time : limited_world {
  with_less_time()
      : limited_world(
            file("{requests: 1, queue: 9, queue_timeout: 9s}", ", timeouts: {request: 3s}")) {}
};

TEST_F(with_less_time, the_time_of_the_whole_exchange_ends_a_wait_too) {
  answer_after(seconds(100));
  get_one("/free");
  pass(milliseconds(1));
  heard& second = get_one();
  expect(second, "504", milliseconds(3001));
  EXPECT_EQ(backend->connections(), 1U) << "it never left the queue";
}

struct by_tenant : limited_world {
  by_tenant()
      : limited_world(file("{requests: 1, key: header.X-Tenant, queue: 1, queue_timeout: 9s}")) {}
};

TEST_F(by_tenant, one_key_does_not_wait_for_another) {
  answer_after(seconds(1));
  heard& first = get_one("/", "X-Tenant: a\r\n");
  heard& second = get_one("/", "X-Tenant: a\r\n");
  heard& third = get_one("/", "X-Tenant: a\r\n");
  heard& other = get_one("/", "X-Tenant: b\r\n");
  expect(third, "503", milliseconds(0));
  expect(first, "200", seconds(1));
  expect(other, "200", seconds(1));
  expect(second, "200", seconds(2));
}

struct several_workers : limited_world {
  several_workers() : limited_world(file("{requests: 1, queue: 50, queue_timeout: 1h}"), 4) {}
};

TEST_F(several_workers, share_the_limit_and_a_place_goes_over_at_once) {
  answer_after(seconds(1));
  std::vector<heard*> all;
  constexpr int requests = 20;
  for (int i = 0; i < requests; ++i) all.push_back(&get_one());
  std::vector<duration> ends;
  for (heard* each : all) ends.push_back(finish(*each).end - began);
  std::ranges::sort(ends);
  // One after the other without a gap, wherever the next one waits.
  for (int i = 0; i < requests; ++i) EXPECT_EQ(ends[static_cast<std::size_t>(i)], seconds(i + 1));
}

struct reloaded : limited_world {
  reloaded() : limited_world(file("{requests: 1}")) {}
  void reload(const std::string& limit) {
    gateway.reload(file(limit));
    reaches([&] { return &gateway.worker(0).serving() == gateway.serving().get(); });
  }
};

TEST_F(reloaded, with_another_number_nobody_in_flight_is_forgotten) {
  answer_after(seconds(10));
  heard& first = get_one();
  pass(seconds(1));
  reload("{requests: 2}");
  heard& second = get_one();
  pass(seconds(1));
  expect(get_one(), "503", seconds(2));
  reload("{requests: 1}");
  expect(get_one(), "503", seconds(2));
  expect(first, "200", seconds(10));
  expect(get_one(), "503", seconds(10));
  expect(second, "200", seconds(11));
  heard& third = get_one();
  pass(seconds(1));
  expect(get_one(), "503", seconds(12));
  expect(third, "200", seconds(21));
}

}  // namespace
}  // namespace ferroway::sim
