// WebSocket upgrades through the whole gateway: after the 101 there are bytes, no longer messages.
#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

std::string upgrade(std::string_view path = "/ws") {
  return "GET " + std::string(path) +
         " HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
}

const std::string accepted =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

class tunnels : public raw_world {
 protected:
  // What came behind the 101's head.
  static std::string behind_head(const heard& client) {
    const std::size_t at = client.text.find("\r\n\r\n");
    return at == std::string::npos ? "(no head)" : client.text.substr(at + 4);
  }
};

TEST_F(tunnels, CarryBytesBothWays) {
  serve({await("\r\n\r\n"), say(accepted), await("\x81ping"), say("\x81pong"), await("end"),
         end_writing(), read_all()});
  const heard& client = ask({say(upgrade()), await("\r\n\r\n"), say("\x81ping"), await("\x81pong"),
                             say("end"), read_all()});
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 101 ")) << client.text;
  EXPECT_NE(client.text.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
            std::string::npos);
  EXPECT_NE(client.text.find("Upgrade: websocket\r\n"), std::string::npos);
  EXPECT_NE(client.text.find("Connection: upgrade\r\n"), std::string::npos);
  EXPECT_EQ(client.text.find("Content-Length"), std::string::npos);
  EXPECT_EQ(client.text.find("Transfer-Encoding"), std::string::npos);
  EXPECT_EQ(behind_head(client), "\x81pong");
  EXPECT_TRUE(client.ended);
  const std::string& asked = backend->at(0).text;
  EXPECT_EQ(times_in(asked, "Upgrade: websocket\r\n"), 1U) << asked;
  EXPECT_EQ(times_in(asked, "Connection: "), 1U) << asked;
  EXPECT_NE(asked.find("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), std::string::npos);
}

TEST_F(tunnels, WhatTheClientSentRightBehindItsRequestGoesFirst) {
  serve({await("\r\n\r\n"), pause(seconds(1)), say(accepted), await("early"), await("late"),
         say("ok"), end_writing(), read_all()});
  const heard& client =
      ask({say(upgrade() + "early"), await("101"), say("late"), await("ok"), read_all()});
  EXPECT_TRUE(client.played) << client.text;
  EXPECT_TRUE(backend->at(0).text.ends_with("\r\n\r\nearlylate")) << backend->at(0).text;
}

TEST_F(tunnels, WhatTheUpstreamSentRightBehindIts101IsNotLost) {
  serve({await("\r\n\r\n"), say(accepted + "hello"), end_writing(), read_all()});
  const heard& client = ask({say(upgrade()), await("hello"), read_all()});
  EXPECT_EQ(behind_head(client), "hello");
}

TEST_F(tunnels, AHalfCloseIsPassedOnAndTheOtherWayGoesOn) {
  serve({await("\r\n\r\n"), say(accepted), read_all(), say("still here"), end_writing()});
  const heard& client = ask({say(upgrade()), await("\r\n\r\n"), say("bye"), end_writing(),
                             await("still here"), read_all()});
  EXPECT_TRUE(client.played);
  EXPECT_TRUE(client.ended);
  EXPECT_TRUE(backend->at(0).ended);
  EXPECT_TRUE(backend->at(0).text.ends_with("bye"));
}

TEST_F(tunnels, EndExactlyWhenNothingHasMovedForTheTunnelTimeout) {
  serve({await("\r\n\r\n"), say(accepted), pause(minutes(4)), say("x"), read_all()});
  const heard& client = ask(upgrade());
  EXPECT_EQ(behind_head(client), "x");
  EXPECT_EQ(client.end - began, minutes(9));
  EXPECT_TRUE(gateway.world().run_until([&] { return backend->at(0).done; }));
  EXPECT_EQ(backend->at(0).end - began, minutes(9));
}

TEST_F(tunnels, BytesOfTheClientKeepItOpenToo) {
  serve({await("\r\n\r\n"), say(accepted), read_all()});
  const heard& client =
      ask({say(upgrade()), await("\r\n\r\n"), pause(minutes(4)), say("x"), read_all()});
  EXPECT_EQ(client.end - began, minutes(9));
}

TEST_F(tunnels, AClientThatResetsEndsTheUpstreamsSide) {
  serve({await("\r\n\r\n"), say(accepted), read_all()});
  ask({say(upgrade()), await("\r\n\r\n"), reset()});
  EXPECT_TRUE(gateway.world().run_until([&] { return backend->at(0).done; },
                                        gateway.world().now() + seconds(1)));
}

TEST_F(tunnels, AnUpstreamThatResetsEndsTheClientsSide) {
  serve({await("\r\n\r\n"), say(accepted), await("x"), reset()});
  const heard& client = ask({say(upgrade()), await("\r\n\r\n"), say("x"), read_all()});
  EXPECT_TRUE(client.ended || client.torn_down);
  EXPECT_LT(client.end - began, seconds(1));
}

TEST_F(tunnels, ARefusedUpgradeIsAnOrdinaryAnswer) {
  serve({await("\r\n\r\n"), say("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"),
         await("GET /next"), await("\r\n\r\n"), say("HTTP/1.1 204 No Content\r\n\r\n"),
         read_all()});
  const heard& client =
      ask({say(upgrade()), await("no"),
           say("GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), read_all()});
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 403 ")) << client.text;
  EXPECT_EQ(times_in(client.text, "HTTP/1.1 204 "), 1U);
  EXPECT_EQ(backend->connections(), 1U);
}

TEST_F(tunnels, WhereTheRouteForbidsThemTheUpstreamIsNotAsked) {
  serve({await("\r\n\r\n"), say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), read_all()});
  ask({say(upgrade("/plain")), await("ok")});
  EXPECT_EQ(backend->at(0).text.find("Upgrade"), std::string::npos) << backend->at(0).text;
}

TEST_F(tunnels, A101ThatNobodyAskedForIs502) {
  serve({await("\r\n\r\n"), say(accepted + "smuggled"), read_all()});
  const heard& client = ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 502 ")) << client.text;
  EXPECT_EQ(client.text.find("smuggled"), std::string::npos);
  EXPECT_TRUE(backend->at(0).ended || backend->at(0).torn_down);
}

TEST_F(tunnels, A101ToAnotherProtocolIs502) {
  serve({await("\r\n\r\n"),
         say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n"
             "Connection: Upgrade\r\n\r\nsmuggled"),
         read_all()});
  const heard& client = ask({say(upgrade()), await("\r\n\r\n")});
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 502 ")) << client.text;
}

TEST_F(tunnels, H2cIsNeverAskedFor) {
  serve({await("\r\n\r\n"), say("HTTP/1.1 204 No Content\r\n\r\n"), read_all()});
  ask({say("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
           "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"),
       await("204")});
  EXPECT_EQ(backend->at(0).text.find("h2c"), std::string::npos);
  EXPECT_EQ(backend->at(0).text.find("HTTP2-Settings"), std::string::npos);
}

}  // namespace
}  // namespace ferroway::sim
