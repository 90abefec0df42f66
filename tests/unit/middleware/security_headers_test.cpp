#include "middleware/security_headers.hpp"

#include <gtest/gtest.h>

#include "exchange/forwarded.hpp"
#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

using named_values = std::vector<std::pair<std::string, std::string>>;

class speaking final : public handler {
 public:
  explicit speaking(named_values fields) : fields_(std::move(fields)) {}
  task<result<response>> handle(exchange& ex) override {
    ex.request.fields.set(ex.memory, "X-Forwarded-Proto", "changed");
    response made;
    made.head = ex.memory.make<http::response_head>();
    made.head->status = 200;
    for (const auto& [name, value] : fields_) made.head->fields.add(ex.memory, name, value);
    made.body.length = 0;
    co_return made;
  }

 private:
  named_values fields_;
};

class security : public testing::Test, protected exchange_rig {
 protected:
  void ask(const config::security_headers_middleware& settings = {}, named_values upstreams = {}) {
    identify_client(ex(), {*io::ip_network::parse("10.0.0.0/8")});
    step = std::make_shared<security_headers>(settings);
    end = std::make_shared<speaking>(std::move(upstreams));
    const pipeline whole({step}, end);
    reply = finish(whole.run(ex()));
  }
  std::string answered() const {
    std::string all;
    for (const http::field& item : reply->head->fields) {
      all += std::string(item.name()) + "=" + std::string(item.value()) + "|";
    }
    return all;
  }

  std::shared_ptr<security_headers> step;
  std::shared_ptr<speaking> end;
  result<response> reply;
};

constexpr const char* defaults =
    "X-Content-Type-Options=nosniff|X-Frame-Options=DENY|"
    "Referrer-Policy=strict-origin-when-cross-origin|";

TEST_F(security, SensibleOnesAreThereByDefault) {
  ask();
  EXPECT_EQ(answered(), defaults);
}

TEST_F(security, TransportSecurityIsSaidOnlyWhereTheRequestCameByHttps) {
  from("10.0.0.1:1");
  field("X-Forwarded-Proto", "https");
  ask();
  EXPECT_EQ(answered(), std::string(defaults) + "Strict-Transport-Security=max-age=31536000|");
}

TEST_F(security, AStrangersWordOfHttpsIsNotBelieved) {
  field("X-Forwarded-Proto", "https");
  ask();
  EXPECT_EQ(answered(), defaults);
}

TEST_F(security, EachCanBeChangedOrTurnedOff) {
  from("10.0.0.1:1");
  field("X-Forwarded-Proto", "https");
  ask({.strict_transport_security = "",
       .content_type_options = "",
       .frame_options = "SAMEORIGIN",
       .referrer_policy = "",
       .content_security_policy = "default-src 'self'",
       .permissions_policy = "camera=()"});
  EXPECT_EQ(answered(),
            "X-Frame-Options=SAMEORIGIN|Content-Security-Policy=default-src 'self'|"
            "Permissions-Policy=camera=()|");
}

TEST_F(security, WhatTheUpstreamSaysCounts) {
  ask({}, {{"x-frame-options", "SAMEORIGIN"}, {"REFERRER-POLICY", "origin"}});
  EXPECT_EQ(answered(),
            "x-frame-options=SAMEORIGIN|REFERRER-POLICY=origin|X-Content-Type-Options=nosniff|");
}

TEST_F(security, UnlessItIsOverridden) {
  ask({.override_upstream = true},
      {{"x-frame-options", "SAMEORIGIN"}, {"X-Frame-Options", "ALLOWALL"}});
  EXPECT_EQ(answered(), std::string("X-Frame-Options=DENY|X-Content-Type-Options=nosniff|") +
                            "Referrer-Policy=strict-origin-when-cross-origin|");
}

TEST_F(security, TheGatewaysOwnErrorsHaveThemToo) {
  reply = run({std::make_shared<security_headers>(config::security_headers_middleware{})},
              failure{fault::refused, side::upstream, false, ""});
  ASSERT_TRUE(reply);
  EXPECT_EQ(all_of(reply->head->fields, "X-Frame-Options"), "DENY");
}

TEST_F(security, NothingIsMadeUpForAClientThatIsGone) {
  reply = run({std::make_shared<security_headers>(config::security_headers_middleware{})},
              failure{fault::reset, side::client, false, ""});
  EXPECT_FALSE(reply);
}

}  // namespace
}  // namespace ferroway
