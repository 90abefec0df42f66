#include "upstream/sticky_sessions.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"
#include "upstream/upstream.hpp"

namespace ferroway::upstream {
namespace {

config::upstream service(std::string key = {}) {
  config::upstream made;
  made.name = "service";
  made.sticky.cookie = "gateway";
  if (!key.empty()) made.sticky.key = {{false, std::move(key)}};
  for (int i = 1; i <= 3; ++i) {
    const std::string at = "10.0.1." + std::to_string(i) + ":8000";
    made.endpoints.push_back({"http://" + at, *io::address::parse(at), at, {}});
  }
  return made;
}

// What the client is told when endpoint `i` has answered; empty: nothing.
std::string told(const sticky_sessions& by, exchange_rig& rig, std::size_t i) {
  response reply;
  reply.head = rig.ex().memory.make<http::response_head>();
  by.remember(rig.ex(), reply, i);
  return all_of(reply.head->fields, "Set-Cookie");
}

std::string pair_of(const std::string& set_cookie) {
  return set_cookie.substr(0, set_cookie.find(';'));
}

TEST(StickySessions, AClientComesBack) {
  exchange_rig rig;
  upstream to(service(), 1);
  const std::string set = told(*to.sticky(), rig, 1);
  EXPECT_NE(set.find("; Path=/; HttpOnly; SameSite=Lax"), std::string::npos) << set;
  const std::string cookies = "other=1; " + pair_of(set);
  for (int i = 0; i < 10; ++i) {
    rig.renew();
    rig.field("Cookie", cookies);
    EXPECT_EQ(to.part(rig.resources).pick(rig.ex()), 1U);
    EXPECT_EQ(told(*to.sticky(), rig, 1), "") << "it knows";
  }
  to.at(1).health.judge(false, "refused", *rig.loop);
  const std::size_t next = to.part(rig.resources).pick(rig.ex());
  EXPECT_NE(next, 1U);
  EXPECT_NE(told(*to.sticky(), rig, next), "") << "it has another one now";
}

TEST(StickySessions, NobodyMakesUpACookie) {
  exchange_rig rig;
  const sticky_sessions by(service("a key that nobody knows"));
  for (const std::string value : {"", "0", "10.0.1.2:8000", "ffffffffffffffffffffffffffffffff"}) {
    const std::string cookie = "gateway=" + value;
    rig.renew();
    rig.field("Cookie", cookie);
    EXPECT_FALSE(by.find(rig.ex())) << value;
    rig.renew();
  }
  EXPECT_EQ(told(by, rig, 0).find("10.0"), std::string::npos) << "it says no address";
  const sticky_sessions other(service("another key of somebody"));
  const std::string of_other = pair_of(told(other, rig, 0));
  rig.renew();
  rig.field("Cookie", of_other);
  EXPECT_FALSE(by.find(rig.ex()));
}

TEST(StickySessions, GatewaysWithTheSameKeyAgree) {
  exchange_rig rig;
  const sticky_sessions one(service("a key that they share"));
  config::upstream from = service("a key that they share");
  std::swap(from.endpoints[0], from.endpoints[2]);
  const sticky_sessions other(from);
  const std::string cookie = pair_of(told(one, rig, 0));
  rig.renew();
  rig.field("Cookie", cookie);
  EXPECT_EQ(other.find(rig.ex()), 2U) << "wherever it stands";
}

}  // namespace
}  // namespace ferroway::upstream
