// What reaches a client of what an upstream answers, or fails to.
#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string last_get = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

class answers : public raw_world {
 protected:
  // What a client gets when the upstream answers `bytes` and stays, or ends.
  std::string of(std::string_view request, const std::string& bytes, bool ends = false) {
    script steps{await("\r\n\r\n"), say(bytes)};
    if (ends) steps.push_back(end_writing());
    steps.push_back(read_all());
    serve(std::move(steps));
    return plain(ask(std::string(request)).text);
  }
};

class malformed : public answers, public testing::WithParamInterface<std::string> {};

TEST_P(malformed, AnswerIs502AndNothingOfItIsPassedOn) {
  const std::string text = of(last_get, GetParam() + "evil-body");
  EXPECT_TRUE(text.starts_with("HTTP/1.1 502 ")) << text;
  EXPECT_EQ(text.find("evil"), std::string::npos) << text;
  EXPECT_EQ(times_in(text, "HTTP/1.1 "), 1U);
  EXPECT_NE(text.find("upstream-malformed"), std::string::npos) << text;
  EXPECT_EQ(backend->connections(), 1U) << "and it is not asked again";
  EXPECT_TRUE(gateway.world().run_until([&] { return backend->at(0).done; },
                                        gateway.world().now() + seconds(1)))
      << "the connection is closed";
}
INSTANTIATE_TEST_SUITE_P(
    Of, malformed,
    testing::Values(
        "evil\r\n\r\n", "HTTP/1.1 2000 evil\r\n\r\n", "HTTP/1.1 20 evil\r\n\r\n",
        "HTTP/1.1  200 evil\r\n\r\n", "HTTP/2 200 evil\r\n\r\n", "http/1.1 200 evil\r\n\r\n",
        "ICY 200 evil\r\n\r\n", "\r\nHTTP/1.1 200 evil\r\n\r\n", "HTTP/1.1 200 evil\n\n",
        "HTTP/1.1 200 OK\r\nX-Evil : 1\r\n\r\n", "HTTP/1.1 200 OK\r\nX-Evil\r\n\r\n",
        "HTTP/1.1 200 OK\r\n X-Evil: 1\r\n\r\n", "HTTP/1.1 200 OK\r\nX-Evil: a\r\n b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-Evil: a\rb\r\n\r\n", "HTTP/1.1 200 OK\r\nX(Evil: 1\r\n\r\n",
        std::string("HTTP/1.1 200 OK\r\nX-Evil: a\0b\r\n\r\n", 32),
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 4, 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0x4\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nevil\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n4\r\nevil\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nevil\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-4\r\nevil\r\n",
        "HTTP/1.1 200 OK\r\nX-Evil: " + std::string(70000, 'x') + "\r\n\r\n"));

TEST_F(answers, AChunkThatIsWrongLaterCutsTheAnswer) {
  const std::string text =
      of(get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string("4\r\n") +
                  "good\r\n" + std::string(30000, '0') + "evil\r\n0\r\n\r\n");
  EXPECT_FALSE(text.ends_with("0\r\n\r\n")) << text;
  EXPECT_EQ(text.find("evil"), std::string::npos);
}

TEST_F(answers, AnEndBeforeTheHeadIsCompleteIs502) {
  const std::string text = of(last_get, "HTTP/1.1 200 OK\r\nX-Half: evil", true);
  EXPECT_TRUE(text.starts_with("HTTP/1.1 502 ")) << text;
  EXPECT_EQ(text.find("evil"), std::string::npos);
  EXPECT_EQ(backend->connections(), 1U) << "an answer had begun: not asked again";
}

