// What a user may write of `mirror`, and is told where it is wrong.
#include <gtest/gtest.h>

#include "config/difference.hpp"
#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

std::string file_with(const std::string& settings) {
  return "listen: 8080\nupstreams:\n  users: {endpoints: ['http://127.0.0.1:1']}\n"
         "  next: {endpoints: ['http://127.0.0.1:2']}\nroutes:\n"
         "  - {name: r, to: users, mirror: " +
         settings + "}\n  - {path: /next, to: next}\n";
}

route read(const std::string& settings) {
  const loaded outcome = load(file_with(settings));
  EXPECT_TRUE(outcome.value) << complaints(outcome);
  return outcome.value ? outcome.value->routes[0] : route{};
}

void expect_wrong(const std::string& settings, const std::string& said) {
  const std::string all = complaints(load(file_with(settings)));
  EXPECT_NE(all.find(said), std::string::npos) << settings << "\n" << all;
  EXPECT_EQ(all.find("error"), all.rfind("error ")) << settings << "\n" << all;
}

TEST(mirror_settings, are_whereto_and_what) {
  const route made = read(
      "{to: next, percent: 10, methods: [POST, GET], timeout: 2s, in_flight: 7, body_bytes: 1KiB}");
  ASSERT_TRUE(made.copies);
  EXPECT_EQ(made.copies->to, 1U);
  EXPECT_EQ(made.copies->percent, 10U);
  EXPECT_EQ(made.copies->methods, (std::vector<std::string>{"POST", "GET", "HEAD"}));
  EXPECT_EQ(made.copies->timeout, std::chrono::seconds(2));
  EXPECT_EQ(made.copies->in_flight, 7U);
  EXPECT_EQ(made.copies->body_bytes, 1024U);
}

TEST(mirror_settings, are_few_by_default) {
  const route made = read("{to: next}");
  mirror usual;
  usual.to = 1;
  ASSERT_TRUE(made.copies);
  EXPECT_EQ(*made.copies, usual);
}

TEST(mirror_settings, may_have_the_upstream_in_place_which_is_named_after_the_route) {
  const loaded one = load(file_with("{to: ['http://127.0.0.1:7', 'http://127.0.0.1:8']}"));
  ASSERT_TRUE(one.value) << complaints(one);
  const upstream& to = one.value->upstreams[one.value->routes[0].copies->to];
  EXPECT_EQ(to.name, "r-mirror");
  EXPECT_EQ(to.endpoints.size(), 2U);
}

TEST(mirror_settings, that_are_wrong_are_named) {
  expect_wrong("next", "`mirror`: expected settings such as {to: users_next, percent: 10}");
  expect_wrong("{percent: 10}", "`mirror` has no `to`");
  expect_wrong("{to: nxt}", "no upstream is called `nxt`");
  expect_wrong("{to: users}", "the route's requests go to `users` anyway");
  expect_wrong("{to: {next: 1, users: 1}}", "expected an upstream's name, a URL or a list of URLs");
  expect_wrong("{to: next, percent: 0}", "`percent`");
  expect_wrong("{to: next, percent: 101}", "`percent`");
  expect_wrong("{to: next, percent: 10%}", "`percent`");
  expect_wrong("{to: next, methods: []}", "`methods`");
  expect_wrong("{to: next, methods: [get]}", "methods are written in upper case");
  expect_wrong("{to: next, timeout: 11m}", "`timeout`");
  expect_wrong("{to: next, in_flight: 0}", "`in_flight`");
  expect_wrong("{to: next, body_bytes: 65KiB}", "`body_bytes`");
  expect_wrong("{to: next, body_byte: 1KiB}", "unknown key `body_byte`");
}

TEST(mirror_settings, need_an_upstream_to_differ_from) {
  const std::string all = complaints(
      load("listen: 8080\nroutes: [{respond: {}, mirror: {to: 'http://127.0.0.1:1'}}]\n"));
  EXPECT_NE(all.find("`mirror` needs `to`"), std::string::npos) << all;
}

TEST(mirror_settings, are_compared_by_the_name_of_their_upstream) {
  const std::string before = file_with("{to: next, percent: 10}");
  std::string more = before;
  more.replace(more.find("  users:"), 0, "  another: {endpoints: ['http://127.0.0.1:3']}\n");
  more.replace(more.find("  - {path: /next"), 0, "  - {path: /another, to: another}\n");
  const auto changes = difference(*load(before).value, *load(more).value);
  for (const change& each : changes) EXPECT_NE(each.name, "r");
  const auto other =
      difference(*load(before).value, *load(file_with("{to: next, percent: 11}")).value);
  ASSERT_EQ(other.size(), 1U);
  EXPECT_EQ(other[0].name, "r");
}

TEST(mirror_settings, have_a_long_form_that_says_the_same) {
  const loaded one = load(file_with("{to: next, percent: 10, methods: [GET, POST]}"));
  ASSERT_TRUE(one.value) << complaints(one);
  const std::string text = print_long_form(*one.value);
  EXPECT_NE(text.find("    mirror:\n      to: next\n      percent: 10\n"
                      "      methods: [GET, HEAD, POST]\n      timeout: 5s\n"
                      "      in_flight: 64\n      body_bytes: 16KiB\n"),
            std::string::npos)
      << text;
  const loaded again = load(text);
  ASSERT_TRUE(again.value) << complaints(again);
  EXPECT_EQ(*again.value->routes[0].copies, *one.value->routes[0].copies);
}

}  // namespace
}  // namespace ferroway::config::testing
