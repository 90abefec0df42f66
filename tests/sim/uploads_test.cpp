// Requests with bodies, connections that went stale, and clients that go away.
#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string get = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

std::string post(std::size_t length, std::string_view more = "") {
  return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(length) + "\r\n" +
         std::string(more) + "\r\n";
}

class uploads : public raw_world {};

TEST_F(uploads, AnEarlyAnswerReachesTheClientAndTheConnectionEnds) {
  serve({await("\r\n\r\n"), say("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"),
         read_all()});
  const heard& client =
      ask({say(post(500000) + std::string(100000, 'x')), await("no"), read_all()});
  EXPECT_TRUE(client.played);
  EXPECT_TRUE(client.ended) << "no reset that could destroy the answer";
  EXPECT_NE(client.text.find("Connection: close\r\n"), std::string::npos) << client.text;
  EXPECT_EQ(times_in(client.text, "HTTP/1.1 "), 1U);
  EXPECT_TRUE(gateway.world().run_until([&] { return backend->at(0).done; },
                                        gateway.world().now() + seconds(3)))
      << "half a request is no connection to use again";
}

TEST_F(uploads, AnAnswerAndACloseBeforeTheBodyIsReadReachTheClient) {
  serve({await("\r\n\r\n"), say("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno"),
         end_writing()});
  const heard& client = ask({say(post(800000) + std::string(800000, 'x')), read_all()});
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 401 ")) << client.text;
  EXPECT_TRUE(client.text.ends_with("no"));
}

