// `health_check`, `outlier_detection`, `retry`: short forms, long forms, and what is refused.
#include <gtest/gtest.h>

#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

std::string with_upstream(const std::string& settings) {
  return "listen: 8080\nupstreams: {u: {endpoints: [http://127.0.0.1:1], " + settings +
         "}}\nroutes: [{to: u}]\n";
}

std::string with_retry(const std::string& settings) {
  return "listen: 8080\nroutes: [{to: 'http://127.0.0.1:1', retry: " + settings + "}]\n";
}

const upstream& only_upstream(const loaded& of) { return of.value->upstreams.at(0); }

TEST(health_check, a_path_is_all_that_is_needed) {
  const loaded made = load(with_upstream("health_check: '/healthz?deep=1'"));
  ASSERT_TRUE(made.value) << complaints(made);
  const health_check& check = only_upstream(made).check;
  EXPECT_EQ(check.is, health_check::kind::http);
  EXPECT_EQ(check.path, "/healthz?deep=1");
  EXPECT_EQ(check.interval, seconds(5));
  EXPECT_EQ(check.unhealthy_interval, seconds(1));
  EXPECT_TRUE(check.assume_healthy);
}

TEST(health_check, tcp_is_a_connection) {
  const loaded made = load(with_upstream("health_check: tcp"));
  ASSERT_TRUE(made.value) << complaints(made);
  EXPECT_EQ(only_upstream(made).check.is, health_check::kind::tcp);
}

TEST(health_check, all_of_it) {
  const loaded made = load(with_upstream(
      "health_check: {path: /up, method: HEAD, host: health.test, expect: [200, 300-302], body: "
      "ok, "
      "interval: 500ms, timeout: 100ms, unhealthy_after: 1, healthy_after: 3, assume: unhealthy}"));
  ASSERT_TRUE(made.value) << complaints(made);
  const health_check& check = only_upstream(made).check;
  EXPECT_EQ(check.method, "HEAD");
  EXPECT_EQ(check.host, "health.test");
  EXPECT_EQ(check.expect, (std::vector<status_range>{{200, 200}, {300, 302}}));
  EXPECT_EQ(check.body, "ok");
  EXPECT_EQ(check.unhealthy_interval, std::chrono::milliseconds(500)) << "no slower than the other";
  EXPECT_EQ(check.unhealthy_after, 1U);
  EXPECT_EQ(check.healthy_after, 3U);
  EXPECT_FALSE(check.assume_healthy);
}

TEST(outlier_detection, counts_5xx_only_where_it_is_asked_for) {
  const loaded none = load(with_upstream("host: client"));
  EXPECT_TRUE(only_upstream(none).outliers.on);
  EXPECT_FALSE(only_upstream(none).outliers.server_errors);
  const loaded asked = load(with_upstream("outlier_detection: {}"));
  ASSERT_TRUE(asked.value) << complaints(asked);
  EXPECT_TRUE(only_upstream(asked).outliers.server_errors);
  EXPECT_FALSE(only_upstream(load(with_upstream("outlier_detection: off"))).outliers.on);
}

TEST(outlier_detection, all_of_it) {
  const loaded made = load(with_upstream(
      "outlier_detection: {consecutive_failures: 3, server_errors: false, error_rate: 40%, "
      "slower_than: 250%, requests: 50, window: 5s, eject_for: 1s, eject_for_max: 2m, "
      "eject_at_most: 34%}"));
  ASSERT_TRUE(made.value) << complaints(made);
  const outlier_detection& by = only_upstream(made).outliers;
  EXPECT_EQ(by.error_rate, 40U);
  EXPECT_EQ(by.slower_than, 250U);
  EXPECT_EQ(by.requests_min, 50U);
  EXPECT_EQ(by.eject_for_max, minutes(2));
  EXPECT_EQ(by.eject_at_most, 34U);
}

TEST(retry, all_of_it) {
  const loaded made = load(with_retry(
      "{retries: 3, when: [timeout, 502, 503], per_try: 500ms, budget: 5%, non_idempotent: true}"));
  ASSERT_TRUE(made.value) << complaints(made);
  const retry& again = *made.value->routes.at(0).again;
  EXPECT_EQ(again.retries, 3U);
  EXPECT_FALSE(again.on_connect) << "only what is written";
  EXPECT_FALSE(again.on_reset);
  EXPECT_TRUE(again.on_timeout);
  EXPECT_EQ(again.statuses, (std::vector<std::uint16_t>{502, 503}));
  EXPECT_EQ(again.per_try, std::chrono::milliseconds(500));
  EXPECT_EQ(again.budget, 5U);
  EXPECT_TRUE(again.non_idempotent);
}

TEST(retry, keeps_a_body_only_where_the_route_has_it) {
  const loaded none = load("listen: 8080\nroutes: [{to: 'http://127.0.0.1:1'}]\n");
  ASSERT_TRUE(none.value) << complaints(none);
  EXPECT_EQ(retry_of(none.value->routes.at(0).again).buffer, 0U);
  EXPECT_NE(print_long_form(*none.value).find("      buffer: 0"), std::string::npos);
  const loaded usual = load(with_retry("{}"));
  ASSERT_TRUE(usual.value) << complaints(usual);
  EXPECT_EQ(retry_of(usual.value->routes.at(0).again).buffer, 64U * 1024);
  const loaded own = load(with_retry("{buffer: 1KiB}"));
  EXPECT_EQ(retry_of(own.value->routes.at(0).again).buffer, 1024U);
  for (const loaded* each : {&none, &usual, &own}) {
    const loaded again = load(print_long_form(*each->value));
    ASSERT_TRUE(again.value) << complaints(again);
    EXPECT_EQ(*again.value, *each->value);
  }
}

