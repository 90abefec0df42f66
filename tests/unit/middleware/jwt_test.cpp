#include "middleware/jwt.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>

#include "jwt/mint.hpp"
#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";

// RFC 8037, A.1: the key of key sets in these tests.
constexpr std::string_view private_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";

std::string key_set(const std::string& kid) {
  return R"({"keys":[{"kty":"OKP","crv":"Ed25519","kid":")" + kid +
         R"(","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})";
}

config::jwt_middleware by_secret() {
  config::jwt_middleware made;
  made.issuers = {"joe"};
  made.keys.push_back({"HS256", "", {{false, std::string(secret), "${file:secret}"}}, "", ""});
  return made;
}

config::jwt_middleware by_url() {
  config::jwt_middleware made;
  made.jwks = config::jwks_address{"http://127.0.0.1:9010/jwks.json"};
  return made;
}

class jwt_guards : public testing::Test, protected exchange_rig {
 protected:
  void guard(const config::jwt_middleware& from) { step = std::make_shared<jwt_guard>(from, 1); }

  // Of the exchange's own clock.
  std::string at(duration apart) const {
    const auto moment = loop->wall_now() + apart;
    return std::to_string(
        std::chrono::duration_cast<std::chrono::seconds>(moment.time_since_epoch()).count());
  }
  std::string token(const std::string& claims = R"("sub":"alice")",
                    duration valid = std::chrono::minutes(5)) const {
    return jwt::mint(
        R"({"alg":"HS256"})",
        R"({"iss":"joe","exp":)" + at(valid) + (claims.empty() ? "" : ",") + claims + "}",
        *jwt::signing_key::from_secret(std::string(secret), jwt::algorithm::hs256));
  }
  std::string set_token(const std::string& kid) const {
    return jwt::mint(R"({"alg":"EdDSA","kid":")" + kid + "\"}",
                     R"({"exp":)" + at(std::chrono::hours(1)) + "}",
                     *jwt::signing_key::from_pem(private_key, jwt::algorithm::eddsa));
  }

  // Another request, through `step`: "200", or the status and its challenge.
  std::string ask(const std::vector<std::pair<std::string, std::string>>& fields) {
    renew();
    from("192.0.2.7:1");
    ex().matched = &matched;
    ex().decisions = &decisions;
    decisions.clear();
    for (const auto& [name, value] : fields) field(ex().memory.copy(name), ex().memory.copy(value));
    ex().request.query = query;
    ex().request.has_query = !query.empty();
    result<response> reply = run({step});
    if (!reply) return std::string(to_string(reply.error().kind));
    const std::string challenge = all_of(reply->head->fields, "WWW-Authenticate");
    return std::to_string(reply->head->status) + (challenge.empty() ? "" : " ") + challenge;
  }
  std::string ask_with(const std::string& bearer) {
    return ask({{"Authorization", "Bearer " + bearer}});
  }
  std::string reason() const { return decisions.empty() ? "" : decisions.back().reason; }

  const std::string invalid = "401 Bearer error=\"invalid_token\"";
  std::shared_ptr<jwt_guard> step;
  std::vector<decision> decisions;
  std::string query;
};

TEST_F(jwt_guards, let_a_valid_token_pass) {
  guard(by_secret());
  EXPECT_EQ(ask_with(token()), "200");
  EXPECT_EQ(ask({{"authorization", "bEARER   " + token() + " "}}), "200");
  EXPECT_EQ(reason(), "a valid token");
}

TEST_F(jwt_guards, tell_the_client_nothing_but_the_log_all) {
  guard(by_secret());
  EXPECT_EQ(ask({}), "401 Bearer");
  EXPECT_STREQ(ex().failed->detail, "no token");
  EXPECT_EQ(ask_with(token("", -std::chrono::minutes(1))), invalid);
  EXPECT_STREQ(ex().failed->detail, "the token has expired");
  EXPECT_EQ(ex().rejected_by, "jwt");
  EXPECT_EQ(ask_with("x"), invalid);
  EXPECT_EQ(reason(), "the token is not three parts between dots");
  EXPECT_EQ(ask({{"Authorization", "Bearer " + token()}, {"Authorization", "Bearer " + token()}}),
            invalid);
  EXPECT_EQ(reason(), "several Authorization fields");
  EXPECT_EQ(ask({{"Authorization", "Bearer"}}), invalid);
  EXPECT_EQ(ask({{"Authorization", "Bearer\tx"}}), invalid);
  EXPECT_EQ(ask({{"Authorization", "Bearer\t" + token()}}), "200");
  EXPECT_EQ(ask({{"Authorization", "Basic YTpi"}}), "401 Bearer");
}

