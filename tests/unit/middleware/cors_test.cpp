#include "middleware/cors.hpp"

#include <gtest/gtest.h>

#include "exchange/forwarded.hpp"
#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

constexpr const char* page = "https://app.example.com";

// Ends a pipeline as an upstream with fields of its own.
class answering final : public handler {
 public:
  explicit answering(std::vector<std::pair<std::string, std::string>> fields)
      : fields_(std::move(fields)) {}
  task<result<response>> handle(exchange& ex) override {
    reached = true;
    response made;
    made.head = ex.memory.make<http::response_head>();
    made.head->status = 200;
    for (const auto& [name, value] : fields_) made.head->fields.add(ex.memory, name, value);
    made.body.length = 0;
    co_return made;
  }
  bool reached = false;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

class cors_step : public testing::Test, protected exchange_rig {
 protected:
  using named_values = std::vector<std::pair<std::string, std::string>>;

  void ask(const config::cors_middleware& settings, named_values upstreams = {}) {
    step = std::make_shared<cors>(settings);
    end = std::make_shared<answering>(std::move(upstreams));
    ex().decisions = &decisions;
    const pipeline whole({step}, end);
    reply = finish(whole.run(ex()));
  }
  void preflight(std::string_view method, std::string_view origin = page) {
    renew();
    from("192.0.2.7:1");
    ex().matched = &matched;
    ex().request.verb = http::method::options;
    field("Origin", origin);
    field("Access-Control-Request-Method", method);
  }
  void upgrade(std::string_view origin) {
    renew();
    from("192.0.2.7:1");
    ex().matched = &matched;
    ex().request.wants_websocket = true;
    ex().request.authority = "api.example.com";
    if (!origin.empty()) field("Origin", origin);
    identify_client(ex(), {});
  }
  std::string answered(std::string_view name) const {
    return reply ? all_of(reply->head->fields, name) : "(none)";
  }
  // Every field that has to do with it.
  std::string granted() const {
    std::string all;
    for (const http::field& item : reply->head->fields) {
      if (!item.name().starts_with("Access-Control-")) continue;
      all += std::string(item.name().substr(15)) + "=" + std::string(item.value()) + ";";
    }
    return all;
  }

  std::shared_ptr<cors> step;
  std::shared_ptr<answering> end;
  std::vector<decision> decisions;
  result<response> reply;
};

TEST_F(cors_step, AnAllowedOriginMayReadTheAnswer) {
  field("Origin", page);
  ask({.origins = {page}, .credentials = true, .expose = {"X-Total", "X-Page"}});
  EXPECT_EQ(granted(),
            "Allow-Origin=https://app.example.com;Allow-Credentials=true;"
            "Expose-Headers=X-Total, X-Page;");
  EXPECT_EQ(answered("Vary"), "Origin");
}

TEST_F(cors_step, AForeignOnePassesAndMayNot) {
  field("Origin", "https://evil.test");
  ask({.origins = {page}, .credentials = true, .expose = {"X-Total"}});
  EXPECT_TRUE(end->reached);
  EXPECT_EQ(granted(), "");
  EXPECT_EQ(answered("Vary"), "Origin");
}

TEST_F(cors_step, ARequestWithoutOriginIsToldApartByCaches) {
  ask({.origins = {page}});
  EXPECT_EQ(granted(), "");
  EXPECT_EQ(answered("Vary"), "Origin");
}

TEST_F(cors_step, TwoOriginsAreNone) {
  field("Origin", page);
  field("Origin", page);
  ask({.origins = {page}});
  EXPECT_EQ(granted(), "");
}

TEST_F(cors_step, ForEveryOriginTheAnswerIsTheSame) {
  ask({.origins = {"*"}});
  EXPECT_EQ(granted(), "Allow-Origin=*;");
  EXPECT_EQ(answered("Vary"), "");
  renew();
  from("192.0.2.7:1");
  field("Origin", "null");
  ask({.origins = {"*"}});
  EXPECT_EQ(granted(), "Allow-Origin=*;");
}

TEST_F(cors_step, AnUpstreamsOwnWordIsReplaced) {
  const named_values theirs{{"access-control-allow-origin", "*"},
                            {"Access-Control-Allow-Origin", "https://evil.test"},
                            {"ACCESS-CONTROL-ALLOW-CREDENTIALS", "true"},
                            {"Access-Control-Max-Age", "9"},
                            {"Vary", "Accept-Encoding"},
                            {"vary", "Cookie"},
                            {"X-Other", "1"}};
  field("Origin", page);
  ask({.origins = {page}}, theirs);
  EXPECT_EQ(granted(), "Allow-Origin=https://app.example.com;");
  EXPECT_EQ(answered("access-control-allow-origin"), page);
  EXPECT_EQ(answered("Vary"), "Accept-Encoding, Cookie, Origin");
  EXPECT_EQ(answered("X-Other"), "1");
  renew();
  from("192.0.2.7:1");
  field("Origin", "https://evil.test");
  ask({.origins = {page}}, theirs);
  EXPECT_EQ(answered("access-control-allow-origin"), "");
  EXPECT_EQ(answered("access-control-allow-credentials"), "");
}

TEST_F(cors_step, AVaryThatSaysItAlreadyStays) {
  for (const char* said : {"*", "accept, ORIGIN", "Origin"}) {
    renew();
    from("192.0.2.7:1");
    ask({.origins = {page}}, {{"Vary", said}});
    EXPECT_EQ(answered("Vary"), said);
  }
}

TEST_F(cors_step, ErrorsOfTheGatewayCanBeReadToo) {
  field("Origin", page);
  reply = run({std::make_shared<cors>(config::cors_middleware{.origins = {page}})},
              failure{fault::unauthorized, side::client, false, ""});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->head->status, 401);
  EXPECT_EQ(answered("Access-Control-Allow-Origin"), page);
}

