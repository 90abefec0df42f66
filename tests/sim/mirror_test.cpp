// long because each fault of a copy is a case of one fixture.
// Copies of requests through the whole gateway: what they carry, that no client notices whatever
// becomes of them, and that they are bounded in number, in time and by the worker's end.
#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* yaml = R"(
listeners: [{name: public, address: 10.0.0.1:80}]
admin: off
upstreams:
  service: {endpoints: [http://10.0.1.1:8000]}
  next: {endpoints: [http://10.0.1.2:8000]}
routes:
  - {path: /, name: all, to: service, mirror: {to: next, timeout: 3s, in_flight: 2}}
  - {path: /half, name: half, to: service, mirror: {to: next, percent: 50, timeout: 3s}}
  - {path: /split, name: split, to: {service: 50, next: 50}, mirror: {to: next}}
  - {path: /posts, name: posts, to: service, rewrite: {strip_prefix: /posts},
     mirror: {to: next, methods: [POST], body_bytes: 8B}}
)";

std::string get(const std::string& path, const std::string& fields = {}) {
  return "GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + fields + "\r\n";
}
std::string post(const std::string& path, const std::string& body) {
  return "POST " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}
std::string says(const std::string& status, const std::string& body = "hello") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}
script answers(const std::string& text, int times = 200) {
  script all;
  for (int i = 0; i < times; ++i) {
    all.push_back(await("\r\n\r\n"));
    all.push_back(say(text));
  }
  return all;
}

class mirrored : public raw_world {
 protected:
  explicit mirrored(const char* file = yaml) : raw_world(file) { serve(answers(says("200 OK"))); }
  ~mirrored() override {
    if (!next_) return;
    // What is left of copies ends with the drain, which waits for none of them.
    const time_point before = gateway.world().now();
    EXPECT_TRUE(gateway.drain(seconds(30), std::chrono::minutes(5)));
    EXPECT_LT(gateway.world().now() - before, seconds(2));
    next_->stop();
    EXPECT_TRUE(gateway.world().run_until([&] { return next_->live() == 0; }));
  }

  void mirror_to(std::vector<script> scripts) {
    next_ = std::make_unique<raw_backend>(gateway.backends(), address_of("10.0.1.2:8000"),
                                          std::move(scripts));
  }
  void mirror_to(script steps) { mirror_to(std::vector<script>{std::move(steps)}); }
  raw_backend& next() { return *next_; }

  void expect_answered(const heard& client) {
    EXPECT_TRUE(client.text.starts_with("HTTP/1.1 200 OK\r\n")) << client.text;
    EXPECT_TRUE(client.text.ends_with("\r\n\r\nhello")) << client.text;
    EXPECT_EQ(client.end - began, duration(0)) << "nobody waits for a copy";
  }
  telemetry::mirror_totals totals(const std::string& route = "all") const {
    return gateway.counted().known_mirror(route)->totals();
  }
  std::uint32_t in_flight(const std::string& route = "all") const {
    return gateway.counted().known_mirror(route)->in_flight();
  }
  void settle() { gateway.world().run_for(seconds(4)); }

 private:
  std::unique_ptr<raw_backend> next_;
};

TEST_F(mirrored, ACopyHasTheSameHeadAndGoesOverAKeptConnection) {
  mirror_to(answers(says("200 OK")));
  expect_answered(ask(get("/a%2Db?c=d&e", "X-One: 1\r\nCookie: k=v\r\n")));
  settle();
  expect_answered(ask(get("/again")));
  settle();
  EXPECT_EQ(next().connections(), 1U);
  const std::string& original = backend->at(0).text;
  EXPECT_TRUE(original.starts_with("GET /a-b?c=d&e HTTP/1.1\r\n")) << original;
  EXPECT_EQ(next().at(0).text, original) << "to the last byte";
  EXPECT_EQ(totals().same, 2U);
  EXPECT_EQ(totals().different + totals().failed + totals().crowded, 0U);
}

TEST_F(mirrored, TheAnswersAreCompared) {
  script slow = answers(says("200 OK"), 2);
  slow.push_back(await("\r\n\r\n"));
  slow.push_back(pause(milliseconds(400)));
  slow.push_back(say(says("404 Not Found")));
  slow.push_back(read_all());
  mirror_to(slow);
  for (int i = 0; i < 3; ++i) {
    expect_answered(ask(get("/")));
    settle();
  }
  const telemetry::mirror_totals all = totals();
  EXPECT_EQ(all.same, 2U);
  EXPECT_EQ(all.different, 1U);
  EXPECT_EQ(all.original_nanoseconds, 0U);
  EXPECT_EQ(all.copy_nanoseconds, 400'000'000U);
  EXPECT_EQ(all.original_by_duration[0], 3U);
  EXPECT_EQ(all.copy_by_duration[0], 2U);
  EXPECT_EQ(all.copy_by_duration[telemetry::duration_bucket(milliseconds(400))], 1U);
}

TEST_F(mirrored, NoClientNoticesAnUpstreamThatIsNotThere) {
  for (int i = 0; i < 5; ++i) {
    expect_answered(ask(get("/")));
    settle();
  }
  EXPECT_EQ(totals().failed, 5U);
}

TEST_F(mirrored, ACopyIsNeverSentTwice) {
  mirror_to(script{await("\r\n\r\n"), reset()});
  expect_answered(ask(get("/")));
  settle();
  EXPECT_EQ(next().connections(), 1U);
  EXPECT_EQ(totals().failed, 1U);
}

// Its peer had closed it before: that is no answer to a copy.
TEST_F(mirrored, AKeptConnectionThatWasClosedIsReplaced) {
  mirror_to({script{await("\r\n\r\n"), say(says("200 OK")), await("\r\n\r\n"), reset()},
             answers(says("200 OK"))});
  for (int i = 0; i < 2; ++i) {
    expect_answered(ask(get("/")));
    settle();
  }
  EXPECT_EQ(next().connections(), 2U);
  EXPECT_EQ(totals().same, 2U);
}

TEST_F(mirrored, ThereAreSoManyAtOnceAndForSoLong) {
  mirror_to(script{await("\r\n\r\n"), read_all()});
  for (int i = 0; i < 5; ++i) expect_answered(ask(get("/")));
  EXPECT_EQ(in_flight(), 2U);
  EXPECT_EQ(totals().crowded, 3U);
  gateway.world().run_for(milliseconds(2900));
  EXPECT_EQ(in_flight(), 2U);
  gateway.world().run_for(milliseconds(200));
  EXPECT_EQ(in_flight(), 0U);
  EXPECT_EQ(totals().failed, 2U);
  expect_answered(ask(get("/")));
  EXPECT_EQ(in_flight(), 1U);
}

TEST_F(mirrored, AHeadThatDripsHasNoLonger) {
  script drips{await("\r\n\r\n"), say("HTTP/1.1 200 OK\r\n")};
  for (int i = 0; i < 100; ++i) {
    drips.push_back(pause(milliseconds(500)));
    drips.push_back(say("X-A: 1\r\n"));
  }
  mirror_to(drips);
  expect_answered(ask(get("/")));
  gateway.world().run_for(milliseconds(3100));
  EXPECT_EQ(in_flight(), 0U);
  EXPECT_EQ(totals().failed, 1U);
}

TEST_F(mirrored, ABodyThatHangsHasNoLonger) {
  mirror_to(script{await("\r\n\r\n"), say("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc"),
                   read_all()});
  expect_answered(ask(get("/")));
  gateway.world().run_for(milliseconds(2900));
  EXPECT_EQ(in_flight(), 1U);
  gateway.world().run_for(milliseconds(200));
  EXPECT_EQ(in_flight(), 0U);
  EXPECT_EQ(totals().same, 1U) << "its head is what is compared";
}

TEST_F(mirrored, ALongAnswerIsNotReadToItsEnd) {
  mirror_to(script{
      await("\r\n\r\n"),
      say("HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n" + std::string(4'000'000, 'x')),
      read_all()});
  expect_answered(ask(get("/")));
  settle();
  EXPECT_EQ(totals().same, 1U);
  EXPECT_FALSE(next().at(0).played) << "the connection was closed before all of it had come";
  expect_answered(ask(get("/")));
  settle();
  EXPECT_EQ(next().connections(), 2U);
}

TEST_F(mirrored, NonsenseIsNoAnswer) {
  mirror_to(script{await("\r\n\r\n"), say("nonsense\r\n\r\n"), read_all()});
  expect_answered(ask(get("/")));
  settle();
  EXPECT_EQ(totals().failed, 1U);
}

TEST_F(mirrored, NoClientNoticesFaultsOfAnyKind) {
  // Each copy on a connection of its own, with faults of its own.
  mirror_to(answers(says("200 OK"), 1));
  gateway.world().set_faults(address_of("10.0.1.2:8000"), {.refuse = 20,
                                                           .connect_hangs = 10,
                                                           .reset = 20,
                                                           .end_early = 20,
                                                           .hang = 10,
                                                           .after_bytes_max = 400});
  for (int i = 0; i < 150; ++i) {
    expect_answered(ask(get("/")));
    gateway.world().run_for(milliseconds(200));
  }
  settle();
  const telemetry::mirror_totals all = totals();
  EXPECT_EQ(all.same + all.different + all.failed + all.crowded, 150U);
  EXPECT_GT(all.same, 10U);
  EXPECT_GT(all.failed, 10U);
  EXPECT_EQ(in_flight(), 0U);
}

TEST_F(mirrored, ACopyGoesOnWhenItsClientIsGone) {
  mirror_to(script{await("\r\n\r\n"), pause(seconds(1)), say(says("200 OK")), read_all()});
  expect_answered(ask(get("/")));
  gateway.world().run_for(milliseconds(900));
  EXPECT_EQ(in_flight(), 1U);
  gateway.world().run_for(milliseconds(200));
  EXPECT_EQ(totals().same, 1U);
}

TEST_F(mirrored, WhatTheClientTakesBackIsNotCopied) {
  backend->stop();
  gateway.world().run_until([&] { return backend->live() == 0; });
  serve(script{await("\r\n\r\n"), read_all()});
  mirror_to(answers(says("200 OK")));
  ask({say(get("/")), pause(seconds(1)), reset()});
  settle();
  EXPECT_EQ(next().connections(), 0U);
}

// The gateway's own answer, a 502, is what the copy's is compared with.
TEST_F(mirrored, AFailedOriginalIsComparedAsWhatTheClientGot) {
  backend->stop();
  gateway.world().run_until([&] { return backend->live() == 0; });
  mirror_to(answers(says("502 Bad Gateway")));
  EXPECT_TRUE(ask(get("/")).text.starts_with("HTTP/1.1 502 "));
  settle();
  EXPECT_EQ(totals().same, 1U);
}

TEST_F(mirrored, ByChance) {
  mirror_to(answers(says("200 OK")));
  for (int i = 0; i < 200; ++i) {
    expect_answered(ask(get("/half")));
    gateway.world().run_for(milliseconds(5));
  }
  EXPECT_GT(totals("half").same, 60U);
  EXPECT_LT(totals("half").same, 140U);
}

// Each request is there once, whichever way it went.
TEST_F(mirrored, WhatHasGoneThereIsNotCopied) {
  mirror_to(answers(says("200 OK")));
  for (int i = 0; i < 100; ++i) {
    expect_answered(ask(get("/split")));
    gateway.world().run_for(milliseconds(5));
  }
  EXPECT_EQ(times_in(next().all_text(), "GET /split "), 100U);
  EXPECT_EQ(totals("split").same, times_in(backend->all_text(), "GET /split "));
  EXPECT_GT(totals("split").same, 0U);
}

TEST_F(mirrored, BodiesThatAreAtHandAndShortGoAlong) {
  mirror_to(answers(says("200 OK")));
  expect_answered(ask(post("/posts/a", "12345678")));
  settle();
  EXPECT_TRUE(next().at(0).text.starts_with("POST /a HTTP/1.1\r\n")) << next().at(0).text;
  EXPECT_EQ(next().at(0).text, backend->at(0).text) << "its body and the rewritten path too";
  expect_answered(ask(post("/posts/a", "123456789")));
  // The body comes later than its head.
  const std::string late = post("/posts/a", "1234");
  const heard& client = ask({say(late.substr(0, late.size() - 2)), pause(milliseconds(50)),
                             say(late.substr(late.size() - 2)), read_all()});
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 200 OK\r\n")) << client.text;
  settle();
  EXPECT_EQ(totals("posts").same, 1U);
  EXPECT_EQ(totals("posts").too_long, 2U);
}

TEST_F(mirrored, OtherMethodsAreNotCopied) {
  mirror_to(answers(says("200 OK")));
  expect_answered(ask(post("/", "x")));
  expect_answered(ask(get("/posts")));
  settle();
  EXPECT_EQ(next().connections(), 0U);
}

TEST_F(mirrored, AnUpgradeIsNotCopied) {
  backend->stop();
  gateway.world().run_until([&] { return backend->live() == 0; });
  serve(script{await("\r\n\r\n"),
               say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                   "Connection: Upgrade\r\n\r\nhi"),
               end_writing(), read_all()});
  mirror_to(answers(says("200 OK")));
  ask({say("GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
       await("hi"), end_writing(), read_all()});
  settle();
  EXPECT_EQ(next().connections(), 0U);
}

// The route is gone, and so is the upstream: copies end on what they began with.
TEST_F(mirrored, AReloadLeavesCopiesAlone) {
  mirror_to(script{await("\r\n\r\n"), pause(seconds(1)), say(says("200 OK")), read_all()});
  expect_answered(ask(get("/")));
  gateway.world().run_for(milliseconds(10));
  const auto counted = gateway.counted().known_mirror("all");
  gateway.reload(
      "listeners: [{name: public, address: 10.0.0.1:80}]\nadmin: off\n"
      "routes: [{path: /, name: all, to: 'http://10.0.1.1:8000'}]\n");
  gateway.world().run_for(milliseconds(500));
  EXPECT_EQ(counted->in_flight(), 1U);
  expect_answered(ask(get("/")));
  gateway.world().run_for(milliseconds(600));
  EXPECT_EQ(counted->in_flight(), 0U);
  EXPECT_EQ(counted->totals().same, 1U);
  EXPECT_EQ(next().connections(), 1U) << "nothing is copied any more";
}

// ~mirrored has the bound: 2 s for a drain, with copies that would last for 3.
TEST_F(mirrored, ADrainWaitsForNoCopy) {
  mirror_to(script{await("\r\n\r\n"), read_all()});
  expect_answered(ask(get("/")));
  gateway.world().run_for(milliseconds(10));
  EXPECT_EQ(in_flight(), 1U);
}

constexpr const char* hashed = R"(
listeners: [{name: public, address: 10.0.0.1:80}]
admin: off
upstreams:
  service: {endpoints: [http://10.0.1.1:8000]}
  next:
    endpoints: [http://10.0.1.2:8000, http://10.0.1.3:8000]
    balance: {consistent_hash: path.id}
    host: endpoint
routes:
  - {path: "/users/{id}", name: all, to: service, mirror: {to: next}}
)";

class by_value : public mirrored {
 protected:
  by_value() : mirrored(hashed) {}
};

// By what the original's request said, when that is long gone; and to the upstream's own Host.
TEST_F(by_value, ItsUpstreamBalancesCopiesAsRequests) {
  mirror_to(answers(says("200 OK")));
  raw_backend other(gateway.backends(), address_of("10.0.1.3:8000"), {answers(says("200 OK"))});
  for (int i = 0; i < 40; ++i) {
    expect_answered(ask(get("/users/" + std::to_string(i % 8))));
    gateway.world().run_for(milliseconds(5));
  }
  EXPECT_EQ(totals().same, 40U);
  std::size_t here = 0;
  for (int i = 0; i < 8; ++i) {
    const std::string line = "GET /users/" + std::to_string(i) + " ";
    const std::size_t times = times_in(next().all_text(), line);
    EXPECT_TRUE(times == 0 || times == 5) << line << times;
    EXPECT_EQ(times + times_in(other.all_text(), line), 5U);
    here += times;
  }
  EXPECT_GT(here, 0U);
  EXPECT_LT(here, 40U);
  EXPECT_EQ(times_in(next().all_text(), "Host: 10.0.1.2:8000\r\n"), here);
  other.stop();
  EXPECT_TRUE(gateway.world().run_until([&] { return other.live() == 0; }));
}

constexpr const char* careful = R"(
listeners: [{name: public, address: 10.0.0.1:80, trusted_proxies: [127.0.0.0/8]}]
admin: off
upstreams:
  service: {endpoints: [http://10.0.1.1:8000]}
  next:
    endpoints: [http://10.0.1.2:8000, http://10.0.1.3:8000]
    balance: {consistent_hash: client.ip}
  small:
    endpoints: [http://10.0.1.2:8000]
    connections: {max: 1, max_pending: 100, pending_timeout: 1m}
routes:
  - {path: /, name: all, to: service, mirror: {to: next}}
  - {path: /docs, name: docs, to: service, mirror: {to: next},
     rewrite: {path: "/tenants/${header.X-Tenant}/docs"}}
  - {path: /small, name: small, to: service, mirror: {to: small}}
)";

class carefully_mirrored : public mirrored {
 protected:
  carefully_mirrored() : mirrored(careful) {}
};

TEST_F(carefully_mirrored, ItsUpstreamKnowsTheClientsApart) {
  mirror_to(answers(says("200 OK")));
  raw_backend other(gateway.backends(), address_of("10.0.1.3:8000"), {answers(says("200 OK"))});
  for (int i = 1; i <= 16; ++i) {
    expect_answered(ask(get("/", "X-Forwarded-For: 192.0.2." + std::to_string(i) + "\r\n")));
    gateway.world().run_for(milliseconds(5));
  }
  EXPECT_EQ(totals().same, 16U);
  EXPECT_GT(times_in(next().all_text(), "GET / "), 0U);
  EXPECT_GT(times_in(other.all_text(), "GET / "), 0U);
  other.stop();
  EXPECT_TRUE(gateway.world().run_until([&] { return other.live() == 0; }));
}

TEST_F(carefully_mirrored, WhatWasNeverSentIsNotCopied) {
  mirror_to(answers(says("200 OK")));
  const heard& refused = ask(get("/docs", "X-Tenant: ..\r\n"));
  EXPECT_TRUE(refused.text.starts_with("HTTP/1.1 400 ")) << refused.text;
  settle();
  EXPECT_EQ(next().connections(), 0U);
  EXPECT_EQ(totals("docs").failed, 0U);
}

TEST_F(carefully_mirrored, ACopyTakesNoPlaceInAQueue) {
  mirror_to(script{await("\r\n\r\n"), pause(seconds(3)), say(says("200 OK")), read_all()});
  expect_answered(ask(get("/small")));
  gateway.world().run_for(milliseconds(100));
  expect_answered(ask(get("/small")));
  gateway.world().run_for(milliseconds(100));
  EXPECT_EQ(totals("small").failed, 1U) << "at once";
  settle();
  EXPECT_EQ(totals("small").same, 1U);
  EXPECT_EQ(next().connections(), 1U);
}

}  // namespace
}  // namespace ferroway::sim
