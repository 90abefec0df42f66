// Signed requests through the whole gateway: what was signed is what comes, once, and no backend
// sees a body before its digest is right.
#include "base/base64.hpp"
#include "credentials/mac_key.hpp"
#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

constexpr const char* secret = "0123456789abcdef0123456789abcdef";

// Where a reload would find its keys there is no file: they come from the environment.
constexpr const char* yaml = R"(
listen: "10.0.0.1:80"
admin: off
consumers: {acme: [gold]}
middlewares:
  signed:
    hmac:
      keys: [{id: acme-1, consumer: acme, secret: "${FERROWAY_TEST_MAC}"}]
      nonces: 100
      body_bytes: 64KiB
      max_age: 60s
      leeway: 5s
      to_headers: {X-Consumer: consumer}
routes:
  - {path: /orders, use: [signed], to: http://10.0.1.1:8000}
)";

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

std::string base64_of(const credentials::digest& of) {
  return encode_base64({reinterpret_cast<const char*>(of.data()), of.size()});
}

class hmac : public raw_world {
 protected:
  hmac()
      : raw_world((::setenv("FERROWAY_TEST_MAC", encode_base64(secret).c_str(), 1), yaml), {}, 2) {}

  std::string head(const std::string& nonce, const std::string& framing = "",
                   const std::string& body = "", duration age = {}) {
    const bool has_body = !framing.empty();
    const auto created = std::chrono::duration_cast<std::chrono::seconds>(
        (gateway.world().wall_now() - age).time_since_epoch());
    const std::string method = has_body ? "POST" : "GET";
    const std::string digest = "sha-256=:" + base64_of(*by_.of(body)) + ":";
    const std::string list = "(\"@method\" \"@authority\" \"@path\" \"@query\"" +
                             std::string(has_body ? " \"content-digest\"" : "") +
                             ");created=" + std::to_string(created.count()) +
                             ";keyid=\"acme-1\";nonce=\"" + nonce + "\"";
    const std::string base =
        "\"@method\": " + method + "\n\"@authority\": a\n\"@path\": /orders\n\"@query\": ?\n" +
        (has_body ? "\"content-digest\": " + digest + "\n" : "") + "\"@signature-params\": " + list;
    return method + " /orders HTTP/1.1\r\nHost: a\r\n" + framing +
           (has_body ? "Content-Digest: " + digest + "\r\n" : "") + "Signature-Input: s=" + list +
           "\r\nSignature: s=:" + base64_of(*credentials::mac_key(secret).sign(by_, base)) +
           ":\r\n\r\n";
  }

  credentials::digester by_;
};

TEST_F(hmac, ARequestIsTakenOnceOnWhicheverWorker) {
  serve({await("\r\n\r\n"), say(ok), read_all()});
  const std::string request = head("n1");
  EXPECT_TRUE(ask({say(request), await("ok")}).text.starts_with("HTTP/1.1 200 "));
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(ask({say(request), await("}\n")}).text.starts_with("HTTP/1.1 401 "));
  }
  EXPECT_EQ(times_in(backend->all_text(), "X-Consumer: acme\r\n"), 1U);
  EXPECT_EQ(times_in(backend->all_text(), "GET "), 1U);
}

// A second later than the last at which it counts.
TEST_F(hmac, ASignatureHasItsTime) {
  serve({await("\r\n\r\n"), say(ok), await("\r\n\r\n"), say(ok), read_all()});
  const std::string early = head("n1"), late = head("n2");
  gateway.world().run_for(std::chrono::seconds(65));
  const heard& in_time = ask({say(early), await("ok")});
  EXPECT_TRUE(in_time.text.starts_with("HTTP/1.1 200 ")) << in_time.text;
  gateway.world().run_for(std::chrono::seconds(1));
  const heard& too_late = ask({say(late), await("}\n")});
  EXPECT_TRUE(too_late.text.starts_with("HTTP/1.1 401 ")) << too_late.text;
}

TEST_F(hmac, ABodyIsSentOnOnceItsDigestIsRight) {
  serve({await("abcdef"), say(ok), read_all()});
  heard& client = begin({say(head("n1", "Content-Length: 6\r\n", "abcdef")), say("abc"),
                         pause(std::chrono::seconds(3)), say("def"), await("ok")});
  gateway.world().run_for(std::chrono::seconds(2));
  EXPECT_EQ(backend->all_text(), "") << "no byte before the last";
  EXPECT_TRUE(finish(client).text.starts_with("HTTP/1.1 200 "));
}