TEST_F(jwt_guards, say_what_would_be_enough) {
  config::jwt_middleware from = by_secret();
  from.scopes = {"read", "write"};
  from.realm = "orders";
  guard(from);
  EXPECT_EQ(ask_with(token(R"("scope":"read")")),
            "403 Bearer realm=\"orders\", error=\"insufficient_scope\", scope=\"read write\"");
  EXPECT_EQ(reason(), "the token lacks a scope: write");
  EXPECT_EQ(ask_with(token(R"("scope":"write read")")), "200");
  EXPECT_EQ(ask({}), "401 Bearer realm=\"orders\"");
}

TEST_F(jwt_guards, remember_a_token_until_it_expires_and_no_longer) {
  guard(by_secret());
  const std::string good = token("", std::chrono::seconds(60));
  EXPECT_EQ(ask_with(good), "200");
  EXPECT_EQ(ask_with(good), "200");
  world.run_for(std::chrono::seconds(89));
  loop->post([] {});
  world.run_for(duration(0));
  EXPECT_EQ(ask_with(good), "200") << "within the leeway";
  world.run_for(std::chrono::seconds(1));
  loop->post([] {});
  world.run_for(duration(0));
  EXPECT_EQ(ask_with(good), invalid);
  EXPECT_EQ(reason(), "the token has expired");
}

// A remembered token is no key to another one.
TEST_F(jwt_guards, remember_the_whole_token) {
  guard(by_secret());
  const std::string good = token();
  EXPECT_EQ(ask_with(good), "200");
  std::string other = good;
  other.back() = other.back() == 'A' ? 'E' : 'A';
  EXPECT_EQ(ask_with(other), invalid);
  EXPECT_EQ(ask_with(good.substr(0, good.rfind('.') + 1) + "AAAA"), invalid);
  EXPECT_EQ(ask_with(good), "200");
}

TEST_F(jwt_guards, without_a_cache_decide_the_same) {
  config::jwt_middleware from = by_secret();
  from.cache = 0;
  from.to_headers = {{"X-User", "sub"}};
  guard(from);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ask_with(token()), "200");
    EXPECT_EQ(all_of(ex().request.fields, "X-User"), "alice");
    EXPECT_EQ(ask_with(token() + "A"), invalid);
  }
}

TEST_F(jwt_guards, put_claims_into_headers_so_that_they_stay_what_they_are) {
  config::jwt_middleware from = by_secret();
  from.to_headers = {{"X-User", "sub"}, {"X-Groups", "groups"}, {"X-None", "none"}};
  guard(from);
  EXPECT_EQ(ask_with(token(
                R"("sub":"a\r\nX-Admin: 1","groups":["a,b","c\u0000","\u00e9","50%"," x y ",7])")),
            "200");
  EXPECT_EQ(all_of(ex().request.fields, "X-User"), "a%0D%0AX-Admin: 1");
  EXPECT_EQ(all_of(ex().request.fields, "X-Groups"), "a%2Cb,c%00,%C3%A9,50%25,%20x y%20,7");
  EXPECT_EQ(all_of(ex().request.fields, "X-None"), "");
  EXPECT_EQ(step->identity_headers().size(), 3U);
}

TEST_F(jwt_guards, tell_those_behind_them_who_asks) {
  config::jwt_middleware from = by_secret();
  from.consumer = "client_id";
  from.named = {"sub", "realm.roles"};
  guard(from);
  EXPECT_EQ(ask_with(token(R"("sub":"alice","client_id":"app","realm":{"roles":["a","b"]})")),
            "200");
  EXPECT_EQ(variable::parse("jwt.sub")->value(ex()), "alice");
  EXPECT_EQ(variable::parse("jwt.realm.roles")->identity(ex()), "a,b");
  EXPECT_EQ(variable::parse("consumer")->value(ex()), "app");
  EXPECT_EQ(variable::parse("jwt.other")->value(ex()), "");
}

TEST_F(jwt_guards, that_are_optional_let_nobody_pass_as_nobody_and_nothing_else) {
  config::jwt_middleware from = by_secret();
  from.optional = true;
  from.to_headers = {{"X-User", "sub"}};
  guard(from);
  EXPECT_EQ(ask({}), "200");
  EXPECT_EQ(all_of(ex().request.fields, "X-User"), "");
  EXPECT_EQ(ask_with("nonsense"), invalid);
  EXPECT_EQ(ask_with(token()), "200");
}

