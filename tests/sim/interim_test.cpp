// Interim answers (RFC 9110, 15.2) and Expect: 100-continue, end to end.
#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::seconds;

class interims : public raw_world {};

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

std::string many(int count) {
  std::string all;
  for (int i = 0; i < count; ++i)
    all += "HTTP/1.1 103 Early Hints\r\nLink: <" + std::to_string(i) + ">\r\n\r\n";
  return all;
}

TEST_F(interims, PassInOrderWithTheirFields) {
  serve({await("\r\n\r\n"),
         say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n"
             "Connection: X-Hop\r\nX-Hop: 1\r\n\r\n"),
         pause(seconds(1)), say(ok), read_all()});
  const heard& client = ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(plain(client.text),
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
}

TEST_F(interims, AnHttp10ClientGetsNone) {
  serve({await("\r\n\r\n"), say(many(3)), say(ok), read_all()});
  const heard& client = ask("GET / HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 200 ")) << client.text;
  EXPECT_EQ(client.text.find("103"), std::string::npos);
}

TEST_F(interims, ThirtyTwoPassAndOneMoreIsAFault) {
  serve({{await("\r\n\r\n"), say(many(32) + ok), read_all()},
         {await("\r\n\r\n"), say(many(33) + ok), read_all()}});
  const heard& fine = ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(times_in(fine.text, "HTTP/1.1 103 "), 32U);
  EXPECT_EQ(times_in(fine.text, "HTTP/1.1 200 "), 1U);
  gateway.world().run_for(seconds(70));
  const heard& flooded = ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(times_in(flooded.text, "HTTP/1.1 502 "), 1U) << flooded.text;
  EXPECT_EQ(times_in(flooded.text, "HTTP/1.1 200 "), 0U);
}

TEST_F(interims, EachOneGrantsTheUpstreamItsTimeAgain) {
  serve({await("\r\n\r\n"), pause(seconds(10)), say("HTTP/1.1 102 Processing\r\n\r\n"),
         pause(seconds(10)), say(ok), read_all()});
  const heard& client = ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(times_in(client.text, "HTTP/1.1 200 "), 1U) << client.text;
}

const std::string expecting =
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";

TEST_F(interims, ABodyIsSentAfterTheUpstreamsGoAhead) {
  serve({await("\r\n\r\n"), pause(seconds(1)), say("HTTP/1.1 100 Continue\r\n\r\n"), await("hello"),
         say(ok), await("GET /next"), await("\r\n\r\n"), say(ok), read_all()});
  const heard& client =
      ask({say(expecting), await("100 Continue\r\n\r\n"), say("hello"), await("ok"),
           say("GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), read_all()});
  EXPECT_TRUE(client.played);
  EXPECT_EQ(times_in(client.text, "HTTP/1.1 200 "), 2U) << "the connection goes on";
  EXPECT_NE(backend->at(0).text.find("Expect: 100-continue\r\n"), std::string::npos);
  EXPECT_EQ(backend->connections(), 1U);
}

TEST_F(interims, AFinalAnswerInsteadEndsTheConnection) {
  serve({await("\r\n\r\n"), say("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"),
         read_all()});
  const heard& client = ask(expecting);
  EXPECT_EQ(plain(client.text),
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
  EXPECT_TRUE(client.ended);
  EXPECT_LT(client.end - began, seconds(1));
  EXPECT_TRUE(backend->at(0).text.ends_with("\r\n\r\n")) << "and no body goes anywhere";
  EXPECT_TRUE(backend->at(0).done) << "half a request is no connection to use again";
}

TEST_F(interims, ABodySentBehindAFinalAnswerIsNeverARequest) {
  serve({await("\r\n\r\n"), say("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"),
         read_all()});
  const heard& client =
      ask({say(expecting), await("no"), say("GET /fixed HTTP/1.1\r\nHost: a\r\n\r\n"), read_all()});
  EXPECT_EQ(times_in(client.text, "HTTP/1.1 "), 1U) << client.text;
}

TEST_F(interims, AClientThatDoesNotWaitIsServedToo) {
  serve({await("\r\n\r\nhello"), say(ok), read_all()});
  const heard& client = ask({say(expecting + "hello"), await("ok")});
  EXPECT_TRUE(client.played) << client.text;
}

}  // namespace
}  // namespace ferroway::sim
