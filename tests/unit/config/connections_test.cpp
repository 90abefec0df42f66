// `connections` of an upstream: the long form, and what is refused.
#include <gtest/gtest.h>

#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

std::string with_connections(const std::string& settings) {
  return "listen: 8080\nupstreams: {u: {endpoints: [http://127.0.0.1:1], connections: " + settings +
         "}}\nroutes: [{to: u}]\n";
}

TEST(connections, have_no_limits_unless_the_file_says_so) {
  const loaded made = load(with_connections("{idle: 4}"));
  ASSERT_TRUE(made.value) << complaints(made);
  const upstream& only = made.value->upstreams.at(0);
  EXPECT_EQ(only.idle_connections, 4U);
  EXPECT_FALSE(only.limits.any());
  EXPECT_EQ(print_long_form(*made.value).find("      max: "), std::string::npos);
}

TEST(connections, all_of_it) {
  const loaded made =
      load(with_connections("{idle: 9, idle_timeout: 5s, lifetime: 1h, warm: 2, max: 8, "
                            "max_requests: 20, max_pending: 0, "
                            "pending_timeout: 3s, adaptive: {min: 2, tolerance: 200%}}"));
  ASSERT_TRUE(made.value) << complaints(made);
  const upstream_limits& limits = made.value->upstreams.at(0).limits;
  EXPECT_EQ(limits.connections, 8U);
  EXPECT_EQ(limits.requests, 20U);
  EXPECT_EQ(limits.pending, 0U);
  EXPECT_EQ(limits.pending_timeout, seconds(3));
  EXPECT_TRUE(limits.adaptive);
  EXPECT_EQ(limits.adaptive_min, 2U);
  EXPECT_EQ(limits.tolerance, 200U);
  EXPECT_EQ(made.value->upstreams.at(0).lifetime, hours(1));
  EXPECT_EQ(made.value->upstreams.at(0).warm, 2U);
  const loaded again = load(print_long_form(*made.value));
  ASSERT_TRUE(again.value) << complaints(again);
  EXPECT_EQ(*again.value, *made.value);
}

TEST(connections, adaptive_is_a_word_too) {
  const loaded on = load(with_connections("{max: 8, adaptive: true}"));
  ASSERT_TRUE(on.value) << complaints(on);
  EXPECT_TRUE(on.value->upstreams.at(0).limits.adaptive);
  EXPECT_EQ(on.value->upstreams.at(0).limits.adaptive_min, 4U);
  const loaded few = load(with_connections("{max: 2, adaptive: true}"));
  ASSERT_TRUE(few.value) << complaints(few);
  EXPECT_EQ(few.value->upstreams.at(0).limits.adaptive_min, 2U) << "no more than `max`";
  const loaded off = load(with_connections("{max: 8, adaptive: false}"));
  ASSERT_TRUE(off.value) << complaints(off);
  EXPECT_FALSE(off.value->upstreams.at(0).limits.adaptive);
}

TEST(connections, a_limit_has_a_bounded_queue_of_its_own) {
  const loaded made = load(with_connections("{max: 8}"));
  ASSERT_TRUE(made.value) << complaints(made);
  const std::string all = print_long_form(*made.value);
  EXPECT_NE(all.find("      max: 8\n      max_pending: 1024\n      pending_timeout: 1s\n"),
            std::string::npos)
      << all;
  const loaded again = load(all);
  ASSERT_TRUE(again.value) << complaints(again);
  EXPECT_EQ(*again.value, *made.value);
}

TEST(connections_diagnostics, tell_what_is_wrong) {
  const struct {
    const char* yaml;
    const char* message;
  } cases[] = {
      {"{max: 0}", "a whole number from 1 to 1000000"},
      {"{max: none}", "a whole number from 1 to 1000000"},
      {"{max: 8, max_pending: -1}", "a whole number from 0 to 1000000"},
      {"{max: 8, pending_timeout: 0s}", "a duration from 1ms"},
      {"{max_pending: 10}", "`max_pending` without `max` or `max_requests`: nobody ever waits"},
      {"{idle: 8, pending_timeout: 1s}",
       "`pending_timeout` without `max` or `max_requests`: nobody ever waits"},
      {"{lifetime: 10ms}", "a duration from 1s"},
      {"{idle: 1, warm: 2}", "`warm` is more than `idle`"},
      {"{warm: 65}", "a whole number from 0 to 64"},
      {"{adaptive: true}", "`adaptive` without `max`"},
      {"{max: 8, adaptive: maybe}", "true, or {min: 4, tolerance: 150%}"},
      {"{max: 8, adaptive: {min: 9}}", "`min` is more than `max`"},
      {"{max: 8, adaptive: {tolerance: 90%}}", "a share over 100%"},
      {"{max_connections: 8}", "unknown key"},
  };
  for (const auto& each : cases) {
    const loaded made = load(with_connections(each.yaml));
    EXPECT_FALSE(made.value) << each.yaml;
    EXPECT_NE(complaints(made).find(each.message), std::string::npos) << each.yaml << "\n"
                                                                      << complaints(made);
  }
}

}  // namespace
}  // namespace ferroway::config::testing
