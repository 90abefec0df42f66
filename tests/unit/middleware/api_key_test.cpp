#include "middleware/api_key.hpp"

#include <gtest/gtest.h>

#include "exchange/variables.hpp"
#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

const std::string acme_key = "acme-key-0123456789abcdef0123";
const std::string small_key = "small-key-0123456789abcdef0123";
const std::string next_key = "acme-next-0123456789abcdef0123";

credentials::listed_key entry(const std::string& consumer, const std::string& key) {
  return {consumer, *credentials::digester().of(key)};
}

config::api_key_middleware two_consumers() {
  config::api_key_middleware made;
  made.keys = {entry("acme", acme_key), entry("small", small_key)};
  made.of_file = {entry("acme", next_key)};
  made.consumers.known = {{"acme", {"gold", "eu"}, {}}, {"nobody", {"gold"}, {}}};
  return made;
}

class api_keys : public testing::Test, protected exchange_rig {
 protected:
  void guard(const config::api_key_middleware& from) {
    step = std::make_shared<api_key_guard>(from, 1);
  }

  // Another request, through `step`: the status, and its challenge.
  std::string ask(const std::vector<std::pair<std::string, std::string>>& fields) {
    renew();
    from("192.0.2.7:1");
    ex().matched = &matched;
    ex().decisions = &decisions;
    decisions.clear();
    for (const auto& [name, value] : fields) field(ex().memory.copy(name), ex().memory.copy(value));
    ex().request.query = query;
    ex().request.has_query = !query.empty();
    const result<response> reply = run({step});
    if (!reply) return std::string(to_string(reply.error().kind));
    body = reply->body.text;
    const std::string challenge = all_of(reply->head->fields, "WWW-Authenticate");
    return std::to_string(reply->head->status) + (challenge.empty() ? "" : " ") + challenge;
  }
  std::string ask_with(const std::string& key) { return ask({{"X-API-Key", key}}); }
  std::string reason() const { return decisions.empty() ? "" : decisions.back().reason; }

  std::shared_ptr<api_key_guard> step;
  std::vector<decision> decisions;
  std::string query;
  std::string body;
};

TEST_F(api_keys, say_which_consumer_asks) {
  guard(two_consumers());
  EXPECT_EQ(ask_with(acme_key), "200");
  EXPECT_EQ(variable::parse("consumer")->value(ex()), "acme");
  EXPECT_EQ(reason(), "a key of acme");
  EXPECT_EQ(ask_with(next_key), "200") << "a second key of the same consumer";
  EXPECT_EQ(ex().who.consumer, "acme");
  EXPECT_EQ(ask({{"x-api-KEY", " " + small_key + "\t"}}), "200");
  EXPECT_EQ(ex().who.consumer, "small");
}

TEST_F(api_keys, tell_the_client_nothing_but_the_log_all) {
  guard(two_consumers());
  const auto refused = [&](const std::vector<std::pair<std::string, std::string>>& fields,
                           const char* why) {
    EXPECT_EQ(ask(fields), "401 ApiKey");
    EXPECT_EQ(reason(), why);
    EXPECT_STREQ(ex().failed->detail, why);
    EXPECT_EQ(ex().rejected_by, "api_key");
    EXPECT_EQ(body.find(why), std::string::npos);
    EXPECT_EQ(ex().who.consumer, "");
  };
  refused({}, "no key");
  refused({{"X-API-Key", ""}}, "an empty token");
  refused({{"X-API-Key", acme_key + "x"}}, "nobody has this key");
  refused({{"X-API-Key", "short"}}, "the key is shorter than any key");
  refused({{"X-API-Key", std::string(513, 'a')}}, "the key is longer than any key");
  refused({{"X-API-Key", acme_key}, {"X-API-Key", acme_key}}, "several fields of that name");
  refused({{"Authorization", "Bearer " + acme_key}}, "no key");
  // A digest is no key: whoever has read the file has none.
  refused({{"X-API-Key", credentials::to_text(*credentials::digester().of(acme_key))}},
          "nobody has this key");
}