TEST_F(cors_step, APreflightIsAnsweredHere) {
  preflight("DELETE");
  field("Access-Control-Request-Headers", "content-type,x-a");
  ask({.origins = {page}, .credentials = true, .max_age = std::chrono::minutes(10)});
  EXPECT_FALSE(end->reached);
  EXPECT_EQ(reply->head->status, 204);
  EXPECT_EQ(reply->body.length, 0U);
  EXPECT_EQ(granted(),
            "Allow-Origin=https://app.example.com;Allow-Credentials=true;"
            "Allow-Methods=DELETE;Allow-Headers=content-type,x-a;Max-Age=600;");
  EXPECT_EQ(answered("Vary"),
            "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
}

TEST_F(cors_step, APreflightIsToldWhatIsConfigured) {
  preflight("DELETE");
  field("Access-Control-Request-Headers", "x-secret");
  ask({.origins = {page}, .methods = {"GET", "PUT"}, .headers = {"X-A", "X-B"}});
  EXPECT_EQ(granted(),
            "Allow-Origin=https://app.example.com;Allow-Methods=GET, PUT;"
            "Allow-Headers=X-A, X-B;");
  EXPECT_EQ(answered("Vary"), "Origin");
}

TEST_F(cors_step, AForeignPreflightIsGrantedNothing) {
  preflight("DELETE", "https://evil.test");
  ask({.origins = {page}, .credentials = true, .shadow = true});
  EXPECT_FALSE(end->reached);
  EXPECT_EQ(reply->head->status, 204);
  EXPECT_EQ(granted(), "");
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_NE(decisions[0].reason.find("not allowed"), std::string::npos);
}

TEST_F(cors_step, OnlyNamesOfHeadersAreEchoed) {
  for (const char* odd : {"x-a: b", "<x>", "\"", "x\x80", "a;b"}) {
    preflight("PUT");
    field("Access-Control-Request-Headers", odd);
    ask({.origins = {page}});
    EXPECT_EQ(answered("Access-Control-Allow-Headers"), "") << odd;
  }
}

TEST_F(cors_step, PrivateNetworksAreOpenedOnlyWhereItIsSaid) {
  for (const bool open : {true, false}) {
    preflight("PUT");
    field("Access-Control-Request-Private-Network", "true");
    ask({.origins = {page}, .private_network = open});
    EXPECT_EQ(answered("Access-Control-Allow-Private-Network"), open ? "true" : "");
    EXPECT_EQ(answered("Vary").find("Private-Network") != std::string::npos, open);
  }
  preflight("PUT");
  ask({.origins = {page}, .private_network = true});
  EXPECT_EQ(answered("Access-Control-Allow-Private-Network"), "");
}

TEST_F(cors_step, APlainOptionsRequestGoesOn) {
  ex().request.verb = http::method::options;
  field("Origin", page);
  ask({.origins = {page}});
  EXPECT_TRUE(end->reached);
  EXPECT_EQ(answered("Access-Control-Allow-Origin"), page);
}

TEST_F(cors_step, WhatNoRouteTakesIsAnsweredAndAWrongMethodIsNot) {
  preflight("PUT");
  ex().refusal = failure{fault::no_route, side::client, false, ""};
  ask({.origins = {page}});
  EXPECT_FALSE(end->reached);
  preflight("PUT");
  ex().refusal = failure{fault::method_not_allowed, side::client, false, ""};
  ask({.origins = {page}});
  EXPECT_TRUE(end->reached);
}

TEST_F(cors_step, AnUpgradeFromAForeignOriginIsRefused) {
  for (const char* foreign :
       {"https://evil.test", "null", "", "https", "https://api.example.com.evil.test",
        "ftp://api.example.com", "https://api.example.com:8443"}) {
    upgrade("");
    field("Origin", foreign);
    ask({.origins = {page}});
    ASSERT_FALSE(reply) << foreign;
    EXPECT_EQ(reply.error().kind, fault::forbidden);
    EXPECT_EQ(ex().rejected_by, "cors");
    EXPECT_FALSE(end->reached);
  }
}

TEST_F(cors_step, AnUpgradeFromAnAllowedOriginTheHostItselfOrNoPagePasses) {
  for (const char* good : {page, "https://api.example.com", "http://api.example.com", ""}) {
    upgrade(good);
    ask({.origins = {page}});
    EXPECT_TRUE(end->reached) << good;
  }
}

TEST_F(cors_step, APageOfTheHostThatCameInClearIsNotTheHostBehindTls) {
  upgrade("http://api.example.com");
  ex().request.fields.set(ex().memory, "X-Forwarded-Proto", "https");
  ask({.origins = {page}});
  EXPECT_FALSE(reply);
}

TEST_F(cors_step, InShadowModeAForeignUpgradePasses) {
  upgrade("https://evil.test");
  ask({.origins = {page}, .shadow = true});
  EXPECT_TRUE(end->reached);
  EXPECT_EQ(ex().would_reject, "cors");
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].verdict, "would reject");
}

TEST_F(cors_step, WhereARouteAllowsNoUpgradeItIsARequestAsAnyOther) {
  upgrade("https://evil.test");
  matched.websocket = false;
  ask({.origins = {page}});
  EXPECT_TRUE(end->reached);
}

}  // namespace
}  // namespace ferroway
