// forward_auth through the whole gateway: what the service is asked, and that nobody passes while
// it hangs, breaks or talks nonsense; and that what it says of the client nobody else can say.
#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The service and the backend share an address: the first connection is the service's.
constexpr const char* yaml = R"(
listeners: [{name: public, address: 10.0.0.1:80}]
use: [request_id, access_log]
admin: off
upstreams:
  service: {endpoints: [http://10.0.1.1:8000]}
  authn: {endpoints: [http://10.0.1.1:8000], host: endpoint}
middlewares:
  auth:
    forward_auth: {to: authn, path: "/verify?for=api", timeout: 3s, to_request: [X-User],
                   to_response: [Set-Cookie]}
  lenient: {forward_auth: {to: authn, timeout: 3s, on_error: pass}}
  choosy: {forward_auth: {to: authn, request_headers: [X-Real-IP]}}
routes:
  - {path: /, use: [auth], to: service}
  - {path: /lenient, use: [lenient], to: service}
  - {path: /choosy, use: [choosy], to: service}
  - {path: /plain, to: service}
)";

std::string request(const std::string& start, const std::string& fields = {},
                    const std::string& body = {}) {
  return start + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
}

std::string get(const std::string& path, const std::string& fields = {}) {
  return request("GET " + path, "Connection: close\r\n" + fields);
}

std::string says(const std::string& status, const std::string& fields = {},
                 const std::string& body = {}) {
  return "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// Answers one request and waits for the gateway to close.
script answers(const std::string& text) {
  return {await("\r\n\r\n"), say(text), await("\r\n\r\n"), say(text), read_all()};
}

class authorised_world : public raw_world {
 protected:
  authorised_world() : raw_world(yaml) {}

  bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }
  void expect_status(const heard& client, const char* status) {
    EXPECT_TRUE(client.text.starts_with(std::string("HTTP/1.1 ") + status)) << client.text;
  }
  void expect_unknown(const heard& client) {
    expect_status(client, "503");
    EXPECT_TRUE(has(client.text, "problems/permission-unknown")) << client.text;
    EXPECT_TRUE(has(client.text, "\r\nRetry-After: 1\r\n")) << client.text;
  }
};

TEST_F(authorised_world, TheServiceIsAskedAboutTheRequestAndSaysWhoTheClientIs) {
  serve({answers(says("200 OK", "X-User: ann\r\nSet-Cookie: s=1\r\nX-Else: 1\r\n", "fine")),
         answers(says("200 OK", "Set-Cookie: t=2\r\n", "hello"))});
  const heard& client = ask(request("POST /a%2Db?c=d&e",
                                    "Connection: close\r\nContent-Length: 4\r\nCookie: k=v\r\n"
                                    "Content-Type: text/plain\r\nIf-None-Match: \"1\"\r\n"
                                    "X-User: root\r\nX_User: root\r\nx.user: root\r\n"
                                    "X-Forwarded-Method: GET\r\nX_Forwarded_Uri: /open\r\n",
                                    "body"));
  expect_status(client, "200");
  EXPECT_TRUE(client.text.ends_with("\r\n\r\nhello")) << client.text;
  EXPECT_TRUE(has(client.text, "Set-Cookie: s=1\r\n")) << client.text;
  EXPECT_TRUE(has(client.text, "Set-Cookie: t=2\r\n")) << client.text;

  const std::string& asked = backend->at(0).text;
  EXPECT_TRUE(asked.starts_with("GET /verify?for=api HTTP/1.1\r\n")) << asked;
  for (const char* line : {"Host: 10.0.1.1:8000\r\n", "X-Forwarded-Method: POST\r\n",
                           "X-Forwarded-Uri: /a-b?c=d&e\r\n", "X-Forwarded-Host: h\r\n",
                           "Cookie: k=v\r\n", "X-Request-ID: "}) {
    EXPECT_TRUE(has(asked, line)) << line << asked;
  }
  for (const char* part : {"Content-", "If-None-Match", "root", "X_Forwarded", "body"}) {
    EXPECT_FALSE(has(asked, part)) << part << asked;
  }
  EXPECT_EQ(times_in(asked, "X-Forwarded-Method"), 1U);

  const std::string& forwarded = backend->at(1).text;
  EXPECT_TRUE(forwarded.starts_with("POST /a-b?c=d&e HTTP/1.1\r\n")) << forwarded;
  EXPECT_TRUE(has(forwarded, "X-User: ann\r\n")) << forwarded;
  EXPECT_FALSE(has(forwarded, "root")) << forwarded;
  EXPECT_FALSE(has(forwarded, "X-Else")) << forwarded;
  EXPECT_TRUE(forwarded.ends_with("\r\n\r\nbody")) << forwarded;
}

TEST_F(authorised_world, WhatOtherProxiesSayComesFromNoClient) {
  const std::string claims =
      "X-Original-URL: /else\r\nx-original-uri: /else\r\nX_Original_Method: /else\r\n"
      "X-Rewrite-URL: /else\r\nX-Forwarded-Port: /else\r\nX-Forwarded-Prefix: /else\r\n"
      "X-Real-IP: /else\r\n";
  serve({answers(says("200 OK", "", "fine")), answers(says("200 OK", "", "hello"))});
  expect_status(ask(get("/a", claims)), "200");
  EXPECT_FALSE(has(backend->at(0).text, "/else")) << backend->at(0).text;
}

TEST_F(authorised_world, WhatOtherProxiesSayGoesAlongWhereItIsNamed) {
  serve({answers(says("200 OK", "", "fine")), answers(says("200 OK", "", "hello"))});
  expect_status(ask(get("/choosy", "X-Real-IP: /else\r\nX-Original-URL: /no\r\n")), "200");
  EXPECT_TRUE(has(backend->at(0).text, "X-Real-IP: /else\r\n")) << backend->at(0).text;
  EXPECT_FALSE(has(backend->at(0).text, "/no")) << backend->at(0).text;
}

TEST_F(authorised_world, NoClientSaysWhoItIsOnAnyRouteNorInTrailers) {
  serve(answers(says("200 OK", "", "hello")));
  ask(request("POST /plain",
              "Connection: close\r\nTransfer-Encoding: chunked\r\nX-User: root\r\nX_USER: root\r\n",
              "4\r\nbody\r\n0\r\nX-User: root\r\nx_user: root\r\nX-Sum: 1\r\n\r\n"));
  const std::string& forwarded = backend->at(0).text;
  EXPECT_TRUE(has(forwarded, "X-Sum: 1\r\n")) << forwarded;
  EXPECT_FALSE(has(forwarded, "root")) << forwarded;
}

TEST_F(authorised_world, ARefusalIsTheClientsAndKeepsBothConnections) {
  const std::string refusal = says(
      "302 Found", "Location: https://id.test/login\r\nX-Inner: 1\r\nContent-Type: text/plain\r\n",
      "log in");
  serve(answers(refusal));
  const heard& client = ask({say(request("GET /a")), await("log in"), say(get("/b")), read_all()});
  EXPECT_EQ(times_in(client.text, "HTTP/1.1 302 Found\r\n"), 2U) << client.text;
  EXPECT_EQ(times_in(client.text, "Location: https://id.test/login\r\n"), 2U) << client.text;
  EXPECT_EQ(times_in(client.text, "\r\n\r\nlog in"), 2U) << client.text;
  EXPECT_FALSE(has(client.text, "X-Inner")) << client.text;
  EXPECT_EQ(backend->connections(), 1U);
}

TEST_F(authorised_world, AServiceThatHangsIsWaitedForSoLong) {
  serve(script{await("\r\n\r\n"), read_all()});
  const heard& client = ask(get("/a"));
  expect_unknown(client);
  EXPECT_EQ(client.end - began, seconds(3));
  EXPECT_EQ(backend->connections(), 1U);
}

TEST_F(authorised_world, AHeadThatTricklesHasNoLonger) {
  serve(script{await("\r\n\r\n"), say("HTTP/1.1 200 OK\r\n"), pause(seconds(2)), say("X-A: 1\r\n"),
               pause(seconds(2)), say("Content-Length: 0\r\n\r\n"), read_all()});
  const heard& client = ask(get("/a"));
  expect_unknown(client);
  EXPECT_EQ(client.end - began, seconds(3));
}

TEST_F(authorised_world, AServiceThatBreaksIsAskedOnceMore) {
  serve({script{await("\r\n\r\n"), reset()}, answers(says("200 OK")),
         answers(says("200 OK", "", "hello"))});
  expect_status(ask(get("/a")), "200");
  EXPECT_EQ(backend->connections(), 3U);
}

TEST_F(authorised_world, AServiceThatGoesOnBreakingLetsNobodyPass) {
  serve(script{await("\r\n\r\n"), reset()});
  expect_unknown(ask(get("/a")));
  EXPECT_EQ(backend->connections(), 2U);
}

TEST_F(authorised_world, AServiceThatIsNotThereLetsNobodyPass) { expect_unknown(ask(get("/a"))); }

TEST_F(authorised_world, NonsenseLetsNobodyPass) {
  const std::vector<std::string> nonsense{
      "nonsense\r\n\r\n",
      "HTTP/1.1 200 OK\r\nBad Name: 1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX-User: a\r\n b\r\n\r\n",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
      says("500 Internal Server Error"),
      says("503 Service Unavailable")};
  std::vector<script> scripts;
  for (const std::string& each : nonsense) {
    scripts.push_back({await("\r\n\r\n"), say(each), end_writing(), read_all()});
  }
  serve(scripts);
  for (const std::string& each : nonsense) {
    SCOPED_TRACE(each);
    expect_unknown(ask(get("/a")));
  }
  EXPECT_EQ(times_in(backend->all_text(), "GET /a "), 0U);
}

TEST_F(authorised_world, AnInterimAnswerIsNoAnswer) {
  serve({answers("HTTP/1.1 103 Early Hints\r\n\r\n" + says("403 Forbidden")), script{}});
  const heard& client = ask(get("/a"));
  expect_status(client, "403");
  EXPECT_FALSE(has(client.text, "103")) << client.text;
}

TEST_F(authorised_world, ARefusalStandsWhateverBecomesOfItsBody) {
  serve({script{await("\r\n\r\n"),
                say("HTTP/1.1 403 Forbidden\r\nContent-Type: a/b\r\nContent-Length: 9\r\n\r\nabc"),
                end_writing(), read_all()},
         script{await("\r\n\r\n"),
                say("HTTP/1.1 401 Unauthorized\r\nContent-Length: 100000\r\n\r\n" +
                    std::string(100000, 'x')),
                read_all()}});
  const heard& cut = ask(get("/a"));
  expect_status(cut, "403");
  EXPECT_TRUE(cut.text.ends_with("\r\n\r\n")) << cut.text;
  EXPECT_FALSE(has(cut.text, "Content-Type")) << cut.text;
  const heard& long_one = ask(get("/lenient"));
  expect_status(long_one, "401");
  EXPECT_TRUE(has(long_one.text, "Content-Length: 0\r\n")) << long_one.text;
}

// What was decided is the answer, when the time for the words is over.
TEST_F(authorised_world, ARefusalWhoseBodyHangsOrDripsHasNoLonger) {
  const std::string begun = "HTTP/1.1 403 Forbidden\r\nContent-Length: 99\r\n\r\nabc";
  script drips{await("\r\n\r\n"), say(begun)};
  for (int i = 0; i < 50; ++i) {
    drips.push_back(pause(seconds(1)));
    drips.push_back(say("x"));
  }
  serve({script{await("\r\n\r\n"), say(begun), read_all()}, drips});
  for (int i = 0; i < 2; ++i) {
    const heard& client = ask(get("/a"));
    expect_status(client, "403");
    EXPECT_TRUE(client.text.ends_with("\r\n\r\n")) << client.text;
    EXPECT_EQ(client.end - began, seconds(3));
  }
}

TEST_F(authorised_world, OnlyWhereTheFileSaysSoAFailureLetsPass) {
  serve({script{await("\r\n\r\n"), read_all()}, answers(says("200 OK", "", "hello"))});
  const heard& client = ask(get("/lenient"));
  expect_status(client, "200");
  EXPECT_EQ(client.end - began, seconds(3));
  EXPECT_TRUE(backend->at(1).text.starts_with("GET /lenient ")) << backend->at(1).text;
}

TEST_F(authorised_world, WhenTheClientIsGoneNothingIsAskedAnyMore) {
  serve(script{await("\r\n\r\n"), read_all()});
  ask({say(get("/a")), pause(seconds(1)), reset()});
  EXPECT_TRUE(
      gateway.world().run_until([&] { return backend->at(0).done; }, began + milliseconds(1500)));
  EXPECT_EQ(backend->connections(), 1U);
}

TEST_F(authorised_world, AWebSocketIsAskedAboutFirst) {
  const std::string upgrade =
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  serve({script{await("\r\n\r\n"), say(says("401 Unauthorized")), await("\r\n\r\n"),
                say(says("200 OK", "X-User: ann\r\n")), read_all()},
         script{await("\r\n\r\n"),
                say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                    "Connection: Upgrade\r\n\r\nhi"),
                end_writing(), read_all()}});
  const heard& refused =
      ask({say(request("GET /ws", upgrade)), await("401"), end_writing(), read_all()});
  expect_status(refused, "401");
  EXPECT_FALSE(has(backend->at(0).text, "Upgrade: ")) << backend->at(0).text;
  const heard& opened =
      ask({say(request("GET /ws", upgrade)), await("hi"), end_writing(), read_all()});
  expect_status(opened, "101");
  EXPECT_TRUE(has(backend->at(1).text, "X-User: ann\r\n")) << backend->at(1).text;
}

}  // namespace
}  // namespace ferroway::sim
