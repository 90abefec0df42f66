// Bodies against the Content-Digest that is signed.
#include "unit/middleware/hmac_support.hpp"

namespace ferroway::testing_hmac {
namespace {

using namespace std::chrono_literals;

std::string sha256_of(const std::string& text) {
  const auto made = *credentials::digester().of(text);
  return "sha-256=:" + encode_base64({reinterpret_cast<const char*>(made.data()), made.size()}) +
         ":";
}

class hmac_bodies : public signed_requests {
 protected:
  // The head of a request whose body has that digest.
  std::string head(const std::string& digest, const std::string& framing) {
    const lines covered{{"@method", "POST"},
                        {"@authority", "api.example.com"},
                        {"@path", "/orders"},
                        {"@query", "?"},
                        {"content-digest", digest}};
    return head_of(
        framing + "\r\nContent-Digest: " + digest + "\r\n" + fields_of(covered, parameters()),
        "POST /orders");
  }
  static std::string length(const std::string& body) {
    return "Content-Length: " + std::to_string(body.size());
  }
  const std::string chunked = "Transfer-Encoding: chunked";
};

TEST_F(hmac_bodies, have_to_be_signed) {
  guard(two_keys());
  lines covered = usual;
  covered[0].second = "POST";
  covered[3].second = "?";
  for (const std::string& framing : {length("abc"), chunked}) {
    EXPECT_EQ(
        ask(head_of(framing + "\r\n" + fields_of(covered, parameters()), "POST /orders"), "abc"),
        "401");
    EXPECT_EQ(reason(), "the signature does not cover what it has to: content-digest");
  }
  EXPECT_EQ(
      ask(head_of("Content-Length: 0\r\n" + fields_of(covered, parameters()), "POST /orders")),
      "200")
      << "there is none";
  config::hmac_middleware from = two_keys();
  from.content_digest = false;
  guard(from);
  EXPECT_EQ(ask(head_of(length("abc") + "\r\n" + fields_of(covered, parameters()), "POST /orders"),
                "abc"),
            "200");
}

TEST_F(hmac_bodies, that_came_with_the_head) {
  guard(two_keys());
  EXPECT_EQ(ask(head(sha256_of("abc"), length("abc")), "abc"), "200") << reason();
  EXPECT_EQ(ask(head(sha256_of("abc"), length("abd")), "abd"), "401");
  EXPECT_EQ(reason(), "the body is not what its digest says");
  EXPECT_STREQ(ex().failed->detail, "the body is not what its digest says");
  EXPECT_EQ(ex().who.consumer, "");
  const std::string both = sha256_of("abc") +
                           ", "
                           "sha-512=:3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/"
                           "uu9RU1EI2Q86A4qmslPpUyk"
                           "nw==:";
  EXPECT_EQ(ask(head(both, length("abc")), "abc"), "200") << reason();
  std::string half = both;
  half.replace(half.find("3a81"), 4, "3a82");
  EXPECT_EQ(ask(head(half, length("abc")), "abc"), "401") << "each of them counts";
  EXPECT_EQ(ask(head("md5=:kAFQmDzST7DWlj99KOF/cg==:", length("abc")), "abc"), "401");
  EXPECT_EQ(reason(), "Content-Digest has neither sha-256 nor sha-512");
  EXPECT_EQ(ask(head("sha-256=abc", length("abc")), "abc"), "401");
  EXPECT_EQ(reason(), "Content-Digest is malformed");
}

// Of a request without a body, whose digest is that of an empty one.
TEST_F(hmac_bodies, that_are_none) {
  guard(two_keys());
  EXPECT_EQ(ask(head(sha256_of(""), "X: y")), "200") << reason();
  EXPECT_EQ(ask(head(sha256_of("a"), "X: y")), "401");
}

TEST_F(hmac_bodies, that_come_later_are_held_until_they_are_right) {
  guard(two_keys());
  for (const std::string& framing : {length("abcdef"), chunked}) {
    EXPECT_EQ(ask(head(sha256_of("abcdef"), framing), "ab", {{"c", "def"}}), "200") << reason();
    EXPECT_EQ(ex().request_body.rest, nullptr);
    EXPECT_EQ(ex().request_body.ready.view(), "abcdef");
    EXPECT_EQ(ex().request_body.length, 6U);
    EXPECT_EQ(ask(head(sha256_of("abcdef"), framing), "ab", {{"c", "deF"}}), "401");
    EXPECT_EQ(ask(head(sha256_of("abcdef"), framing), "", {{"abc", "def"}}), "200");
  }
  EXPECT_EQ(ask(head(sha256_of(""), chunked), "", {std::vector<std::string>{}}), "200") << reason();
  // More than any pool's usual buffer, in more pieces than one.
  const std::string piece(20'000, 'x');
  std::string all;
  for (int i = 0; i < 40; ++i) all += piece;
  EXPECT_EQ(ask(head(sha256_of(all), chunked), "", std::vector<std::string>(40, piece)), "200");
  EXPECT_EQ(ex().request_body.ready.view(), all);
}

TEST_F(hmac_bodies, that_are_too_large_are_not_held) {
  config::hmac_middleware from = two_keys();
  from.body_bytes = 5;
  guard(from);
  EXPECT_EQ(ask(head(sha256_of("abcde"), chunked), "ab", {{"cde"}}), "200") << reason();
  EXPECT_EQ(ask(head(sha256_of("abcdef"), length("abcdef")), "ab", {{"cdef"}}), "body_too_large");
  EXPECT_EQ(ask(head(sha256_of("abcdef"), chunked), "ab", {{"cde", "f", "g"}}), "body_too_large");
  EXPECT_EQ(ex().rejected_by, "hmac");
  from.consumers.shadow = true;
  guard(from);
  EXPECT_EQ(ask(head(sha256_of("abcdefg"), chunked), "ab", {{"cde", "f", "g"}}), "200");
  EXPECT_EQ(ex().request_body.ready.view(), "abcdef") << "nothing is lost";
  ASSERT_NE(ex().request_body.rest, nullptr);
  EXPECT_EQ(ex().would_reject, "hmac");
  EXPECT_EQ(ex().who.consumer, "");
  EXPECT_EQ(ask(head(sha256_of("x"), chunked), "ab", {{"c"}}), "200");
  EXPECT_EQ(ex().request_body.ready.view(), "abc");
}

// Whoever cannot sign the head makes nobody hold anything.
TEST_F(hmac_bodies, are_not_read_for_who_is_not_known) {
  guard(two_keys());
  std::string forged = head(sha256_of("abc"), length("abc"));
  forged.replace(forged.find("Signature: sig1=:") + 17, 4, "AAAA");
  EXPECT_EQ(ask(forged, "", {{"abc"}}), "401");
  ASSERT_NE(ex().request_body.rest, nullptr);
  const auto piece = finish(ex().request_body.rest->read(ex().scope));
  EXPECT_EQ(piece->view(), "abc") << "still there";
}

}  // namespace
}  // namespace ferroway::testing_hmac