TEST(retry, hedges_after_a_time_or_a_percentile) {
  const loaded time = load(with_retry("{hedge: 200ms}"));
  ASSERT_TRUE(time.value) << complaints(time);
  EXPECT_EQ(time.value->routes.at(0).again->hedge_after, std::chrono::milliseconds(200));
  const loaded percentile = load(with_retry("{hedge: p95}"));
  ASSERT_TRUE(percentile.value) << complaints(percentile);
  EXPECT_EQ(percentile.value->routes.at(0).again->hedge_percentile, 95U);
  for (const loaded* each : {&time, &percentile}) {
    const loaded again = load(print_long_form(*each->value));
    ASSERT_TRUE(again.value) << complaints(again);
    EXPECT_EQ(*again.value, *each->value);
  }
}

struct mistake {
  std::string yaml;
  std::string said;
};

TEST(health_diagnostics, of_upstreams) {
  const std::vector<mistake> all{
      {"health_check: healthz", "`path`: expected a path such as /healthz"},
      {"health_check: {path: '/a b'}", "`path`: expected a path such as /healthz"},
      {"health_check: {path: '/a#b'}", "`path`: expected a path such as /healthz"},
      {"health_check: {type: udp}", "`type`: expected http or tcp"},
      {"health_check: {type: tcp, path: /x}", "`path` has no meaning with `type: tcp`"},
      {"health_check: {method: get}", "`method`: expected a method such as GET"},
      {"health_check: {expect: 600}", "`expect`: expected a status such as 200"},
      {"health_check: {expect: [300-200]}", "`expect`: expected a status such as 200"},
      {"health_check: {interval: 1ms}", "a duration from 10ms to 1h"},
      {"health_check: {unhealthy_after: 0}", "a whole number from 1 to 100"},
      {"health_check: {assume: well}", "`assume`: expected healthy or unhealthy"},
      {"health_check: {intervall: 1s}", "did you mean `interval`?"},
      {"outlier_detection: on", "`outlier_detection`: "},
      {"outlier_detection: {error_rate: 0%}", "would eject whoever answers"},
      {"outlier_detection: {error_rate: 50}", "write `50%`"},
      {"outlier_detection: {slower_than: 100%}", "a share over 100% such as 300%"},
      {"outlier_detection: {eject_for: 10s, eject_for_max: 5s}", "shorter than `eject_for`"},
      {"outlier_detection: {consecutive_failures: 0}", "a whole number from 1 to 1000000"},
  };
  for (const mistake& each : all) {
    const loaded made = load(with_upstream(each.yaml));
    EXPECT_FALSE(made.value) << each.yaml;
    EXPECT_NE(complaints(made).find(each.said), std::string::npos)
        << each.yaml << ": " << complaints(made);
  }
}

TEST(health_diagnostics, of_retry) {
  const std::vector<mistake> all{
      {"{retries: 11}", "a whole number from 0 to 10"},
      {"{when: [conect]}", "did you mean `connect`?"},
      {"{when: [404]}", "connect, reset, timeout or a status such as 503"},
      {"{when: []}", "`when`"},
      {"{when: [timeout]}", "`timeout` needs `per_try`"},
      {"{budget: 20}", "write `20%`"},
      {"{buffer: 257KiB}", "256KiB"},
      {"{hedge: p5}", "a percentile such as p95"},
      {"{hedge: p9x}", "a percentile such as p95"},
      {"{hedge: soon}", "a percentile such as p95"},
      {"{hedge: 0s}", "a percentile such as p95"},
      {"3", "settings such as {retries: 1"},
  };
  for (const mistake& each : all) {
    const loaded made = load(with_retry(each.yaml));
    EXPECT_FALSE(made.value) << each.yaml;
    EXPECT_NE(complaints(made).find(each.said), std::string::npos)
        << each.yaml << ": " << complaints(made);
  }
}

// The long form says all of it, and loads to the same.
TEST(health_check, the_long_form_loads_to_the_same) {
  const loaded first = load(
      "listen: 8080\nupstreams:\n  u:\n    endpoints: [{url: http://127.0.0.1:1, weight: 3}, "
      "{url: http://127.0.0.1:2, priority: 2}]\n    balance: {consistent_hash: header.X-A}\n"
      "    panic_threshold: 30%\n    slow_start: 10s\n"
      "    health_check: {path: /up, host: a.test, body: 'yes', expect: [200, 204-206]}\n"
      "    outlier_detection: {error_rate: 40%, slower_than: 300%}\n"
      "  v: {endpoints: [http://127.0.0.1:3], health_check: tcp, outlier_detection: off}\n"
      "routes: [{to: {u: 1, v: 1}, retry: {retries: 2, when: [timeout, 503], per_try: 1s}}]\n");
  ASSERT_TRUE(first.value) << complaints(first);
  const std::string printed = print_long_form(*first.value);
  const loaded second = load(printed);
  ASSERT_TRUE(second.value) << complaints(second) << printed;
  EXPECT_EQ(*first.value, *second.value) << printed;
}

}  // namespace
}  // namespace ferroway::config::testing
