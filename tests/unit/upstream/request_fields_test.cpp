#include "upstream/request_fields.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"

namespace ferroway::upstream {
namespace {

config::upstream service(config::host_sent host, std::string name = "") {
  config::upstream made;
  made.name = "service";
  made.host = host;
  made.host_name = std::move(name);
  for (const char* at : {"10.0.1.1:8000", "10.0.1.2:8000"}) {
    made.endpoints.push_back({"", *io::address::parse(at), at, {}});
  }
  return made;
}

class request_fields : public testing::Test, protected exchange_rig {
 protected:
  std::string sent(std::string_view name) { return all_of(ex().request.fields, name); }
};

TEST_F(request_fields, AnUpgradeToWebSocketIsAskedForWhereTheRouteAllowsIt) {
  ex().request.wants_websocket = true;
  EXPECT_TRUE(upgrades(ex()));
  prepare_request_fields(ex());
  EXPECT_EQ(sent("Upgrade"), "websocket");
}

TEST_F(request_fields, NoUpgradeIsAskedForWhereTheRouteForbidsIt) {
  matched.websocket = false;
  ex().request.wants_websocket = true;
  EXPECT_FALSE(upgrades(ex()));
  prepare_request_fields(ex());
  EXPECT_EQ(sent("Upgrade"), "");
}

TEST_F(request_fields, AnExpectationIsPassedOnOnlyWhileItHolds) {
  field("Expect", "100-continue");
  ex().request.expects_continue = true;
  prepare_request_fields(ex());
  EXPECT_EQ(sent("Expect"), "100-continue");
  ex().request.expects_continue = false;
  prepare_request_fields(ex());
  EXPECT_EQ(sent("Expect"), "");
}

TEST_F(request_fields, HostIsWhatTheUpstreamSays) {
  struct {
    config::host_sent policy;
    std::string_view sent;
  } const cases[] = {
      {config::host_sent::client, "api.example.com:81"},
      {config::host_sent::endpoint, "10.0.1.2:8000"},
      {config::host_sent::fixed, "inner.example.com"},
  };
  for (const auto& item : cases) {
    renew();
    ex().request.authority = "api.example.com:81";
    field("Host", "api.example.com:81");
    upstream to(service(item.policy, "inner.example.com"), 1);
    set_host(ex(), to, to.at(1));
    EXPECT_EQ(sent("Host"), item.sent);
  }
}

TEST_F(request_fields, EachTryHasTheHostOfItsOwnEndpoint) {
  field("Host", "a");
  ex().request.authority = "a";
  upstream to(service(config::host_sent::endpoint), 1);
  set_host(ex(), to, to.at(0));
  set_host(ex(), to, to.at(1));
  EXPECT_EQ(sent("Host"), "10.0.1.2:8000");
}

TEST_F(request_fields, AnHttp10RequestWithoutHostGetsTheEndpoints) {
  upstream to(service(config::host_sent::client), 1);
  set_host(ex(), to, to.at(0));
  EXPECT_EQ(sent("Host"), "10.0.1.1:8000");
}

TEST_F(request_fields, AHostThatAMiddlewareChangedGivesWayToThePolicy) {
  field("Host", "forged.example.com");
  ex().request.authority = "api.example.com";
  upstream to(service(config::host_sent::client), 1);
  set_host(ex(), to, to.at(0));
  EXPECT_EQ(sent("Host"), "api.example.com");
}

}  // namespace
}  // namespace ferroway::upstream