TEST_F(api_keys, stand_in_the_header_that_is_named) {
  config::api_key_middleware from = two_consumers();
  from.place = config::token_place::authorization;
  from.place_name = "Authorization";
  from.consumers.realm = "orders";
  from.consumers.strip = true;
  guard(from);
  EXPECT_EQ(ask({{"Authorization", "bearer " + acme_key}}), "200");
  EXPECT_EQ(all_of(ex().request.fields, "Authorization"), "");
  EXPECT_EQ(ask({{"X-API-Key", acme_key}}), "401 Bearer realm=\"orders\"");
  from.place = config::token_place::header;
  from.place_name = "X-Key";
  guard(from);
  EXPECT_EQ(ask({{"X-Key", acme_key}, {"X-API-Key", "kept"}}), "200");
  EXPECT_EQ(all_of(ex().request.fields, "X-Key"), "");
  EXPECT_EQ(all_of(ex().request.fields, "X-API-Key"), "kept");
  EXPECT_TRUE(step->secret_parameters().empty());
}

TEST_F(api_keys, in_a_query_go_no_further) {
  config::api_key_middleware from = two_consumers();
  from.place = config::token_place::query;
  from.place_name = "api_key";
  guard(from);
  ASSERT_EQ(step->secret_parameters().size(), 1U);
  EXPECT_EQ(step->secret_parameters()[0], "api_key");
  query = "a=1&api_key=" + acme_key + "&b=%20";
  EXPECT_EQ(ask({}), "200");
  EXPECT_EQ(ex().request.query, "a=1&b=%20");
  query = "api_key=" + acme_key + "&api%5Fkey=" + acme_key;
  EXPECT_EQ(ask({}), "401 ApiKey");
  EXPECT_FALSE(ex().request.has_query);
  query = "";
  EXPECT_EQ(ask_with(acme_key), "401 ApiKey") << "another place";
}

TEST_F(api_keys, of_consumers_in_no_group_that_may_are_not_enough) {
  config::api_key_middleware from = two_consumers();
  from.consumers.groups = {"silver", "gold"};
  guard(from);
  EXPECT_EQ(ask_with(acme_key), "200");
  EXPECT_EQ(ask_with(small_key), "403");
  EXPECT_EQ(reason(), "the consumer is in none of the groups: small");
  EXPECT_STREQ(ex().failed->detail, "the consumer is in none of the groups");
  EXPECT_EQ(ex().failed->kind, fault::forbidden);
  EXPECT_EQ(body.find("group"), std::string::npos);
  EXPECT_EQ(ask_with(small_key + "x"), "401 ApiKey");
}

TEST_F(api_keys, tell_the_upstream_who_asks) {
  config::api_key_middleware from = two_consumers();
  from.consumers.to_headers = {{"X-Consumer", config::consumer_fact::name},
                               {"X-Groups", config::consumer_fact::groups}};
  guard(from);
  EXPECT_EQ(step->identity_headers().size(), 2U);
  EXPECT_EQ(ask_with(acme_key), "200");
  EXPECT_EQ(all_of(ex().request.fields, "X-Consumer"), "acme");
  EXPECT_EQ(all_of(ex().request.fields, "X-Groups"), "gold,eu");
  EXPECT_EQ(all_of(ex().request.fields, "X-API-Key"), acme_key);
  EXPECT_EQ(ask_with(small_key), "200");
  EXPECT_EQ(all_of(ex().request.fields, "X-Groups"), "");
}

TEST_F(api_keys, that_are_optional_let_nobody_pass_as_nobody_and_nothing_else) {
  config::api_key_middleware from = two_consumers();
  from.consumers.optional = true;
  guard(from);
  EXPECT_EQ(ask({}), "200");
  EXPECT_EQ(ex().who.consumer, "");
  EXPECT_EQ(ask_with("nonsense"), "401 ApiKey");
  EXPECT_EQ(ask_with(acme_key), "200");
}

TEST_F(api_keys, in_shadow_mode_refuse_nobody_and_vouch_for_nobody) {
  config::api_key_middleware from = two_consumers();
  from.consumers.shadow = true;
  from.consumers.groups = {"gold"};
  guard(from);
  for (const std::string& key : {std::string("nonsense"), small_key}) {
    EXPECT_EQ(ask_with(key), "200");
    EXPECT_EQ(ex().would_reject, "api_key");
    EXPECT_EQ(ex().who.consumer, "");
  }
  EXPECT_EQ(ask_with(acme_key), "200");
  EXPECT_EQ(ex().who.consumer, "acme");
}

}  // namespace
}  // namespace ferroway
