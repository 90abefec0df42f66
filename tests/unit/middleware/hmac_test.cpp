#include "middleware/hmac.hpp"

#include "exchange/variables.hpp"
#include "unit/middleware/hmac_support.hpp"

namespace ferroway::testing_hmac {
namespace {

using namespace std::chrono_literals;

class hmacs : public signed_requests {};

// RFC 9421, B.2.5, with its test-request and test-shared-secret.
TEST_F(hmacs, take_the_signature_of_the_rfc) {
  std::array<char, base64_room(88)> room;
  const auto key = decode_base64(
      "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==",
      room.data());
  ASSERT_TRUE(key);
  config::hmac_middleware from;
  from.keys = {{{"test-shared-secret", "tester", std::string(*key)}, {}}};
  from.components = {"date", "@authority", "content-type"};
  from.content_digest = false;
  from.max_age = std::chrono::hours(24 * 365 * 100);
  guard(from);
  const std::string head =
      "POST /foo?param=Value&Pet=dog HTTP/1.1\r\nHost: example.com\r\n"
      "Date: Tue, 20 Apr 2021 02:07:55 GMT\r\nContent-Type: application/json\r\n"
      "Content-Digest: "
      "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyea"
      "ldVLvRwEmTHWXvJwew==:\r\nContent-Length: 18\r\n"
      "Signature-Input: sig-b25=(\"date\" \"@authority\" \"content-type\");created=1618884473"
      ";keyid=\"test-shared-secret\"\r\n"
      "Signature: sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:\r\n\r\n";
  EXPECT_EQ(ask(head, R"({"hello": "world"})"), "200") << reason();
  EXPECT_EQ(ex().who.consumer, "tester");
  std::string changed = head;
  changed.replace(changed.find("02:07:55"), 8, "02:07:56");
  EXPECT_EQ(ask(changed, R"({"hello": "world"})"), "401");
}

TEST_F(hmacs, say_which_consumer_asks) {
  config::hmac_middleware from = two_keys();
  from.consumers.to_headers = {{"X-Consumer", config::consumer_fact::name},
                               {"X-Groups", config::consumer_fact::groups}};
  guard(from);
  EXPECT_EQ(ask(head_of(fields_of(usual, parameters()))), "200") << reason();
  EXPECT_EQ(variable::parse("consumer")->value(ex()), "acme");
  EXPECT_EQ(reason(), "a signature of acme");
  EXPECT_EQ(all_of(ex().request.fields, "X-Consumer"), "acme");
  EXPECT_EQ(all_of(ex().request.fields, "X-Groups"), "gold,eu");
  EXPECT_NE(all_of(ex().request.fields, "Signature"), "");
  EXPECT_EQ(ask(head_of(fields_of(usual, parameters("small-1"), other_secret))), "200");
  EXPECT_EQ(ex().who.consumer, "small");
}

TEST_F(hmacs, tell_the_client_nothing_but_how_to_ask_and_the_log_all) {
  config::hmac_middleware from = two_keys();
  from.consumers.realm = "orders";
  from.nonces = 10;
  from.tag = "shop";
  guard(from);
  EXPECT_EQ(ask(head_of("")), "401");
  EXPECT_EQ(challenge, "Signature realm=\"orders\"");
  EXPECT_EQ(accept,
            "sig1=(\"@method\" \"@authority\" \"@path\" \"@query\");created;alg=\"hmac-sha256\""
            ";nonce;tag=\"shop\"");
  EXPECT_EQ(ask(head_of("Content-Length: 3\r\n", "POST /"), "abc"), "401");
  EXPECT_NE(accept.find(" \"content-digest\");"), std::string::npos);
  EXPECT_STREQ(ex().failed->detail, "no signature");
  EXPECT_EQ(ex().rejected_by, "hmac");
  EXPECT_EQ(body.find("no signature"), std::string::npos);
}

TEST_F(hmacs, show_in_explain_what_has_to_be_signed) {
  guard(two_keys());
  EXPECT_EQ(ask(head_of(fields_of(usual, parameters(), other_secret))), "401");
  EXPECT_NE(
      reason().find("the signature is wrong; it has to sign: \"@method\": GET\\n\"@authority\": "
                    "api.example.com\\n\"@path\": /orders\\n\"@query\": ?limit=5\\n"
                    "\"@signature-params\": (\"@method\""),
      std::string::npos)
      << reason();
  explained = false;
  EXPECT_EQ(ask(head_of(fields_of(usual, parameters(), other_secret))), "401");
  EXPECT_STREQ(ex().failed->detail, "the signature is wrong");
}

TEST_F(hmacs, take_every_form_of_what_is_asked) {
  guard(two_keys());
  // The whole URI; an absolute target; a Host with the port that needs not be said, in capitals.
  const lines whole{{"@method", "GET"}, {"@target-uri", "http://api.example.com/orders?limit=5"}};
  EXPECT_EQ(ask(head_of(fields_of(whole, parameters()))), "200") << reason();
  EXPECT_EQ(
      ask(head_of(fields_of(whole, parameters()), "GET http://api.example.com/orders?limit=5")),
      "200")
      << reason();
  EXPECT_EQ(ask("GET /orders?limit=5 HTTP/1.1\r\nHost: API.example.com:80\r\n" +
                fields_of(usual, parameters()) + "\r\n"),
            "200")
      << reason();
  lines bare = usual;
  bare[3].second = "?";
  EXPECT_EQ(ask(head_of(fields_of(bare, parameters()), "GET /orders")), "200") << reason();
  EXPECT_EQ(ask(head_of(fields_of(bare, parameters()), "GET /orders?")), "200") << reason();
  bare[2].second = "/";
  EXPECT_EQ(ask(head_of(fields_of(bare, parameters()), "GET http://api.example.com")), "200")
      << reason();
  // Behind a proxy that is trusted, the client has asked by https.
  const lines secured{{"@method", "GET"},
                      {"@target-uri", "https://api.example.com/orders?limit=5"}};
  EXPECT_EQ(ask(head_of("X-Forwarded-Proto: https\r\n" + fields_of(secured, parameters()))), "200")
      << reason();
}

TEST_F(hmacs, sign_fields_as_the_rfc_puts_them_together) {
  guard(two_keys());
  lines more = usual;
  more.insert(more.begin(), {"x-list", "a, b, , c"});
  more.push_back({"x-empty", ""});
  EXPECT_EQ(ask(head_of("X-List:  a, b\r\nx-Empty:\r\nX-LIST: \r\nx-list: c \r\n" +
                        fields_of(more, parameters()))),
            "200")
      << reason();
}

TEST_F(hmacs, take_signatures_in_several_fields_among_others) {
  guard(two_keys());
  const std::string base = base_of(usual, parameters());
  const std::string mine = inner_list(usual, parameters());
  // White space where RFC 8941 lets it stand signs the same.
  std::string spaced = mine;
  spaced.insert(1, "  ");
  spaced.replace(spaced.find(' ', 14), 1, "   ");
  spaced.insert(spaced.find(";keyid") + 1, " ");
  EXPECT_EQ(ask(head_of("Signature: other=:" + encode_base64("x") + ":\r\n" +
                        "Signature-Input: other=(\"@status\" \"signature\";key=\"mine\";bs);" +
                        "created=1;keyid=\"proxy\";a;b=?1;c=to/k:en;d=-1.5;e=:aGk=:;f=\"g\"\r\n" +
                        "Signature-Input: mine=" + spaced + "\r\nSignature: mine=:" + mac_of(base) +
                        ":\r\n")),
            "200")
      << reason();
}

TEST_F(hmacs, hold_to_their_times) {
  config::hmac_middleware from = two_keys();
  from.max_age = 60s;
  from.leeway = 10s;
  guard(from);
  const auto at = [&](std::int64_t created, const std::string& more = "") {
    return ask(head_of(fields_of(
        usual, ";created=" + std::to_string(now() + created) + ";keyid=\"acme-1\"" + more)));
  };
  EXPECT_EQ(at(10), "200");
  EXPECT_EQ(at(11), "401");
  EXPECT_EQ(reason(), "`created` lies in the future");
  EXPECT_EQ(at(-70), "200");
  EXPECT_EQ(at(-71), "401");
  EXPECT_EQ(reason(), "the signature is too old");
  const auto expires = [&](std::int64_t by) {
    return at(-20, ";expires=" + std::to_string(now() + by));
  };
  EXPECT_EQ(expires(-10), "200");
  EXPECT_EQ(expires(-11), "401");
  EXPECT_EQ(reason(), "the signature has expired");
  EXPECT_EQ(expires(-21), "401");
  EXPECT_EQ(reason(), "it had expired when it was created");
  EXPECT_EQ(at(0, ";expires=999999999999999"), "200");
}

TEST_F(hmacs, take_a_nonce_once) {
  config::hmac_middleware from = two_keys();
  from.nonces = 2;
  from.max_age = 60s;
  from.leeway = 10s;
  guard(from);
  const auto with = [&](const std::string& nonce) {
    return ask(head_of(fields_of(usual, parameters() + nonce)));
  };
  EXPECT_EQ(with(""), "401");
  EXPECT_EQ(reason(), "a signature without `nonce`");
  EXPECT_EQ(with(";nonce=\"a\""), "200");
  EXPECT_EQ(with(";nonce=\"a\""), "401");
  EXPECT_EQ(reason(), "the nonce was used before");
  guard(from);
  EXPECT_EQ(with(";nonce=\"a\""), "401") << "a reload forgets none";
  EXPECT_EQ(with(";nonce=\"b\""), "200");
  EXPECT_EQ(with(";nonce=\"c\""), "undecided") << "not passed unseen";
  // Only genuine signatures use any up.
  pass(200s);
  for (const char* nonce : {";nonce=\"d\"", ";nonce=\"e\"", ";nonce=\"f\""}) {
    EXPECT_EQ(ask(head_of(fields_of(usual, parameters() + nonce, other_secret))), "401");
  }
  EXPECT_EQ(with(";nonce=\"a\""), "200") << "its time is over";
  EXPECT_EQ(with(";nonce=\"b\""), "200");
}

TEST_F(hmacs, ask_for_a_tag) {
  config::hmac_middleware from = two_keys();
  from.tag = "shop";
  guard(from);
  EXPECT_EQ(ask(head_of(fields_of(usual, parameters()))), "401");
  EXPECT_EQ(reason(), "no signature has the tag");
  EXPECT_EQ(ask(head_of(fields_of(usual, parameters() + ";tag=\"shop\""))), "200");
  EXPECT_EQ(ask(head_of(fields_of(usual, parameters() + ";tag=\"Shop\""))), "401");
}

TEST_F(hmacs, of_consumers_in_no_group_that_may_are_not_enough) {
  config::hmac_middleware from = two_keys();
  from.consumers.groups = {"gold"};
  from.consumers.strip = true;
  guard(from);
  EXPECT_EQ(ask(head_of(fields_of(usual, parameters()))), "200");
  EXPECT_EQ(all_of(ex().request.fields, "Signature"), "");
  EXPECT_EQ(all_of(ex().request.fields, "Signature-Input"), "");
  EXPECT_EQ(ask(head_of(fields_of(usual, parameters("small-1"), other_secret))), "403");
}

TEST_F(hmacs, that_are_optional_let_nobody_pass_as_nobody_and_nothing_else) {
  config::hmac_middleware from = two_keys();
  from.consumers.optional = true;
  guard(from);
  EXPECT_EQ(ask(head_of("")), "200");
  EXPECT_EQ(ex().who.consumer, "");
  EXPECT_EQ(ask(head_of("Signature: sig1=:AAAA:\r\n")), "401");
  EXPECT_EQ(ask(head_of("Signature-Input: sig1=()\r\n")), "401");
}

TEST_F(hmacs, in_shadow_mode_refuse_nobody_and_vouch_for_nobody) {
  config::hmac_middleware from = two_keys();
  from.consumers.shadow = true;
  guard(from);
  for (const std::string& fields : {std::string(), std::string("Signature: nonsense\r\n"),
                                    fields_of(usual, parameters(), other_secret)}) {
    EXPECT_EQ(ask(head_of(fields)), "200");
    EXPECT_EQ(ex().would_reject, "hmac");
    EXPECT_EQ(ex().who.consumer, "");
  }
  EXPECT_EQ(ask(head_of(fields_of(usual, parameters()))), "200");
  EXPECT_EQ(ex().who.consumer, "acme");
}

}  // namespace
}  // namespace ferroway::testing_hmac
