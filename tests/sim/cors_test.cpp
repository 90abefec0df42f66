// CORS through the whole gateway: a preflight costs no backend anything, and a WebSocket that is
// refused costs its connection nothing.
#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

constexpr const char* yaml = R"(
listeners: [{name: public, address: 10.0.0.1:80}]
use: [request_id, access_log]
admin: off
upstreams:
  service: {endpoints: [http://10.0.1.1:8000]}
routes:
  - {path: /, methods: [GET, PUT], to: service, use: [{cors: {origins: ["https://a.test"]}}]}
)";

std::string request(const std::string& start, const std::string& fields) {
  return start + " HTTP/1.1\r\nHost: h\r\nOrigin: https://a.test\r\n" + fields + "\r\n";
}

class cors_exchanges : public raw_world {
 protected:
  cors_exchanges() : raw_world(yaml) {}
};

TEST_F(cors_exchanges, APreflightAndItsRequestShareAConnectionAndOneReachesTheBackend) {
  serve({await("\r\n\r\n"), say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), read_all()});
  const std::string ahead = request("OPTIONS /a", "Access-Control-Request-Method: PUT\r\n");
  const std::string itself = request("PUT /a", "Content-Length: 0\r\nConnection: close\r\n");
  const heard& client = ask({say(ahead + itself), read_all()});
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 204 ")) << client.text;
  EXPECT_TRUE(client.text.ends_with("\r\n\r\nok")) << client.text;
  EXPECT_EQ(times_in(client.text, "Access-Control-Allow-Origin: https://a.test\r\n"), 2U);
  EXPECT_EQ(times_in(client.text, "Access-Control-Allow-Methods: PUT\r\n"), 1U);
  EXPECT_TRUE(backend->at(0).text.starts_with("PUT /a ")) << backend->at(0).text;
}

TEST_F(cors_exchanges, AForeignWebSocketIsRefusedAndTheConnectionGoesOn) {
  serve({await("\r\n\r\n"), say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), read_all()});
  const std::string upgrade =
      "GET /ws HTTP/1.1\r\nHost: h\r\nOrigin: https://evil.test\r\nConnection: Upgrade\r\n"
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  const heard& client = ask({say(upgrade), await("request_id"),
                             say(request("GET /b", "Connection: close\r\n")), read_all()});
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 403 ")) << client.text;
  EXPECT_TRUE(client.text.ends_with("\r\n\r\nok")) << client.text;
  EXPECT_TRUE(backend->at(0).text.starts_with("GET /b ")) << backend->at(0).text;
}

}  // namespace
}  // namespace ferroway::sim
