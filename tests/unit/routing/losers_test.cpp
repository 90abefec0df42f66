#include "routing/losers.hpp"

#include <gtest/gtest.h>

#include "config/load.hpp"

namespace ferroway::routing {
namespace {

class losing : public testing::Test {
 protected:
  void load(const std::string& routes) {
    loaded = config::load_text("a.yaml",
                               "listeners: [{name: a, address: 80}, {name: b, address: 81}]\n"
                               "routes:\n" +
                                   routes);
    ASSERT_TRUE(loaded.value) << config::render(loaded, false);
  }
  // "method: method `PUT` is not one of GET"
  std::string why(std::size_t route, std::optional<std::size_t> winner = std::nullopt) {
    const loser lost = why_lost(loaded.value->routes, route, asked, winner);
    return std::string(to_string(lost.lost)) + ": " + lost.why;
  }

  config::loaded loaded;
  arena memory;
  http::field_list fields;
  route_query asked{0, "a.test", "/users/7", "PUT", "v=1", &fields};
};

TEST_F(losing, each_condition_in_turn) {
  load(
      "  - {listener: b, path: /users, respond: {}}\n"
      "  - {listener: a, host: b.test, path: /x, respond: {}}\n"
      "  - {listener: a, host: a.test, path: '/users/{id}/orders', headers: {X: a}, respond: {}}\n"
      "  - {listener: a, path: {regex: '/u'}, respond: {}}\n"
      "  - {listener: a, path: /users, headers: {X: a, Y: b}, methods: [GET], respond: {}}\n"
      "  - {listener: a, path: /users, headers: {Y: {regex: 'b+'}}, respond: {}}\n"
      "  - {listener: a, path: /users, headers: {X: {present: false}}, respond: {}}\n"
      "  - {listener: a, path: /users, query: {v: '2'}, respond: {}}\n"
      "  - {listener: a, path: /users, query: {w: {present: true}}, respond: {}}\n"
      "  - {listener: a, path: /users, methods: [GET, POST], respond: {}}\n"
      "  - {name: last, listener: a, path: /users, respond: {}}\n");
  fields.add(memory, "X", "a");
  fields.add(memory, "Y", "c");
  EXPECT_EQ(why(0), "listener: it is not served on this listener");
  EXPECT_EQ(why(1), "host: host `b.test` does not match `a.test`");
  EXPECT_EQ(why(2), "path: path `/users/{id}/orders` does not match `/users/7`");
  EXPECT_EQ(why(3), "path: regular expression `/u` does not match `/users/7`");
  EXPECT_EQ(why(4), "header: header `Y` is `c`, not `b`");
  EXPECT_EQ(why(5), "header: header `Y` is `c`, which does not match `b+`");
  EXPECT_EQ(why(6), "header: header `X` is there, and must not be");
  EXPECT_EQ(why(7), "query: query parameter `v` is `1`, not `2`");
  EXPECT_EQ(why(8), "query: query parameter `w` is missing");
  EXPECT_EQ(why(9), "method: method `PUT` is not one of GET, POST");
}

TEST_F(losing, what_matches_too_says_who_comes_before_and_why) {
  load(
      "  - {name: host, listener: a, host: a.test, path: /, respond: {}}\n"
      "  - {name: wild, listener: a, host: '*.test', path: /, respond: {}}\n"
      "  - {name: prior, listener: a, path: /, priority: 3, respond: {}}\n"
      "  - {name: exact, listener: a, path: {exact: /users/7}, respond: {}}\n"
      "  - {name: regex, listener: a, path: {regex: '/users/.*'}, respond: {}}\n"
      "  - {name: long, listener: a, path: /users/7, respond: {}}\n"
      "  - {name: literal, listener: a, path: '/users/{id}', respond: {}}\n"
      "  - {name: first, listener: a, path: /users, respond: {}}\n"
      "  - {name: second, listener: a, path: /users, respond: {}}\n");
  EXPECT_NE(why(1, 0).find("`host` is asked first: its host is exact"), std::string::npos);
  EXPECT_NE(why(2, 1).find("`wild` is asked first: it says a host"), std::string::npos);
  EXPECT_NE(why(3, 2).find("its priority 3 is higher than 0"), std::string::npos);
  EXPECT_NE(why(4, 3).find("its path is exact"), std::string::npos);
  EXPECT_NE(why(5, 4).find("regular expressions come before prefixes"), std::string::npos);
  EXPECT_NE(why(6, 5).find("a literal segment comes before a capture"), std::string::npos);
  EXPECT_NE(why(7, 6).find("its path is longer"), std::string::npos);
  EXPECT_NE(why(8, 7).find("it stands before it in the file"), std::string::npos);
}

TEST_F(losing, the_closest_come_first) {
  load(
      "  - {name: far, listener: a, host: b.test, path: /, respond: {}}\n"
      "  - {name: near, listener: a, path: '/users/{id}/orders', respond: {}}\n"
      "  - {name: method, listener: a, path: '/users', methods: [GET], respond: {}}\n"
      "  - {name: other, listener: a, path: '/orders', respond: {}}\n");
  const auto lost = closest_losers(loaded.value->routes, asked, std::nullopt, 3);
  ASSERT_EQ(lost.size(), 3U);
  EXPECT_EQ(lost[0].route, 2U);
  EXPECT_EQ(lost[1].route, 1U);
  EXPECT_EQ(lost[2].route, 3U);
}

}  // namespace
}  // namespace ferroway::routing
