// How often a request is sent, and who pays when a listener is full.
#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::seconds;

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string get = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

class repeats : public raw_world {};

// A request that kills whoever serves it must not walk through all endpoints.
TEST_F(repeats, ARequestReachesEndpointsAtMostTwice) {
  serve({{await("\r\n\r\n"), say(ok), await("HTTP/1.1\r\n"), end_writing(), read_all()},
         {await("\r\n\r\n"), end_writing(), read_all()},
         {await("\r\n\r\n"), say(ok), read_all()}});
  ask(get);
  const heard& client = ask(get);
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 502 ")) << client.text;
  EXPECT_EQ(times_in(backend->all_text(), "GET / "), 3U) << "the first, and twice the second";
}

// A pooled connection that fails late was not stale: the endpoint had the request.
TEST_F(repeats, ALateFailureCostsTheRetry) {
  serve({{await("\r\n\r\n"), say(ok), await("HTTP/1.1\r\n"), pause(seconds(5)), end_writing(),
          read_all()},
         {await("\r\n\r\n"), say(ok), read_all()}});
  ask(get);
  const heard& client = ask(get);
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 200 ")) << client.text;
  EXPECT_EQ(times_in(backend->all_text(), "GET / "), 3U);
}

constexpr const char* two_listeners = R"(
listeners:
  - {name: public, address: 10.0.0.1:80, limits: {connections: 1}}
  - {name: internal, address: 10.0.0.1:81}
admin: off
upstreams:
  service: {endpoints: [http://10.0.1.1:8000]}
routes:
  - {path: /, to: service, listener: any}
  - {path: /fixed, respond: {status: 200, body: fixed}, listener: any}
)";

class full_listener : public raw_world {
 protected:
  full_listener() : raw_world(two_listeners) {}
};

TEST_F(full_listener, SparesTheIdleConnectionsOfOthers) {
  serve({await("\r\n\r\n"), pause(seconds(20)), say(ok), read_all()});
  heard internal;
  io::cancel_scope scope(gateway.clients());
  spawn(run_raw_peer(
      gateway.clients(), address_of("10.0.0.1:81"),
      {say("GET /fixed HTTP/1.1\r\nHost: a\r\n\r\n"), await("fixed"), pause(seconds(15)),
       say("GET /fixed HTTP/1.1\r\nHost: a\r\n\r\n"), await("fixed")},
      internal, scope));
  heard& busy = begin({say(get), read_all()});
  gateway.world().run_for(seconds(2));
  heard& waiting = begin({say(get), read_all()});
  EXPECT_TRUE(gateway.world().run_until([&] { return internal.done; },
                                        gateway.world().now() + seconds(60)));
  EXPECT_TRUE(internal.played) << "the full listener closed a connection that is not its own";
  finish(busy);
  backend->stop();
  finish(waiting);
}

TEST_F(full_listener, MakesRoomByClosingItsOwnLongestIdleConnection) {
  heard& idle = begin({say("GET /fixed HTTP/1.1\r\nHost: a\r\n\r\n"), read_all()});
  gateway.world().run_for(seconds(2));
  const heard& next = ask({say("GET /fixed HTTP/1.1\r\nHost: a\r\n\r\n"), await("fixed")});
  EXPECT_TRUE(next.played) << "locked out";
  finish(idle);
  EXPECT_TRUE(idle.ended);
}

class small_memory : public raw_world {
 protected:
  small_memory() : raw_world(raw_yaml, {.bytes_max = 8 * buffer_pool::small_bytes}) {}
};

// Bodies that wait for a hung upstream must not take the buffers that others' heads need.
TEST_F(small_memory, BodiesAreRefusedBeforeHeadsAre) {
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
  serve({await("abc"), pause(seconds(100))});
  std::vector<heard*> waiting;
  for (int i = 0; i < 6; ++i) waiting.push_back(&begin({say(post), read_all()}));
  gateway.world().run_for(seconds(1));
  const heard& refused = ask({say(post), read_all()});
  EXPECT_TRUE(refused.text.starts_with("HTTP/1.1 503 ")) << refused.text;
  EXPECT_NE(refused.text.find("Retry-After: "), std::string::npos);
  const heard& other = ask({say("GET /fixed HTTP/1.1\r\nHost: a\r\n\r\n"), await("fixed")});
  EXPECT_TRUE(other.played) << "a head was not received";
  for (heard* item : waiting) finish(*item);
}

}  // namespace
}  // namespace ferroway::sim