TEST_F(answers, AShortBodyIsCutAndTheConnectionEnds) {
  const std::string text = of(get, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", true);
  EXPECT_TRUE(text.ends_with("Content-Length: 10\r\n\r\nhalf")) << text;
}

TEST_F(answers, ABodyThatEndsWithTheConnectionIsChunkedForHttp11) {
  serve({{await("\r\n\r\n"), say("HTTP/1.1 200 OK\r\n\r\nall of it"), pause(seconds(1)),
          end_writing(), read_all()},
         {await("\r\n\r\n"), say(ok), read_all()}});
  const heard& client = ask({say(get), await("0\r\n\r\n"), say(last_get), read_all()});
  EXPECT_EQ(plain(client.text),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nall of it\r\n0\r\n\r\n"
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
  EXPECT_EQ(backend->connections(), 2U);
}

TEST_F(answers, AnHttp10ClientGetsTheEndOfTheConnectionForChunks) {
  serve({await("\r\n\r\n"),
         say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
         pause(seconds(1)), say("3\r\ndef\r\n0\r\n\r\n"), read_all()});
  const heard& client = ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(plain(client.text), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcdef");
  EXPECT_TRUE(client.ended);
  EXPECT_FALSE(client.torn_down);
}

TEST_F(answers, AnHttp10ClientSeesAResetWhereTheAnswerIsCut) {
  serve({await("\r\n\r\n"),
         say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
         pause(seconds(1)), end_writing(), read_all()});
  const heard& client = ask("GET / HTTP/1.0\r\n\r\n");
  EXPECT_FALSE(client.ended) << "an end would pass for the end of the body";
  EXPECT_TRUE(client.torn_down);
}

TEST_F(answers, AnHttp10ClientMayKeepItsConnectionWhereTheLengthIsKnown) {
  serve({await("\r\n\r\n"), say(ok), await("\r\n\r\n"), say(ok), read_all()});
  const heard& client = ask({say("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), await("ok"),
                             say("GET / HTTP/1.0\r\n\r\n"), read_all()});
  EXPECT_EQ(plain(client.text),
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok"
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
}

TEST_F(answers, AHeadAnswerStatesALengthAndHasNoBody) {
  serve({await("\r\n\r\n"), say("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"),
         await("\r\n\r\n"), say(ok), read_all()});
  const heard& client = ask(
      {say("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"), await("\r\n\r\n"), say(last_get), read_all()});
  EXPECT_EQ(plain(client.text),
            "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
  EXPECT_EQ(backend->connections(), 1U);
}

TEST_F(answers, AHeadAnswerOfUnknownLengthStatesNone) {
  EXPECT_EQ(of("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
}

TEST_F(answers, AHeadOfAFixedAnswerStatesItsLength) {
  EXPECT_EQ(plain(ask("HEAD /fixed HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").text),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n"
            "Connection: close\r\n\r\n");
}

TEST_F(answers, NoContentAndNotModifiedHaveNoBody) {
  serve({await("\r\n\r\n"), say("HTTP/1.1 204 No Content\r\n\r\n"), await("\r\n\r\n"),
         say("HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 77\r\n\r\n"),
         await("\r\n\r\n"), say(ok), read_all()});
  const heard& client =
      ask({say(get), await("\r\n\r\n"), say(get), await("\r\n\r\n"), say(last_get), read_all()});
  EXPECT_EQ(plain(client.text),
            "HTTP/1.1 204 No Content\r\n\r\n"
            "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 77\r\n\r\n"
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
}

TEST_F(answers, SurplusBytesNeverReachTheNextClient) {
  for (const char* first :
       {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"}) {
    if (backend) {
      backend->stop();
      ASSERT_TRUE(gateway.world().run_until([&] { return backend->live() == 0; }));
    }
    serve(
        {{await("\r\n\r\n"),
          say(std::string(first) + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"), read_all()},
         {await("\r\n\r\n"), say(ok), read_all()}});
    EXPECT_EQ(ask({say(get), await("\r\n\r\n"), pause(seconds(1))}).text.find("evil"),
              std::string::npos);
    const heard& next = ask(last_get);
    EXPECT_EQ(next.text.find("evil"), std::string::npos) << next.text;
    EXPECT_TRUE(next.text.ends_with("ok")) << next.text;
    EXPECT_EQ(backend->connections(), 2U);
  }
}

TEST_F(answers, SurplusThatComesLaterClosesTheConnectionToo) {
  serve({{await("\r\n\r\n"), say(ok), pause(seconds(1)),
          say("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"), read_all()},
         {await("\r\n\r\n"), say(ok), read_all()}});
  ask({say(get), await("ok"), pause(seconds(2))});
  EXPECT_TRUE(backend->at(0).done);
  const heard& next = ask(last_get);
  EXPECT_EQ(next.text.find("evil"), std::string::npos) << next.text;
  EXPECT_EQ(backend->connections(), 2U);
}

TEST_F(answers, ABodyOfAHeadAnswerIsSurplus) {
  serve({{await("\r\n\r\n"), say(ok), read_all()}, {await("\r\n\r\n"), say(ok), read_all()}});
  const heard& client = ask(
      {say("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"), await("\r\n\r\n"), say(last_get), read_all()});
  EXPECT_EQ(plain(client.text),
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
  EXPECT_EQ(backend->connections(), 2U);
}

TEST_F(answers, TrailersPass) {
  EXPECT_EQ(of(last_get,
               "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n"
               "3\r\nabc\r\n0\r\nX-Sum: 7\r\nContent-Length: 1\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            "3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n");
}

TEST_F(answers, HopByHopFieldsStayAtTheirHop) {
  EXPECT_EQ(
      of("GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Mine\r\nX-Mine: 1\r\nTE: trailers\r\n"
         "Keep-Alive: timeout=5\r\nX-Kept: 2\r\n\r\n",
         "HTTP/1.1 200 OK\r\nConnection: X-Theirs\r\nX-Theirs: 1\r\nKeep-Alive: timeout=5\r\n"
         "Proxy-Authenticate: Basic\r\nX-Kept: 3\r\nContent-Length: 0\r\n\r\n"),
      "HTTP/1.1 200 OK\r\nX-Kept: 3\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  const std::string& asked = backend->at(0).text;
  EXPECT_NE(asked.find("X-Kept: 2\r\n"), std::string::npos) << asked;
  for (const char* name : {"X-Mine", "TE:", "Keep-Alive", "Connection"}) {
    EXPECT_EQ(asked.find(name), std::string::npos) << asked;
  }
}

// With request_id in the pipeline the answer is made before the scopes that ended the work are
// looked at: it must still be sent.
TEST_F(answers, HalfAHeadIsToldSo) {
  const heard& client = ask("GET / HTTP/1.1\r\nHost: a");
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 408 ")) << client.text;
}

TEST_F(answers, AnExchangeThatTakesTooLongIsToldSo) {
  serve({await("\r\n\r\n"), read_all()});
  const heard& client = ask("GET /whole HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 504 ")) << client.text;
  EXPECT_EQ(client.end - began, seconds(5));
}

}  // namespace
}  // namespace ferroway::sim
