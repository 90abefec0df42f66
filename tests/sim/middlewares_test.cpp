// Middlewares through the whole gateway, on the virtual clock: what clients get, what backends see.
#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* yaml = R"(
listeners: [{name: public, address: 10.0.0.1:80, trusted_proxies: [127.0.0.0/8]}]
admin: off
middlewares:
  limit: {rate_limit: {rate: 10/s, burst: 5}}
use: [request_id, security_headers]
routes:
  - {path: /limited, use: [limit], respond: {body: fine}}
  - {path: /small, use: [{body_limit: 1KiB}], to: http://10.0.1.1:8000}
  - path: /ours
    use: [{ip_filter: {allow: [192.0.2.0/24], deny: [192.0.2.66]}}]
    to: http://10.0.1.1:8000
  - path: "/edited/{id}"
    use:
      - request_headers: {set: {X-Id: "${path.id}"}, append: {X-Hops: mine}, remove: [X-Secret]}
      - response_headers: {add: {X-Tag: a}, remove: [Server]}
    to: http://10.0.1.1:8000
)";

const std::string ok = "HTTP/1.1 200 OK\r\nServer: theirs\r\nContent-Length: 2\r\n\r\nok";

std::string get(const std::string& path, const std::string& fields = {}) {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}
const std::string last = "Connection: close\r\n";

class middlewares : public raw_world {
 protected:
  middlewares() : raw_world(yaml, {}, 2) {}

  // As many requests as that, so far apart.
  static script hammer(int times, duration apart, const std::string& fields) {
    script all;
    for (int i = 0; i < times; ++i) {
      all.push_back(say(get("/limited", fields)));
      all.push_back(await("\r\n\r\n"));
      all.push_back(pause(apart));
    }
    return all;
  }
};

TEST_F(middlewares, ALimitAdmitsItsBurstAndItsRateOverAllWorkersAndNoMore) {
  std::vector<heard*> clients;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(&begin(hammer(500, milliseconds(20), "X-Forwarded-For: 192.0.2.1\r\n")));
  }
  heard& other = begin(hammer(5, milliseconds(20), "X-Forwarded-For: 192.0.2.2\r\n"));
  std::size_t admitted = 0;
  time_point end = began;
  for (heard* each : clients) {
    admitted += times_in(finish(*each).text, "HTTP/1.1 200 ");
    end = std::max(end, each->end);
  }
  const double tokens = 5 + 10 * std::chrono::duration<double>(end - began).count();
  EXPECT_LE(static_cast<double>(admitted), tokens);
  EXPECT_GE(static_cast<double>(admitted), tokens - 2) << "one, and one for the last pause";
  EXPECT_EQ(times_in(finish(other).text, "HTTP/1.1 200 "), 5U) << "a bucket of its own";
}

TEST_F(middlewares, ABucketIsThereAgainExactlyWhenTheAnswerSays) {
  const heard& client = ask({say(get("/limited") + get("/limited") + get("/limited") +
                                 get("/limited") + get("/limited") + get("/limited")),
                             await("Retry-After: 1\r\n"), await("\r\n\r\n"),
                             pause(milliseconds(100)), say(get("/limited", last)), read_all()});
  EXPECT_EQ(times_in(client.text, "HTTP/1.1 200 "), 6U) << client.text;
  EXPECT_EQ(times_in(client.text, "HTTP/1.1 429 "), 1U);
}

TEST_F(middlewares, OneIdIsSharedByTheClientAndTheBackend) {
  serve({await("\r\n\r\n"), say(ok), read_all()});
  const heard& client = ask(get("/edited/7", last));
  const std::string name = "X-Request-ID: ";
  const std::size_t at = client.text.find(name);
  ASSERT_NE(at, std::string::npos) << client.text;
  const std::string line = client.text.substr(at, client.text.find("\r\n", at) - at);
  EXPECT_EQ(line.size(), name.size() + 36);
  EXPECT_EQ(times_in(backend->at(0).text, line), 1U) << backend->at(0).text;
}

TEST_F(middlewares, HeadersAreEditedOnBothWays) {
  serve({await("\r\n\r\n"), say(ok), read_all()});
  const heard& client = ask(get("/edited/7", "X-Secret: s\r\nX-Hops: theirs\r\n" + last));
  const std::string& sent = backend->at(0).text;
  EXPECT_EQ(times_in(sent, "\r\nX-Id: 7\r\n"), 1U) << sent;
  EXPECT_EQ(times_in(sent, "\r\nX-Hops: theirs, mine\r\n"), 1U) << sent;
  EXPECT_EQ(times_in(sent, "X-Secret"), 0U) << sent;
  EXPECT_EQ(times_in(client.text, "\r\nX-Tag: a\r\n"), 1U) << client.text;
  EXPECT_EQ(times_in(client.text, "Server:"), 0U) << client.text;
}

TEST_F(middlewares, ErrorsOfTheGatewayAreSafeInBrowsersToo) {
  const heard& client = ask(get("/edited/7", last));  // nobody listens
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 502 ")) << client.text;
  EXPECT_EQ(times_in(client.text, "\r\nX-Content-Type-Options: nosniff\r\n"), 1U) << client.text;
  EXPECT_EQ(times_in(client.text, "\r\nX-Tag: a\r\n"), 1U) << client.text;
}

TEST_F(middlewares, ABodyThatGrowsBehindItsLimitNeverReachesTheBackendWhole) {
  serve({read_all()});
  const std::string chunk = "200\r\n" + std::string(0x200, 'x') + "\r\n";
  const heard& client =
      ask({say("POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk),
           pause(seconds(1)), say(chunk), pause(seconds(1)), say(chunk + "0\r\n\r\n"), read_all()});
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 413 ")) << client.text;
  EXPECT_LE(times_in(backend->at(0).text, "x"), 0x400U);
  EXPECT_EQ(times_in(backend->at(0).text, "\r\n0\r\n"), 0U) << "no end of a body";
}

TEST_F(middlewares, AnAddressThatMayNotAskReachesNoBackend) {
  serve({await("\r\n\r\n"), say(ok), await("\r\n\r\n"), say(ok), read_all()});
  const std::pair<const char*, const char*> cases[] = {
      {"192.0.2.1", "200"}, {"192.0.2.66", "403"}, {"198.51.100.1", "403"}, {"192.0.2.67", "200"}};
  for (const auto& [address, status] : cases) {
    const heard& client =
        ask(get("/ours", "X-Forwarded-For: " + std::string(address) + "\r\n" + last));
    EXPECT_TRUE(client.text.starts_with(std::string("HTTP/1.1 ") + status)) << client.text;
  }
  EXPECT_EQ(times_in(backend->all_text(), "GET /ours"), 2U);
}

}  // namespace
}  // namespace ferroway::sim
