#include "config/difference.hpp"

#include <gtest/gtest.h>

#include "unit/config/config_support.hpp"

namespace ferroway::config {
namespace {

using testing::complaints;

constexpr const char* base = R"(
workers: 2
listeners:
  - {name: public, address: 127.0.0.1:8080}
  - {name: inner, address: 127.0.0.1:8081}
middlewares:
  tag: {response_headers: {set: {X-Tag: "1"}}}
upstreams:
  a: {endpoints: [http://127.0.0.1:1]}
  b: {endpoints: [http://127.0.0.1:2]}
use: [request_id]
routes:
  - {name: first, path: /a, listener: public, use: [tag], to: {a: 1, b: 2}}
  - {name: second, path: /b, listener: [public, inner], to: b}
)";

config read(const std::string& text) {
  const loaded outcome = testing::load(text);
  EXPECT_TRUE(outcome.value) << complaints(outcome) << text;
  return outcome.value.value_or(config{});
}

// What replacing `from` in the base changes.
std::string changed(const std::string& from, const std::string& to) {
  std::string text = base;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  return describe(difference(read(base), read(text)));
}

TEST(difference, of_the_same_is_nothing) {
  EXPECT_EQ(changed("workers", "workers"), "");
  EXPECT_EQ(changed("routes:", "\n\n# elsewhere\nroutes:"), "");
  EXPECT_EQ(changed("address: 127.0.0.1:8080}", "address: \"127.0.0.1:8080\", limits: {}}"), "");
}

TEST(difference, names_what_has_changed) {
  EXPECT_EQ(changed("127.0.0.1:8080", "127.0.0.1:8090"), "listener public changed");
  EXPECT_EQ(changed("127.0.0.1:2", "127.0.0.1:3"), "upstream b changed");
  EXPECT_EQ(changed("X-Tag: \"1\"", "X-Tag: \"2\""), "middleware tag changed");
  EXPECT_EQ(changed("/a, ", "/c, "), "route first changed");
  EXPECT_EQ(changed("a: 1, b: 2", "a: 2, b: 1"), "route first changed");
  EXPECT_EQ(changed("to: b}", "to: a}"), "route second changed");
  EXPECT_EQ(changed("use: [tag], ", ""), "middleware tag removed, route first changed");
  EXPECT_EQ(changed("[public, inner]", "inner"), "route second changed");
}

TEST(difference, names_what_is_new_and_what_is_gone) {
  EXPECT_EQ(changed("  a: {", "  c: {endpoints: [http://127.0.0.1:4]}\n  a: {"),
            "upstream c added");
  EXPECT_EQ(changed("  - {name: second",
                    "  - {name: third, path: /c, listener: inner, to: a}\n"
                    "  - {name: second"),
            "route third added");
  EXPECT_EQ(changed("name: second", "name: other"), "route other added, route second removed");
}

// Indices shift; what they mean does not.
TEST(difference, tells_what_moved_from_what_changed) {
  EXPECT_EQ(changed("  - {name: public",
                    "  - {name: new, address: 127.0.0.1:8082}\n"
                    "  - {name: public"),
            "listener new added");
  EXPECT_EQ(changed("upstreams:", "upstreams:\n  z: {endpoints: [http://127.0.0.1:5]}"),
            "upstream z added");
}

TEST(difference, knows_what_needs_a_restart) {
  EXPECT_EQ(changed("workers: 2", "workers: 3"), "setting workers needs a restart");
  EXPECT_EQ(changed("workers: 2", "workers: 2\nio: epoll"), "setting io needs a restart");
}

TEST(difference, knows_the_settings_of_the_whole) {
  EXPECT_EQ(changed("workers: 2", "workers: 2\nwatch: true"), "setting watch changed");
  EXPECT_EQ(changed("workers: 2", "workers: 2\ndrain_timeout: 1s"),
            "setting drain_timeout changed");
  EXPECT_EQ(changed("  - {name: first, path: /a, listener: public, use: [tag], to: {a: 1, b: 2}}\n"
                    "  - {name: second, path: /b, listener: [public, inner], to: b}",
                    "  - {name: second, path: /b, listener: [public, inner], to: b}\n"
                    "  - {name: first, path: /a, listener: public, use: [tag], to: {a: 1, b: 2}}"),
            "setting order of routes changed");
  // Of the top level, and with it every route's pipeline.
  EXPECT_EQ(changed("use: [request_id]", "use: [access_log]"),
            "middleware access_log added, middleware request_id removed, route first changed, "
            "route second changed, setting use changed");
}

TEST(difference, is_empty_only_where_both_say_the_same) {
  const config before = read(base);
  config now = before;
  EXPECT_TRUE(difference(before, now).empty());
  std::swap(now.upstreams[0], now.upstreams[1]);
  EXPECT_FALSE(difference(before, now).empty());
}

TEST(difference, is_told_in_bounds) {
  std::vector<change> many(25, {change::part::route, "r", change::what::added});
  EXPECT_EQ(describe(many, 2), "route r added, route r added and 23 more");
  EXPECT_EQ(describe({}), "");
}

// A file that is named is one that a reload depends on, whether it can be read or not.
TEST(difference, loading_tells_which_files_were_read) {
  testing::made_up_environment outside;
  outside.files["dir/secret"] = "s";
  const loaded outcome = testing::load(
      "listen: 8080\nroutes:\n"
      "  - {path: /a, respond: {body: \"${file:secret}${file:secret}\"}}\n"
      "  - {path: /b, respond: {body: \"${file:missing}\"}}\n",
      outside);
  EXPECT_EQ(outcome.files_read, (std::vector<std::string>{"dir/missing", "dir/secret"}));
}

}  // namespace
}  // namespace ferroway::config
