#include "exchange/forwarded.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

class forwarded : public testing::Test, protected exchange_rig {
 protected:
  std::string client_after(std::initializer_list<std::string_view> forwarded_for,
                           std::string_view peer_address = "10.0.0.1:9") {
    renew();
    from(peer_address);
    for (const std::string_view value : forwarded_for) field("X-Forwarded-For", value);
    identify_client(ex(), trusted);
    return ex().client.text();
  }
  std::string sent(std::string_view name) { return all_of(ex().request.fields, name); }

  std::vector<io::ip_network> trusted{*io::ip_network::parse("10.0.0.0/8"),
                                      *io::ip_network::parse("2001:db8::/32")};
};

TEST_F(forwarded, WhatAnUntrustedPeerClaimsIsDropped) {
  from("192.0.2.7:1");
  for (const std::string_view name :
       {"Forwarded", "X-Forwarded-For", "x-forwarded-host", "X-Forwarded-Proto", "X-Request-ID",
        "traceparent", "X-FORWARDED-FOR"}) {
    field(name, "10.0.0.9");
  }
  field("X-Other", "kept");
  ex().request.authority = "api.example.com";
  identify_client(ex(), trusted);
  EXPECT_EQ(ex().client.text(), "192.0.2.7");
  EXPECT_EQ(sent("X-Forwarded-For"), "192.0.2.7");
  EXPECT_EQ(sent("X-Forwarded-Proto"), "http");
  EXPECT_EQ(sent("X-Forwarded-Host"), "api.example.com");
  EXPECT_EQ(sent("Forwarded"), "");
  EXPECT_EQ(sent("X-Request-ID"), "");
  EXPECT_EQ(sent("traceparent"), "");
  EXPECT_EQ(sent("X-Other"), "kept");
}

TEST_F(forwarded, NobodyIsTrustedUnlessTheConfigurationSaysSo) {
  trusted.clear();
  EXPECT_EQ(client_after({"198.51.100.1"}, "127.0.0.1:9"), "127.0.0.1");
  EXPECT_EQ(sent("X-Forwarded-For"), "127.0.0.1");
}

TEST_F(forwarded, ATrustedProxysOwnFieldsAreKept) {
  from("10.0.0.1:9");
  field("X-Forwarded-For", "198.51.100.1");
  field("X-Forwarded-Proto", "https");
  field("X-Forwarded-Host", "shop.example.com");
  field("X-Request-ID", "abc");
  field("traceparent", "00-1-2-01");
  ex().request.authority = "inner";
  identify_client(ex(), trusted);
  EXPECT_EQ(ex().client.text(), "198.51.100.1");
  EXPECT_EQ(sent("X-Forwarded-For"), "198.51.100.1, 10.0.0.1");
  EXPECT_EQ(sent("X-Forwarded-Proto"), "https");
  EXPECT_EQ(sent("X-Forwarded-Host"), "shop.example.com");
  EXPECT_EQ(sent("X-Request-ID"), "abc");
  EXPECT_EQ(sent("traceparent"), "00-1-2-01");
}

TEST_F(forwarded, TheChainIsWalkedFromTheRightPastTrustedHopsOnly) {
  EXPECT_EQ(client_after({"6.6.6.6, 198.51.100.1, 10.1.1.1, 10.2.2.2"}), "198.51.100.1")
      << "what stands left of the first hop that is not ours was written by anybody";
  EXPECT_EQ(client_after({"10.1.1.1, 10.2.2.2"}), "10.1.1.1") << "all are ours: the furthest";
  EXPECT_EQ(client_after({"2001:db9::1 ,\t2001:db8::7"}), "2001:db9::1");
  EXPECT_EQ(client_after({"198.51.100.1"}, "[2001:db8::1]:9"), "198.51.100.1");
}

TEST_F(forwarded, SeveralFieldsAreOneChain) {
  EXPECT_EQ(client_after({"6.6.6.6", "198.51.100.1, 10.1.1.1", "10.2.2.2"}), "198.51.100.1");
  EXPECT_EQ(sent("X-Forwarded-For"), "6.6.6.6, 198.51.100.1, 10.1.1.1, 10.2.2.2, 10.0.0.1");
}

TEST_F(forwarded, GarbageInTheChainEndsTheWalk) {
  EXPECT_EQ(client_after({"198.51.100.1, garbage, 10.2.2.2"}), "10.2.2.2");
  EXPECT_EQ(client_after({"198.51.100.1, unknown"}), "10.0.0.1");
  EXPECT_EQ(client_after({"198.51.100.1,"}), "10.0.0.1");
  EXPECT_EQ(client_after({"198.51.100.1:80"}), "10.0.0.1");
  EXPECT_EQ(client_after({""}), "10.0.0.1");
  EXPECT_EQ(client_after({"1.2.3.4.5, 10.2.2.2"}), "10.2.2.2");
}

TEST_F(forwarded, AUnixSocketsPeerIsNeverTrustedAndNotNamed) {
  EXPECT_EQ(client_after({"198.51.100.1"}, "unix:/run/f.sock"), io::ip_address{}.text());
  EXPECT_EQ(sent("X-Forwarded-For"), "");
  EXPECT_EQ(sent("X-Forwarded-Proto"), "http");
}

TEST_F(forwarded, ARequestWithoutAuthorityGetsNoForwardedHost) {
  from("192.0.2.7:1");
  identify_client(ex(), trusted);
  EXPECT_EQ(ex().request.fields.find("X-Forwarded-Host"), nullptr);
}

}  // namespace
}  // namespace ferroway