TEST_F(hmac, AChunkedBodyGetsALengthAndNoTrailers) {
  serve({await("abcdef"), say(ok), read_all()});
  const heard& client =
      ask({say(head("n1", "Transfer-Encoding: chunked\r\n", "abcdef")),
           say("3\r\nabc\r\n3\r\ndef\r\n0\r\nX-Late: unsigned\r\n\r\n"), await("ok")});
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 200 ")) << client.text;
  EXPECT_EQ(times_in(backend->all_text(), "Content-Length: 6\r\n"), 1U) << backend->all_text();
  EXPECT_EQ(times_in(backend->all_text(), "unsigned"), 0U);
  EXPECT_EQ(times_in(backend->all_text(), "chunked"), 0U);
}

TEST_F(hmac, AnotherBodyReachesNoBackendAndTheConnectionGoesOn) {
  serve({await("\r\n\r\n"), say(ok), read_all()});
  const heard& client = ask({say(head("n1", "Content-Length: 6\r\n", "abcdef")), say("abc"),
                             pause(std::chrono::milliseconds(10)), say("deX"), await("}\n"),
                             say(head("n2")), await("ok")});
  EXPECT_EQ(times_in(client.text, "HTTP/1.1 401 "), 1U) << client.text;
  EXPECT_EQ(times_in(client.text, "HTTP/1.1 200 "), 1U) << client.text;
  EXPECT_EQ(times_in(backend->all_text(), "POST"), 0U);
}

TEST_F(hmac, WhoWaitsToBeAskedForTheBodyIsAsked) {
  serve({await("abcdef"), say(ok), read_all()});
  const heard& client =
      ask({say(head("n1", "Content-Length: 6\r\nExpect: 100-continue\r\n", "abcdef")),
           await("HTTP/1.1 100 Continue\r\n\r\n"), say("abcdef"), await("ok")});
  EXPECT_EQ(times_in(client.text, "HTTP/1.1 100 "), 1U) << client.text;
  EXPECT_TRUE(client.played);
  EXPECT_EQ(times_in(backend->all_text(), "Expect"), 0U);
}

// Nobody is asked for a body that is not taken anyway.
TEST_F(hmac, WhoIsNotKnownIsNotAskedForTheBody) {
  serve({read_all()});
  std::string forged = head("n1", "Content-Length: 6\r\nExpect: 100-continue\r\n", "abcdef");
  forged.replace(forged.find("Signature: s=:") + 14, 4, "AAAA");
  const heard& client = ask({say(forged), read_all()});
  EXPECT_TRUE(client.text.starts_with("HTTP/1.1 401 ")) << client.text;
}

TEST_F(hmac, ABodyIsHeldToABound) {
  serve({read_all()});
  const std::string large(65537, 'x');
  const heard& told = ask({say(head("n1", "Content-Length: 65537\r\n", large)), read_all()});
  EXPECT_TRUE(told.text.starts_with("HTTP/1.1 413 ")) << told.text;
  const heard& chunked = ask({say(head("n2", "Transfer-Encoding: chunked\r\n", large)),
                              say("10001\r\n" + large + "\r\n"), read_all()});
  EXPECT_TRUE(chunked.text.starts_with("HTTP/1.1 413 ")) << chunked.text;
  EXPECT_EQ(backend->all_text(), "");
}

// Half a body is none, and the memory that held it comes back (raw_world looks).
TEST_F(hmac, WhoLeavesBeforeTheEndLeavesNothing) {
  serve({read_all()});
  ask({say(head("n1", "Content-Length: 6\r\n", "abcdef")), say("abc"), reset()});
  const heard& silent =
      ask({say(head("n2", "Content-Length: 6\r\n", "abcdef")), say("abc"), read_all()});
  EXPECT_TRUE(silent.text.starts_with("HTTP/1.1 408 ")) << silent.text;
  EXPECT_EQ(backend->all_text(), "");
}

}  // namespace
}  // namespace ferroway::sim
