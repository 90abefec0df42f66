// Who asks, through the whole gateway: consumers are known by their keys, and nobody passes for
// one.
#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

// SHA-256 of "acme-key-0123456789abcdef0123" and "small-key-0123456789abcdef0123".
constexpr const char* yaml = R"(
listen: "10.0.0.1:80"
admin: off
consumers: {acme: [gold], small: [trial]}
middlewares:
  key:
    api_key:
      keys:
        acme: sha256:a59b5d168bc2216d5762ca8203471e81b712c36ee0ec8c1d51ce92d6e7a12b6d
        small: 7c5c1c6a34430bc1ad7a3e1ffb50f1ef2289a530ecac6725e76fe8468886513a
      to_headers: {X-Consumer: consumer, X-Groups: groups}
      strip: true
  fair: {rate_limit: {rate: 1/m, burst: 3, key: consumer, group_rates: {gold: 8/s}}}
routes:
  - {path: /guarded, use: [key], to: http://10.0.1.1:8000}
  - {path: /fair, use: [key, fair], respond: {body: fine}}
  - {path: /open, to: http://10.0.1.1:8000}
)";

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string acme = "X-API-Key: acme-key-0123456789abcdef0123\r\n";
const std::string small = "X-API-Key: small-key-0123456789abcdef0123\r\n";
const std::string last = "Connection: close\r\n";

std::string get(const std::string& path, const std::string& fields) {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

class credentials : public raw_world {
 protected:
  credentials() : raw_world(yaml, {}, 2) {}
};

TEST_F(credentials, TheBackendIsToldWhoAsksAndNeverByTheClient) {
  serve({await("\r\n\r\n"), say(ok), await("\r\n\r\n"), say(ok), read_all()});
  const std::string forged = "X-Consumer: root\r\nx_groups: all\r\nX.Consumer: root\r\n";
  EXPECT_TRUE(ask(get("/guarded", forged + acme + last)).text.starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(ask(get("/open", forged + last)).text.starts_with("HTTP/1.1 200 "));
  const std::string sent = backend->all_text();
  EXPECT_EQ(times_in(sent, "\r\nX-Consumer: acme\r\n"), 1U) << sent;
  EXPECT_EQ(times_in(sent, "\r\nX-Groups: gold\r\n"), 1U) << sent;
  EXPECT_EQ(times_in(sent, "root"), 0U) << sent;
  EXPECT_EQ(times_in(sent, "x_groups"), 0U) << sent;
  EXPECT_EQ(times_in(sent, "acme-key"), 0U) << sent;
}

TEST_F(credentials, WhoHasNoKeyReachesNoBackend) {
  serve({read_all()});
  for (const std::string& fields : {std::string(), std::string("X-API-Key: nonsense\r\n"),
                                    acme + acme, "X-API-Key: " + std::string(3000, 'k') + "\r\n"}) {
    const heard& client = ask(get("/guarded", fields + last));
    EXPECT_TRUE(client.text.starts_with("HTTP/1.1 401 ")) << client.text;
    EXPECT_EQ(times_in(client.text, "\r\nWWW-Authenticate: ApiKey\r\n"), 1U) << client.text;
  }
  EXPECT_EQ(times_in(backend->all_text(), "GET"), 0U);
}

TEST_F(credentials, EachConsumerHasABucketOfItsOwnAndItsGroupsRate) {
  std::string of_small, of_acme;
  for (int i = 0; i < 4; ++i) of_small += get("/fair", small);
  for (int i = 0; i < 9; ++i) of_acme += get("/fair", acme);
  const heard& first = ask(of_small + get("/open", last));
  EXPECT_EQ(times_in(first.text, "HTTP/1.1 200 "), 3U) << first.text;
  EXPECT_EQ(times_in(first.text, "HTTP/1.1 429 "), 1U) << first.text;
  const heard& second = ask(of_acme + get("/open", last));
  EXPECT_EQ(times_in(second.text, "HTTP/1.1 200 "), 8U) << second.text;
  EXPECT_EQ(times_in(second.text, "HTTP/1.1 429 "), 1U) << second.text;
}

}  // namespace
}  // namespace ferroway::sim
