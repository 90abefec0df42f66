#include "jwt/claims.hpp"

#include <gtest/gtest.h>

#include "jwt/verifier.hpp"
#include "unit/jwt/test_keys.hpp"

namespace ferroway::jwt {
namespace {

// Of a token that has `claims` beside `exp`.
std::expected<verified_token, problem> verified(const std::string& claims, const policy& by) {
  static const key_set keys = set_of(checker(algorithm::hs256));
  static verifier worker;
  return worker.verify(
      token_of(R"({"alg":"HS256"})", R"({"exp":1800000600,)" + claims + "}", algorithm::hs256),
      keys, by);
}

bool is_enough(const std::string& claims, const policy& by) {
  const auto made = verified(claims, by);
  EXPECT_TRUE(made) << to_string(made.error());
  return made && !made->insufficient;
}

policy scoped(std::vector<std::string> scopes) {
  policy made;
  made.scopes = std::move(scopes);
  return made;
}

policy ruled(claim_rule rule) {
  policy made;
  made.rules.push_back(std::move(rule));
  return made;
}

TEST(scopes, are_words_of_a_text_or_items_of_a_list) {
  for (const char* claims : {R"("scope":"orders:read orders:write")", R"("scope":["orders:read"])",
                             R"("scp":["a","orders:read"])", R"("scp":"orders:read")"}) {
    EXPECT_TRUE(is_enough(claims, scoped({"orders:read"}))) << claims;
  }
  for (const char* claims :
       {R"("scope":"orders:reads")", R"("scope":"orders:read2 x")", R"("scope":"ORDERS:READ")",
        R"("scope":["orders:read x"])", R"("scope":{"orders:read":1})", R"("x":1)",
        R"("scope":["orders:read",{}])", R"("scope":"x","scp":"orders:read")"}) {
    EXPECT_FALSE(is_enough(claims, scoped({"orders:read"}))) << claims;
  }
  EXPECT_FALSE(is_enough(R"("scope":"a")", scoped({"a", "b"})));
  EXPECT_TRUE(is_enough(R"("scope":"b a")", scoped({"a", "b"})));
}

TEST(claim_rules, are_equal_or_one_of_several) {
  using enum claim_rule::kind;
  EXPECT_TRUE(is_enough(R"("role":"user")", ruled({"role", one_of, {"user"}})));
  EXPECT_TRUE(is_enough(R"("role":"admin")", ruled({"role", one_of, {"user", "admin"}})));
  EXPECT_TRUE(is_enough(R"("level":7)", ruled({"level", one_of, {"7"}})));
  EXPECT_TRUE(is_enough(R"("verified":true)", ruled({"verified", one_of, {"true"}})));
  EXPECT_FALSE(is_enough(R"("role":"users")", ruled({"role", one_of, {"user"}})));
  EXPECT_FALSE(is_enough(R"("role":["user"])", ruled({"role", one_of, {"user"}})));
  EXPECT_FALSE(is_enough(R"("role":null)", ruled({"role", one_of, {"null"}})));
  EXPECT_FALSE(is_enough(R"("x":1)", ruled({"role", one_of, {"user"}})));
}

TEST(claim_rules, contain_all_that_is_asked) {
  using enum claim_rule::kind;
  EXPECT_TRUE(is_enough(R"("groups":["a","b"])", ruled({"groups", contains, {"a"}})));
  EXPECT_TRUE(is_enough(R"("groups":["a","b"])", ruled({"groups", contains, {"b", "a"}})));
  EXPECT_TRUE(is_enough(R"("groups":"a")", ruled({"groups", contains, {"a"}})));
  EXPECT_FALSE(is_enough(R"("groups":["a"])", ruled({"groups", contains, {"a", "b"}})));
  EXPECT_FALSE(is_enough(R"("groups":["ab"])", ruled({"groups", contains, {"a"}})));
  EXPECT_FALSE(is_enough(R"("groups":["a",["b"]])", ruled({"groups", contains, {"a"}})));
}

TEST(claim_rules, reach_claims_within_claims) {
  using enum claim_rule::kind;
  EXPECT_TRUE(is_enough(R"("realm":{"roles":["a"]})", ruled({"realm.roles", contains, {"a"}})));
  EXPECT_FALSE(is_enough(R"("realm":"roles")", ruled({"realm.roles", contains, {"roles"}})));
  // A name that has dots itself comes first.
  EXPECT_TRUE(
      is_enough(R"("https://a.example/x":"1")", ruled({"https://a.example/x", one_of, {"1"}})));
  EXPECT_FALSE(is_enough(R"("a.b":"2","a":{"b":"1"})", ruled({"a.b", one_of, {"1"}})));
}

TEST(claims, are_kept_as_text) {
  policy by;
  by.kept = {"sub", "groups", "n", "f", "no", "o"};
  const auto made = verified(
      R"("sub":"al\u0069ce","groups":["a",1,true],"n":-3,"f":1.5,"no":null,"o":{"a":1})", by);
  ASSERT_TRUE(made);
  using shape = claim_value::shape;
  EXPECT_EQ(made->kept[0].items, std::vector<std::string>{"alice"});
  EXPECT_EQ(made->kept[1].is, shape::list);
  EXPECT_EQ(made->kept[1].items, (std::vector<std::string>{"a", "1", "true"}));
  EXPECT_EQ(made->kept[2].items, std::vector<std::string>{"-3"});
  EXPECT_EQ(made->kept[3].items, std::vector<std::string>{"1.5"});
  EXPECT_EQ(made->kept[4].is, shape::absent);
  EXPECT_EQ(made->kept[5].is, shape::absent);
}

TEST(claims, without_issuer_and_audience_may_be_any_but_not_of_another_type) {
  EXPECT_TRUE(verified(R"("iss":"x","aud":["y"])", {}));
  EXPECT_TRUE(verified(R"("x":1)", {}));
  EXPECT_FALSE(verified(R"("iss":1)", {}));
  EXPECT_FALSE(verified(R"("aud":[1])", {}));
}

TEST(claims, need_no_expiry_where_the_policy_says_so) {
  policy by;
  by.expiry_required = false;
  static verifier worker;
  const std::string token = token_of(R"({"alg":"HS256"})", R"({"sub":"a"})", algorithm::hs256);
  const auto made = worker.verify(token, set_of(checker(algorithm::hs256)), by);
  ASSERT_TRUE(made);
  EXPECT_FALSE(made->expires);
}

}  // namespace
}  // namespace ferroway::jwt