TEST_F(uploads, AnAnswerWhileTheBodyStreamsIsCarriedBesideIt) {
  serve({await("one"), say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nONE\r\n"),
         await("two"), say("3\r\nTWO\r\n0\r\n\r\n"), read_all()});
  const heard& client = ask({say("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 "3\r\none\r\n"),
                             await("ONE"), say("3\r\ntwo\r\n0\r\n\r\n"), await("0\r\n\r\n")});
  EXPECT_TRUE(client.played) << client.text;
}

TEST_F(uploads, TrailersPass) {
  serve({await("0\r\nX-Sum: 7\r\n\r\n"), say(ok), await("0\r\nX-Sum: 8\r\n\r\n"), say(ok),
         read_all()});
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const heard& client =
      ask({say(head + "3\r\nabc\r\n0\r\nX-Sum: 7\r\nHost: evil\r\n\r\n"), await("ok"), say(head),
           pause(seconds(1)), say("1\r\nd\r\n0\r\nX-Sum: 8\r\n\r\n"), await("ok")});
  EXPECT_TRUE(client.played) << client.text << backend->all_text();
  EXPECT_EQ(backend->at(0).text.find("evil"), std::string::npos);
  EXPECT_NE(backend->at(0).text.find("3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n"), std::string::npos);
}

TEST_F(uploads, AChunkedBodyThatIsAllThereGetsALength) {
  serve({await("abcdef"), say(ok), read_all()});
  ask({say("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
           "3;x=y\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n"),
       await("ok")});
  const std::string& asked = backend->at(0).text;
  EXPECT_TRUE(asked.ends_with("Content-Length: 6\r\n\r\nabcdef")) << asked;
  EXPECT_EQ(asked.find("Transfer-Encoding"), std::string::npos);
}

TEST_F(uploads, MalformedChunksAre400AndTheUpstreamNeverSeesAnEnd) {
  serve({await("\r\n\r\n"), read_all()});
  const heard& client =
      ask({say("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
           pause(seconds(1)), say("zz\r\nGET /fixed HTTP/1.1\r\nHost: a\r\n\r\n"), read_all()});
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 400 ")) << client.text;
  EXPECT_EQ(times_in(client.text, "HTTP/1.1 "), 1U) << "nothing behind it is looked at";
  EXPECT_FALSE(backend->at(0).text.ends_with("0\r\n\r\n"));
  EXPECT_TRUE(backend->at(0).done);
}

TEST_F(uploads, ABodyTooLargeWhileItStreamsIs413) {
  serve({await("\r\n\r\n"), read_all()});
  script steps{say("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")};
  for (int i = 0; i < 12; ++i)
    steps.push_back(say("186a0\r\n" + std::string(100000, 'x') + "\r\n"));
  steps.push_back(read_all());
  const heard& client = ask(std::move(steps));
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 413 ")) << client.text;
  EXPECT_FALSE(backend->at(0).text.ends_with("0\r\n\r\n"));
}

TEST_F(uploads, A413FromTheHeadIsNotDestroyedByTheBodyBehindIt) {
  const heard& client = ask({say(post(2000000)), pause(std::chrono::milliseconds(100)),
                             say(std::string(50000, 'x')), read_all()});
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 413 ")) << client.text;
  EXPECT_TRUE(client.ended);
  EXPECT_FALSE(client.torn_down);
}

TEST_F(uploads, AStalledBodyIs408) {
  serve({await("\r\n\r\n"), read_all()});
  const heard& client = ask(post(10) + "abc");
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 408 ")) << client.text;
}

// A pooled connection that its backend closes as the next request is on its way.
std::vector<script> stale_then_fresh() {
  return {{await("\r\n\r\n"), say(ok), await("HTTP/1.1\r\n"), end_writing(), read_all()},
          {await("\r\n\r\n"), say(ok), read_all()}};
}

TEST_F(uploads, AGetOnAStaleConnectionIsAskedAgain) {
  serve(stale_then_fresh());
  ask(get);
  const heard& client = ask(get);
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 200 ")) << client.text;
  EXPECT_EQ(backend->connections(), 2U);
}

TEST_F(uploads, APutWithItsBodyAtHandIsAskedAgainWhole) {
  serve(stale_then_fresh());
  ask(get);
  const std::string body(9000, 'b');
  const heard& client =
      ask({say("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n" + body), await("ok")});
  EXPECT_TRUE(client.played) << client.text;
  EXPECT_TRUE(backend->at(1).text.ends_with("\r\n\r\n" + body));
}

TEST_F(uploads, APostIsNeverSentTwice) {
  serve(stale_then_fresh());
  ask(get);
  const heard& client = ask({say(post(3, "Connection: close\r\n") + "abc"), read_all()});
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 502 ")) << client.text;
  EXPECT_EQ(times_in(backend->all_text(), "POST / "), 1U) << backend->all_text();
}

TEST_F(uploads, APostAvoidsAConnectionThatIsKnownToBeClosed) {
  serve({{await("\r\n\r\n"), say(ok), end_writing()}, {await("abc"), say(ok), read_all()}});
  ask(get);
  const heard& client = ask({say(post(3) + "abc"), await("ok")});
  EXPECT_TRUE(client.played) << client.text;
  EXPECT_EQ(times_in(backend->all_text(), "POST / "), 1U);
}

TEST_F(uploads, AnAnswerThatHasBegunIsNeverAskedForAgain) {
  serve(
      {{await("\r\n\r\n"), say("HTTP/1.1 2"), reset()}, {await("\r\n\r\n"), say(ok), read_all()}});
  EXPECT_TRUE(ask(get).text.starts_with("HTTP/1.1 502 "));
  EXPECT_EQ(backend->connections(), 1U);
}

TEST_F(uploads, AClientThatResetsEndsTheUpstreamsWork) {
  serve({await("\r\n\r\n"), read_all()});
  ask({say("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), pause(seconds(1)), reset()});
  EXPECT_TRUE(gateway.world().run_until([&] { return backend->at(0).done; }, began + seconds(2)));
  EXPECT_TRUE(backend->at(0).ended || backend->at(0).torn_down);
}

TEST_F(uploads, AClientThatResetsInMidBodyEndsTheUpstreamsWork) {
  serve({await("abc"), read_all()});
  ask({say(post(10) + "abc"), pause(seconds(1)), reset()});
  EXPECT_TRUE(gateway.world().run_until([&] { return backend->at(0).done; }, began + seconds(2)));
}

TEST_F(uploads, AClientThatHasOnlyFinishedSpeakingIsAnswered) {
  serve({await("\r\n\r\n"), pause(seconds(5)), say(ok), read_all()});
  const heard& client = ask({say("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), end_writing(), read_all()});
  EXPECT_TRUE(client.text.ends_with("ok")) << client.text;
}

TEST_F(uploads, ABodyThatEndsShortIsNoRequest) {
  serve({await("\r\n\r\n"), read_all()});
  const heard& client = ask({say(post(10) + "abc"), end_writing(), read_all()});
  EXPECT_EQ(client.text, "");
  EXPECT_TRUE(gateway.world().run_until([&] { return backend->at(0).done; },
                                        gateway.world().now() + seconds(1)));
}

}  // namespace
}  // namespace ferroway::sim
