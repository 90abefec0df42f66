// What a user may write of jwt, and is told where it is wrong.
#include <gtest/gtest.h>

#include <algorithm>

#include "config/middlewares.hpp"
#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

// RFC 8037, A.2.
const std::string key_set =
    R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})";
const std::string public_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    "-----END PUBLIC KEY-----\n";

made_up_environment usual() {
  made_up_environment made;
  made.files["dir/secret"] = "0123456789abcdef0123456789abcdef\n";
  made.files["dir/short"] = "0123456789abcdef";
  made.files["dir/id.pem"] = public_key;
  made.files["dir/set.json"] = key_set;
  made.files["dir/empty.json"] = R"({"keys":[]})";
  made.files["dir/private.pem"] = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
  return made;
}

std::string file_with(const std::string& jwt) {
  return "listen: 8080\nroutes:\n  - {path: '/{id}', respond: {}, use: [{jwt: " + jwt + "}]}\n";
}
std::string with_parties(const std::string& rest) {
  return "{issuer: joe, audience: any, " + rest + "}";
}

jwt_middleware read(const std::string& jwt) {
  const loaded outcome = load(file_with(jwt), usual());
  EXPECT_TRUE(outcome.value) << complaints(outcome);
  if (!outcome.value) return {};
  return std::get<jwt_middleware>(outcome.value->middlewares[0].settings->as);
}

void expect_wrong(const std::string& jwt, const std::string& said) {
  const std::string all = complaints(load(file_with(jwt), usual()));
  EXPECT_NE(all.find(said), std::string::npos) << jwt << "\n" << all;
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 1) << jwt << "\n" << all;
}

