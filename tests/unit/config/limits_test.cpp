// What a user may write of ip_filter, body_limit and concurrency_limit, and is told where it is
// wrong.
#include <gtest/gtest.h>

#include <algorithm>

#include "config/middlewares.hpp"
#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

std::string file_with(const std::string& middleware) {
  return "listen: 8080\nroutes:\n  - {path: '/{id}', respond: {}, use: [" + middleware + "]}\n";
}

template <class Kind>
Kind read(const std::string& middleware, const environment& outside = made_up_environment()) {
  const loaded outcome = load(file_with(middleware), outside);
  EXPECT_TRUE(outcome.value) << complaints(outcome);
  if (!outcome.value) return {};
  return std::get<Kind>(outcome.value->middlewares[0].settings->as);
}

void expect_wrong(const std::string& middleware, const std::string& said,
                  const environment& outside = made_up_environment()) {
  const std::string all = complaints(load(file_with(middleware), outside));
  EXPECT_NE(all.find(said), std::string::npos) << middleware << "\n" << all;
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 1) << middleware << "\n" << all;
}

TEST(ip_filter_settings, are_networks_of_both_kinds) {
  const auto made = read<ip_filter_middleware>(
      "{ip_filter: {allow: [10.0.0.0/8, '2001:db8::/32'], deny: [10.1.1.1], shadow: true}}");
  ASSERT_EQ(made.allow.networks.size(), 2U);
  EXPECT_EQ(made.allow.networks[1], *io::ip_network::parse("2001:db8::/32"));
  ASSERT_EQ(made.deny.networks.size(), 1U);
  EXPECT_EQ(made.deny.networks[0].prefix_bits, 128);
  EXPECT_TRUE(made.shadow);
}

TEST(ip_filter_settings, may_come_from_a_file_with_a_network_a_line) {
  made_up_environment outside;
  outside.files["dir/office.txt"] = "# the office\n10.0.0.0/8\n\n  192.0.2.1  # the printer\r\n::1";
  const auto made = read<ip_filter_middleware>(
      "{ip_filter: {allow: ['${file:office.txt}', 10.9.0.0/16]}}", outside);
  EXPECT_EQ(made.allow.networks.size(), 4U);
  const loaded first =
      load(file_with("{ip_filter: {allow: ['${file:office.txt}', 10.9.0.0/16]}}"), outside);
  const std::string printed = print_long_form(*first.value);
  EXPECT_NE(printed.find("${file:office.txt}"), std::string::npos) << printed;
  EXPECT_EQ(printed.find("192.0.2.1"), std::string::npos) << printed;
  const loaded second = load(printed, outside);
  ASSERT_TRUE(second.value) << complaints(second);
  EXPECT_EQ(written_out(*first.value), written_out(*second.value));
}

TEST(ip_filter_settings, say_what_is_wrong_in_a_file_and_where) {
  made_up_environment outside;
  outside.files["dir/bad.txt"] = "10.0.0.0/8\n10.0.0.1/8\n";
  outside.files["dir/worse.txt"] = "10.0.0.0/8\nthe office\n";
  outside.files["dir/empty.txt"] = "# nobody\n";
  expect_wrong("{ip_filter: {allow: ['${file:bad.txt}']}}",
               "in line 2 of it: bits are set behind the prefix", outside);
  expect_wrong("{ip_filter: {allow: ['${file:worse.txt}']}}", "in line 2 of it: a network",
               outside);
  expect_wrong("{ip_filter: {allow: ['${file:empty.txt}']}}", "there is no network in it", outside);
}

