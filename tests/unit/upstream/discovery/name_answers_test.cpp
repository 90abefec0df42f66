#include "upstream/discovery/name_answers.hpp"

#include <gtest/gtest.h>

namespace ferroway::upstream {
namespace {

config::endpoint named(const std::string& name, std::uint16_t port) {
  config::endpoint made;
  made.url = "http://" + name + ":" + std::to_string(port);
  made.authority = name + ":" + std::to_string(port);
  made.name = name;
  made.port = port;
  return made;
}

config::endpoint placed(const std::string& at) {
  return {"http://" + at, *io::address::parse(at), at, {}};
}

io::ip_address ip(std::string_view text) { return *io::ip_address::parse(text); }

std::vector<std::string> urls(const config::upstream& from) {
  std::vector<std::string> made;
  for (const config::endpoint& each : from.endpoints) {
    EXPECT_FALSE(each.is_name());
    made.push_back(each.url);
  }
  return made;
}

using list = std::vector<std::string>;

TEST(NameAnswers, EachAddressIsAnEndpoint) {
  config::upstream from;
  from.endpoints = {named("users.internal", 8000), placed("10.9.9.9:1")};
  from.endpoints[0].weight = 3;
  from.endpoints[0].priority = 2;
  name_answers known;
  EXPECT_EQ(urls(expand(from, known, {})), list{"http://10.9.9.9:1"}) << "nothing is known yet";
  known.set("users.internal", {{.ip = ip("10.0.0.1")}, {.ip = ip("2001:db8::1")}});
  const config::upstream made = expand(from, known, {});
  EXPECT_EQ(urls(made),
            (list{"http://10.0.0.1:8000", "http://[2001:db8::1]:8000", "http://10.9.9.9:1"}));
  EXPECT_EQ(made.endpoints[1].authority, "users.internal:8000");
  EXPECT_EQ(made.endpoints[1].weight, 3U);
  EXPECT_EQ(made.endpoints[1].priority, 2U);
}

TEST(NameAnswers, AnAddressStandsOnce) {
  config::upstream from;
  from.endpoints = {placed("10.0.0.1:80"), named("a", 80), named("b", 80), named("b", 81)};
  name_answers known;
  known.set("a", {{.ip = ip("10.0.0.1")}, {.ip = ip("10.0.0.2")}});
  known.set("b", {{.ip = ip("10.0.0.2")}});
  EXPECT_EQ(urls(expand(from, known, {})),
            (list{"http://10.0.0.1:80", "http://10.0.0.2:80", "http://10.0.0.2:81"}));
}

TEST(NameAnswers, ServicesSayTheRest) {
  config::upstream from;
  from.endpoints = {named("_http._tcp.users", 0)};
  from.endpoints[0].weight = 2;
  from.endpoints[0].priority = 1;
  name_answers known;
  known.set("srv:_http._tcp.users",
            {{ip("10.0.0.1"), 8000, 5, 7, "a.internal"}, {ip("10.0.0.2"), 80, 0, 1, "b.internal"}});
  const config::upstream made = expand(from, known, {});
  EXPECT_EQ(urls(made), (list{"http://10.0.0.1:8000", "http://10.0.0.2:80"}));
  EXPECT_EQ(made.endpoints[0].weight, 14U);
  EXPECT_EQ(made.endpoints[0].priority, 6U);
  EXPECT_EQ(made.endpoints[0].authority, "a.internal:8000");
  EXPECT_EQ(made.endpoints[1].authority, "b.internal");
}

TEST(NameAnswers, TwoWaysToOneHost) {
  config::upstream from;
  from.endpoints = {named("a", 9901)};
  name_answers known;
  known.set("a", {{.ip = ip("2001:db8::1"), .other = ip("10.0.0.1")}});
  EXPECT_EQ(expand(from, known, {}).endpoints[0].other.text(), "10.0.0.1:9901");
  const io::address own = *io::address::parse("10.0.0.1:9901");
  EXPECT_EQ(expand(from, known, std::span(&own, 1)).endpoints[0].other.is(),
            io::address::kind::none);
}

// Whoever answers for a name must not get at what routes may not reach.
TEST(NameAnswers, WhatIsOurOwnOrNobodysIsLeftOut) {
  config::upstream from;
  from.endpoints = {named("a", 9901)};
  name_answers known;
  known.set("a", {{.ip = ip("0.0.0.0")},
                  {.ip = ip("10.0.0.1")},
                  {.ip = ip("127.0.0.1")},
                  {.ip = ip("224.0.0.1")},
                  {.ip = ip("255.255.255.255")},
                  {.ip = ip("::")},
                  {.ip = ip("ff02::1")}});
  config::config of;
  of.admin.address = *io::address::parse("127.0.0.1:9901");
  EXPECT_EQ(urls(expand(from, known, own_addresses(of))), list{"http://10.0.0.1:9901"});
  of.admin.address = *io::address::parse("0.0.0.0:9901");
  EXPECT_EQ(urls(expand(from, known, own_addresses(of))), list{}) << "it may be any of ours";
}

}  // namespace
}  // namespace ferroway::upstream