TEST(jwt_settings, are_read) {
  const jwt_middleware made = read(
      "{issuer: [a, b], audience: orders, keys: [{algorithm: HS256, id: k, secret: "
      "'${file:secret}'}, "
      "{algorithm: EdDSA, public_key_file: id.pem}], leeway: 5s, require_exp: false, scopes: [x], "
      "claims: {role: admin, ok: true, level: 7, a.b: {one_of: [c, d]}, g: {contains: [e, "
      "'${path.id}']}}, "
      "strip: true, to_headers: {X-User: sub}, consumer: sub, realm: r, cache: 0, optional: true, "
      "shadow: true, cookie: s}");
  EXPECT_EQ(made.issuers, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(made.audiences, std::vector<std::string>{"orders"});
  ASSERT_EQ(made.keys.size(), 2U);
  EXPECT_EQ(made.keys[0].secret[0].text, "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(made.keys[1].text, public_key);
  EXPECT_EQ(made.leeway, std::chrono::seconds(5));
  EXPECT_FALSE(made.expiry_required);
  ASSERT_EQ(made.claims.size(), 5U);
  EXPECT_EQ(made.claims[1].values[0][0].text, "true");
  EXPECT_EQ(made.claims[3].is, jwt_claim::kind::one_of);
  EXPECT_TRUE(made.claims[4].values[1][0].is_variable);
  EXPECT_EQ(made.place, token_place::cookie);
  EXPECT_EQ(made.consumer, "sub");
  EXPECT_TRUE(made.strip && made.optional && made.shadow);
}

TEST(jwt_settings, take_key_sets) {
  EXPECT_EQ(read(with_parties("jwks_file: set.json")).jwks_text, key_set);
  const jwt_middleware made =
      read(with_parties("jwks: 'http://[::1]:9010/a?b=c', algorithms: [ES256], refresh: 1m"));
  ASSERT_TRUE(made.jwks);
  EXPECT_EQ(made.jwks->at.text(), "[::1]:9010");
  EXPECT_EQ(made.jwks->target, "/a?b=c");
  EXPECT_EQ(made.jwks->authority, "[::1]:9010");
  EXPECT_EQ(read(with_parties("jwks: http://localhost")).jwks->at.text(), "127.0.0.1:80");
  EXPECT_EQ(read(with_parties("jwks: http://192.0.2.1/, insecure: true")).jwks->target, "/");
}

TEST(jwt_settings, say_whose_tokens_and_for_whom) {
  const std::string keys = "jwks_file: set.json";
  expect_wrong("{audience: any, " + keys + "}", "`jwt` without `issuer`");
  expect_wrong("{issuer: any, " + keys + "}", "`jwt` without `audience`");
  expect_wrong("{issuer: [any, a], audience: any, " + keys + "}", "`any` stands alone in `issuer`");
  EXPECT_TRUE(read("{issuer: any, audience: any, " + keys + "}").issuers.empty());
}

TEST(jwt_settings, refuse_keys_that_will_not_do) {
  expect_wrong(with_parties("leeway: 1s"), "`jwt` without keys");
  expect_wrong(
      with_parties("jwks_file: set.json, keys: [{algorithm: EdDSA, public_key_file: id.pem}]"),
      "keys come from one place");
  const auto key = [](const std::string& inside) {
    return with_parties("keys: [{" + inside + "}]");
  };
  expect_wrong(key("algorithm: none, secret: '${file:secret}'"),
               "a token that nobody signed is nobody's");
  expect_wrong(key("algorithm: HS256, secret: '${file:short}'"),
               "the secret has 16 bytes; at least 32 are needed");
  expect_wrong(key("algorithm: HS256, secret: 0123456789abcdef0123456789abcdef"),
               "`secret` stands in the configuration itself");
  expect_wrong(key("algorithm: HS256, public_key_file: id.pem"), "a public key is no secret");
  expect_wrong(key("algorithm: RS256, secret: '${file:secret}'"), "`secret` is for HS256");
  expect_wrong(key("algorithm: RS256, public_key_file: id.pem"), "another kind than the algorithm");
  expect_wrong(key("algorithm: EdDSA, public_key_file: private.pem"), "it holds a private key");
  expect_wrong(key("algorithm: EdDSA, public_key_file: no.pem"), "cannot be read");
  expect_wrong(key("algorithm: EdDSA"), "a key has a `public_key_file` or a `secret`");
  expect_wrong(key("public_key_file: id.pem"), "a key without its `algorithm`");
  expect_wrong(with_parties("jwks_file: empty.json"), "it has no key that can be used here");
  expect_wrong(with_parties("jwks_file: set.json, algorithms: [HS256]"),
               "algorithms of public keys");
}

TEST(jwt_settings, fetch_keys_from_safe_places) {
  expect_wrong(with_parties("jwks: https://127.0.0.1/jwks.json"),
               "https is not supported until the gateway speaks TLS");
  expect_wrong(with_parties("jwks: http://192.0.2.1/jwks.json"),
               "whoever is between can put in keys");
  expect_wrong(with_parties("jwks: http://id.example.com/, insecure: true"), "names need DNS");
  expect_wrong(with_parties("jwks: http://me@127.0.0.1/"), "a user name in the URL");
  expect_wrong(with_parties("jwks: 'http://127.0.0.1/#a'"), "without blanks, fragments");
  expect_wrong(with_parties("jwks: ftp://127.0.0.1/"), "a URL such as http://127.0.0.1:9010");
  expect_wrong(with_parties("jwks: http://127.0.0.1:0/"), "a port from 1 to 65535");
}

TEST(jwt_settings, that_are_wrong_are_refused) {
  const auto and_keys = [](const std::string& rest) {
    return with_parties("jwks_file: set.json, " + rest);
  };
  expect_wrong(and_keys("cookie: a, query: b"), "a token comes from one place");
  expect_wrong(and_keys("cookie: 'a b'"), "a cookie's name");
  expect_wrong(and_keys("scopes: ['a b']"), "scopes such as orders:read");
  expect_wrong(and_keys("realm: 'a\"b'"), "without quotes");
  expect_wrong(and_keys("to_headers: {Host: sub}"), "belongs to the gateway");
  expect_wrong(and_keys("to_headers: {X-A: sub, x-a: iss}"), "stands here twice");
  // Else no client could log in any more.
  for (const char* name : {"Authorization", "cookie", "X-Forwarded-For", "X-Request-ID"}) {
    expect_wrong(and_keys("to_headers: {" + std::string(name) + ": sub}"),
                 "`to_headers` would take");
  }
  expect_wrong(and_keys("claims: {a: {}}"), "{one_of: [...]} or {contains: ...}");
  expect_wrong(and_keys("claims: {a: {one_of: [b], contains: c}}"), "{one_of: [...]} or");
  expect_wrong(and_keys("claims: {a: '${path.no}'}"), "is not a capture of the route");
}

std::string complaints_of(const std::string& pipeline, const std::string& rest = "respond: {}") {
  return complaints(
      load("listen: 8080\nmiddlewares:\n"
           "  token: {jwt: {issuer: any, audience: any, jwks_file: set.json}}\n"
           "  named: {jwt: {issuer: any, audience: any, jwks_file: set.json, consumer: sub}}\n"
           "  by_user: {rate_limit: {rate: 1/s, key: jwt.sub}}\n"
           "  by_consumer: {rate_limit: {rate: 1/s, key: consumer}}\n"
           "  ask: {request_headers: {set: {X: '${jwt.sub}'}}}\n"
           "  tell: {response_headers: {set: {X: '${jwt.sub}'}}}\n"
           "  log: {access_log: {format: '${jwt.sub} ${consumer}'}}\n"
           "x-all: [token, named, by_user, by_consumer, ask, tell, log]\n"
           "routes:\n  - {path: /a, " +
               rest + ", use: [" + pipeline +
               "]}\n"
               "  - {path: /rest, respond: {}, use: [named, token, by_user, by_consumer, ask, "
               "tell, log]}\n",
           usual()));
}

TEST(identities, are_used_behind_what_provides_them) {
  EXPECT_EQ(complaints_of("token, by_user"), "");
  EXPECT_EQ(complaints_of("named, by_consumer, by_user"), "");
  EXPECT_EQ(complaints_of("log, tell, token"), "") << "these speak at the end";
  EXPECT_EQ(complaints_of("token", "to: 'http://127.0.0.1:1', rewrite: {path: '/${jwt.sub}'}"), "");
  for (const char* pipeline : {"by_user, token", "ask, token", "by_consumer, named"}) {
    EXPECT_NE(complaints_of(pipeline).find("in front of what uses it"), std::string::npos)
        << pipeline;
  }
  for (const char* pipeline : {"by_user", "token, by_consumer", "tell"}) {
    EXPECT_NE(complaints_of(pipeline).find("nothing there provides it"), std::string::npos)
        << pipeline;
  }
}

// What variables name is kept of each token.
TEST(identities, are_told_to_those_who_provide_them) {
  const loaded outcome = load(
      "listen: 8080\nroutes:\n  - path: /\n    respond: {}\n    use:\n"
      "      - {jwt: {issuer: any, audience: any, jwks_file: set.json}}\n"
      "      - {rate_limit: {rate: 1/s, key: [jwt.sub, jwt.a.b]}}\n",
      usual());
  ASSERT_TRUE(outcome.value) << complaints(outcome);
  const auto& jwt = std::get<jwt_middleware>(outcome.value->middlewares[0].settings->as);
  EXPECT_EQ(jwt.named, (std::vector<std::string>{"a.b", "sub"}));
}

TEST(jwt_settings, are_printed_so_that_they_read_back_and_no_secret_is_shown) {
  const std::string text = file_with(
      "{issuer: [a, b], audience: any, keys: [{algorithm: HS256, id: k, secret: '${file:secret}'}, "
      "{algorithm: EdDSA, public_key_file: id.pem}], scopes: [x], claims: {a: '${path.id}', "
      "b: {one_of: [c, d]}}, query: t, to_headers: {X-User: sub}, consumer: sub, realm: r}");
  const loaded first = load(text, usual());
  ASSERT_TRUE(first.value) << complaints(first);
  const std::string printed = print_long_form(*first.value);
  EXPECT_EQ(printed.find("0123456789abcdef"), std::string::npos) << printed;
  const loaded second = load(printed, usual());
  ASSERT_TRUE(second.value) << printed << complaints(second);
  EXPECT_EQ(*second.value, *first.value) << printed;
}

}  // namespace
}  // namespace ferroway::config::testing