TEST(ip_filter_settings, that_are_wrong_are_refused) {
  expect_wrong("{ip_filter: {}}", "3:52 `ip_filter` has neither `allow` nor `deny`");
  expect_wrong("{ip_filter: [10.0.0.0/8]}", "`ip_filter`: expected lists such as {allow:");
  expect_wrong("{ip_filter: {allow: 10.0.0.0/8}}", "write [10.0.0.0/8]");
  expect_wrong("{ip_filter: {allow: []}}", "`allow`: expected a list of IP addresses");
  expect_wrong("{ip_filter: {allow: [10.0.0.0/33]}}", "3:61 `allow`: expected IP addresses");
  expect_wrong("{ip_filter: {allow: [10.0.0.1/8]}}", "bits are set behind the prefix");
  expect_wrong("{ip_filter: {allow: [10.0.0.0/33]}}", "a prefix length is 0 to 32 for IPv4");
  expect_wrong("{ip_filter: {deny: [localhost]}}", "found `localhost`");
  expect_wrong("{ip_filter: {deny: [[10.0.0.1]]}}", "`deny`: expected IP addresses");
  expect_wrong("{ip_filter: {alow: [10.0.0.1]}}", "did you mean `allow`?");
  expect_wrong("{ip_filter: {allow: [10.0.0.0/8], deny: [10.0.0.0/8]}}",
               "`allow` and `deny` name the same network");
  expect_wrong("{ip_filter: {allow: ['${client.ip}']}}", "not allowed in `allow`");
}

TEST(ip_filter_settings, have_a_bound) {
  std::string many;
  for (int i = 0; i < 100'001; ++i) {
    many += std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) + "." +
            std::to_string(i & 255) + ".0/24,";
  }
  many.pop_back();
  expect_wrong("{ip_filter: {allow: [" + many + "]}}", "`allow` holds more than 100000 networks");
}

TEST(body_limit_settings, have_a_short_form) {
  EXPECT_EQ(read<body_limit_middleware>("{body_limit: 1MiB}").size, 1U << 20);
  EXPECT_EQ(read<body_limit_middleware>("{body_limit: {size: 0B}}").size, 0U);
}

TEST(body_limit_settings, that_are_wrong_are_refused) {
  expect_wrong("{body_limit: }", "`body_limit`: expected a size such as 1MiB");
  expect_wrong("{body_limit: 1M}", "`body_limit`: expected a size such as 512B");
  expect_wrong("{body_limit: {}}", "`body_limit` has no `size`");
  expect_wrong("{body_limit: {sise: 1MiB}}", "did you mean `size`?");
  expect_wrong("body_limit", "`body_limit` has nothing to go by");
}

TEST(concurrency_limit_settings, have_a_short_form) {
  const auto made = read<concurrency_limit_middleware>("{concurrency_limit: 100}");
  EXPECT_EQ(made.requests, 100U);
  EXPECT_EQ(made.queue, 0U);
  EXPECT_EQ(made.queue_timeout, std::chrono::seconds(1));
}

TEST(concurrency_limit_settings, have_a_key_and_a_queue) {
  const auto made = read<concurrency_limit_middleware>(
      "{concurrency_limit: {requests: 5, key: header.X-Tenant, queue: 7, queue_timeout: 250ms}}");
  EXPECT_EQ(made.key, "header.X-Tenant");
  EXPECT_EQ(made.queue, 7U);
  EXPECT_EQ(made.queue_timeout, std::chrono::milliseconds(250));
}

TEST(concurrency_limit_settings, that_are_wrong_are_refused) {
  expect_wrong("{concurrency_limit: 0}", "a whole number from 1 to 1000000");
  expect_wrong("{concurrency_limit: {queue: 5}}", "`concurrency_limit` has no `requests`");
  expect_wrong("{concurrency_limit: {requests: 5, key: X-Tenant}}", "such as `header.X-Tenant`");
  expect_wrong("{concurrency_limit: {requests: 5, key: clint.ip}}",
               "unknown variable `clint.ip` | did you mean `client.ip`?");
  expect_wrong("{concurrency_limit: {requests: 5, key: path.ib}}",
               "`${path.ib}` is not a capture of the route");
  expect_wrong("{concurrency_limit: {requests: 5, queue_timeout: 2h}}",
               "a duration from 1ms to 1h");
}

}  // namespace
}  // namespace ferroway::config::testing