TEST_F(jwt_guards, in_shadow_mode_refuse_nobody_and_vouch_for_nobody) {
  config::jwt_middleware from = by_secret();
  from.shadow = true;
  from.to_headers = {{"X-User", "sub"}};
  guard(from);
  EXPECT_EQ(ask_with(token() + "A"), "200");
  EXPECT_EQ(ex().would_reject, "jwt");
  EXPECT_EQ(all_of(ex().request.fields, "X-User"), "");
  EXPECT_TRUE(ex().who.claims.empty());
}

TEST_F(jwt_guards, take_the_token_out_where_that_is_asked) {
  config::jwt_middleware from = by_secret();
  from.strip = true;
  guard(from);
  EXPECT_EQ(ask_with(token()), "200");
  EXPECT_EQ(all_of(ex().request.fields, "Authorization"), "");
  from.place = config::token_place::cookie;
  from.place_name = "s";
  guard(from);
  EXPECT_EQ(ask({{"Cookie", "a=1; s=" + token() + "; b=2"}, {"Cookie", "c=3"}}), "200");
  EXPECT_EQ(all_of(ex().request.fields, "Cookie"), "a=1; b=2; c=3");
  EXPECT_EQ(ask({{"Cookie", "s=" + token()}, {"Cookie", "s=" + token()}}), invalid);
  EXPECT_EQ(ask({{"Cookie", "s =x; s=" + token()}}), invalid) << "upstreams trim names";
  EXPECT_EQ(ask({{"Cookie", "a=1; s =" + token()}}), "200");
  EXPECT_EQ(all_of(ex().request.fields, "Cookie"), "a=1");
  from.strip = false;
  from.place = config::token_place::query;
  guard(from);
  query = "a=1&s=" + token() + "&b=%20";
  EXPECT_EQ(ask({}), "200");
  EXPECT_EQ(ex().request.query, "a=1&b=%20");
  query = "s=" + token() + "&%73=x";
  EXPECT_EQ(ask({}), invalid);
  EXPECT_FALSE(ex().request.has_query);
}

TEST_F(jwt_guards, compare_claims_with_what_the_request_says) {
  config::jwt_middleware from = by_secret();
  from.claims.push_back({"tenant", config::jwt_claim::kind::equal, {{{true, "header.X-Tenant"}}}});
  guard(from);
  const std::string bearer = "Bearer " + token(R"("tenant":"acme")");
  EXPECT_EQ(ask({{"Authorization", bearer}, {"X-Tenant", "acme"}}), "200");
  EXPECT_EQ(ask({{"Authorization", bearer}, {"X-Tenant", "other"}}),
            "403 Bearer error=\"insufficient_scope\"");
  EXPECT_EQ(reason(), "the token lacks a claim, or has another value: tenant");
  // What is missing on both sides is not equal.
  EXPECT_EQ(ask({{"Authorization", "Bearer " + token(R"("tenant":"")")}, {"X-Tenant", ""}}),
            "403 Bearer error=\"insufficient_scope\"");
}

TEST_F(jwt_guards, take_nothing_that_the_request_says_twice_for_a_claim) {
  const std::string insufficient = "403 Bearer error=\"insufficient_scope\"";
  config::jwt_middleware from = by_secret();
  from.claims.push_back({"tenant", config::jwt_claim::kind::equal, {{{true, "header.X-Tenant"}}}});
  guard(from);
  const std::string bearer = "Bearer " + token(R"("tenant":"acme")");
  EXPECT_EQ(ask({{"Authorization", bearer}, {"X-Tenant", "acme"}, {"x-tenant", "other"}}),
            insufficient);
  from.claims[0].values = {{{false, "ac"}, {true, "query.tenant"}}};
  guard(from);
  query = "tenant=%6De";
  EXPECT_EQ(ask({{"Authorization", bearer}}), "200") << "one spelling";
  query = "tenant=me&tenant=other";
  EXPECT_EQ(ask({{"Authorization", bearer}}), insufficient);
  from.claims[0].values = {{{false, "acme"}, {true, "query.none"}}};
  guard(from);
  EXPECT_EQ(ask({{"Authorization", bearer}}), insufficient) << "a piece is missing";
}

