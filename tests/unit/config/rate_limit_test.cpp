// `rate_limit`: what is read, and what is refused.
#include <gtest/gtest.h>

#include "config/middlewares.hpp"
#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

std::string with(const std::string& limit) {
  return "listen: 80\nroutes: [{path: '/{id}', respond: {}, use: [{rate_limit: " + limit + "}]}]\n";
}

rate_limit_middleware read(const std::string& limit) {
  const loaded made = load(with(limit));
  EXPECT_TRUE(made.value) << complaints(made);
  if (!made.value) return {};
  return std::get<rate_limit_middleware>(made.value->middlewares.at(0).settings->as);
}

TEST(rate_limit, is_a_rate_or_all_of_it) {
  const rate_limit_middleware shortest = read("6000/m");
  EXPECT_EQ(shortest.rate.count, 6000U);
  EXPECT_EQ(shortest.rate.period, std::chrono::minutes(1));
  EXPECT_EQ(shortest.burst, 100U);
  EXPECT_EQ(shortest.key, std::vector<std::string>{"client.ip"});
  EXPECT_EQ(read("10/h").burst, 1U);
  EXPECT_EQ(read("{rate: 10000/d, burst: 50, cost: 5}").burst, 50U);
  const rate_limit_middleware whole = read(
      "{rate: 1/s, burst: 20, key: [header.X-A, path.id], rates: {vip: 100/s, 7: 7/m}, "
      "ipv4_prefix: 24, ipv6_prefix: 56, clients: 5000, headers: false, shadow: true}");
  EXPECT_EQ(whole.key, (std::vector<std::string>{"header.X-A", "path.id"}));
  EXPECT_EQ(whole.rates.at("vip").count, 100U);
  EXPECT_EQ(whole.rates.at("7").period, std::chrono::minutes(1));
  EXPECT_EQ(whole.v4_bits, 24);
  EXPECT_EQ(whole.v6_bits, 56);
  EXPECT_EQ(whole.clients, 5000U);
  EXPECT_FALSE(whole.fields);
  EXPECT_TRUE(whole.shadow);
}

TEST(rate_limit, what_is_wrong_is_said) {
  const std::pair<const char*, const char*> cases[] = {
      {"100", "expected a rate such as 100/s"},
      {"0/s", "expected a rate"},
      {"5/w", "expected a rate"},
      {"5 /s", "expected a rate"},
      {"99999999999/s", "expected a rate"},
      {"{}", "`rate_limit` without a `rate`"},
      {"{refill_rate: 5/s}", "`rate`"},
      {"{rate: 1/s, key: ip}", "expected a variable such as client.ip"},
      {"{rate: 1/s, key: client.port}", "unknown variable"},
      {"{rate: 1/s, key: []}", "`key`"},
      {"{rate: 1/s, key: [client.ip, client.ip]}", "stands here twice"},
      {"{rate: 1/s, key: request.id}", "another one with every request"},
      {"{rate: 1/s, key: jwt.sub}", "is used before it is known"},
      {"{rate: 1/s, key: path.other}", "is not a capture of the route"},
      {"{rate: 1/d, burst: 32}", "takes more than 31 days to fill"},
      {"{rate: 1/s, cost: 2}", "never passes"},
      {"{rate: 9/s, cost: 2, rates: {a: 1/s}}", "never passes"},
      {"{rate: 1/s, rates: {a: often}}", "expected a rate"},
  };
  for (const auto& [limit, expected] : cases) {
    const loaded made = load(with(limit));
    EXPECT_FALSE(made.value) << limit;
    EXPECT_NE(complaints(made).find(expected), std::string::npos) << complaints(made);
  }
  const loaded bare = load("listen: 80\nroutes: [{respond: {}, use: [rate_limit]}]\n");
  EXPECT_NE(complaints(bare).find("`rate_limit` has nothing to go by"), std::string::npos);
}

}  // namespace
}  // namespace ferroway::config::testing