TEST_F(jwt_guards, forget_what_they_believed_when_keys_change) {
  guard(by_url());
  ASSERT_TRUE(step->source()->publish(key_set("k1")));
  EXPECT_EQ(ask_with(set_token("k1")), "200");
  ASSERT_TRUE(step->source()->publish(key_set("k2")));
  step->source()->fetch_ended();
  EXPECT_NE(ask_with(set_token("k1")), "200");
  EXPECT_EQ(ask_with(set_token("k2")), "200");
}

TEST_F(jwt_guards, wait_a_while_for_their_first_keys) {
  guard(by_url());
  const time_point begun = loop->now();
  EXPECT_EQ(ask_with(set_token("k1")), "undecided");
  EXPECT_GE(loop->now() - begun, std::chrono::seconds(2));
  // A fetch that has failed is not waited for.
  step->source()->fetch_ended();
  const time_point again = loop->now();
  EXPECT_EQ(ask_with(set_token("k1")), "undecided");
  EXPECT_LT(loop->now() - again, std::chrono::milliseconds(100));
  EXPECT_EQ(ask({}), "401 Bearer");
}

TEST_F(jwt_guards, wait_for_a_key_that_may_come) {
  guard(by_url());
  ASSERT_TRUE(step->source()->publish(key_set("k1")));
  step->source()->fetch_ended();
  int asked = 0;
  step->source()->on_ask([&] {
    ++asked;
    loop->post([&] {
      (void)step->source()->publish(key_set("k2"));
      step->source()->fetch_ended();
    });
  });
  EXPECT_EQ(ask_with(set_token("k2")), "200");
  EXPECT_EQ(ask_with(set_token("k3")), invalid);
  EXPECT_EQ(asked, 1) << "one for each interval";
  world.run_for(std::chrono::seconds(5));
  loop->post([] {});
  world.run_for(duration(0));
  EXPECT_EQ(ask_with(set_token("k3")), invalid);
  EXPECT_EQ(asked, 2);
}

// The fetch that is under way was answered before the provider had the key.
TEST_F(jwt_guards, ask_once_more_where_a_fetch_that_had_begun_brought_nothing) {
  guard(by_url());
  ASSERT_TRUE(step->source()->publish(key_set("k1")));
  step->source()->on_ask([&] {
    loop->post([&] {
      (void)step->source()->publish(key_set("k2"));
      step->source()->fetch_ended();
    });
  });
  loop->post([&] { step->source()->fetch_ended(); });
  EXPECT_EQ(ask_with(set_token("k2")), "200");
}

TEST_F(jwt_guards, keep_the_keys_of_the_one_before_them) {
  guard(by_url());
  ASSERT_TRUE(step->source()->publish(key_set("k1")));
  config::jwt_middleware changed = by_url();
  changed.scopes = {"read"};
  const jwt_guard next(changed, 1, step.get());
  EXPECT_EQ(next.source(), step->source());
  changed.algorithms = {"ES256"};
  EXPECT_NE(jwt_guard(changed, 1, step.get()).source(), step->source());
}

// Two workers meet a new key at the same moment: neither is told that there is nothing to wait for.
TEST(key_sources, tell_everybody_that_a_fetch_is_wanted) {
  key_source source({"http://127.0.0.1/"}, std::chrono::minutes(1), jwt::public_algorithms());
  constexpr int rounds = 20'000;
  std::atomic<int> told = 0;
  std::atomic<int> given_up = 0;
  source.on_ask([&] { ++told; });
  time_point now{};
  std::barrier ready(2, [&]() noexcept {
    source.fetch_ended();
    now += key_source::ask_interval;
  });
  const auto ask = [&] {
    for (int i = 0; i < rounds; ++i) {
      ready.arrive_and_wait();
      if (!source.ask(now)) ++given_up;
    }
  };
  std::jthread other(ask);
  ask();
  other.join();
  EXPECT_EQ(given_up, 0);
  EXPECT_EQ(told, rounds);
}

TEST(key_sources, keep_the_set_where_the_next_one_is_of_no_use) {
  key_source source({"http://127.0.0.1/"}, std::chrono::minutes(1), jwt::public_algorithms());
  EXPECT_EQ(source.version(), 0U);
  ASSERT_TRUE(source.publish(key_set("k1")));
  const auto kept = source.keys();
  EXPECT_FALSE(source.publish("{}"));
  EXPECT_FALSE(source.publish(""));
  EXPECT_EQ(source.keys(), kept);
  ASSERT_TRUE(source.publish(key_set("k1")));
  EXPECT_EQ(source.version(), 1U) << "the same text again is no other set";
}

}  // namespace
}  // namespace ferroway
