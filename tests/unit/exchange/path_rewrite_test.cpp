#include "exchange/path_rewrite.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

config::template_text text_of(std::initializer_list<std::pair<bool, const char*>> pieces) {
  config::template_text made;
  for (const auto& [is_variable, text] : pieces) made.push_back({is_variable, text});
  return made;
}

class rewriting : public testing::Test, protected exchange_rig {
 protected:
  // The path that `path` becomes, or the failure.
  std::string rewritten(const config::path_rewrite& how, std::string_view path) {
    const path_rewrite compiled(how);
    ex().request.path = path;
    const result<std::string_view> made = compiled.apply(ex());
    return made ? std::string(*made) : std::string(to_string(made.error().kind));
  }
};

TEST_F(rewriting, a_prefix_is_taken_off_by_whole_segments) {
  const config::path_rewrite strip{.strip_prefix = "/users"};
  EXPECT_EQ(rewritten(strip, "/users/7/orders"), "/7/orders");
  EXPECT_EQ(rewritten(strip, "/users"), "/");
  EXPECT_EQ(rewritten(strip, "/users/"), "/");
  EXPECT_EQ(rewritten(strip, "/userspace"), "/userspace");
  EXPECT_EQ(rewritten(strip, "/other"), "/other");
  EXPECT_EQ(rewritten(strip, "*"), "*");
}

TEST_F(rewriting, a_prefix_is_added_or_replaced) {
  EXPECT_EQ(rewritten({.add_prefix = "/v2"}, "/users"), "/v2/users");
  EXPECT_EQ(rewritten({.add_prefix = "/v2"}, "/"), "/v2/");
  EXPECT_EQ(rewritten({.strip_prefix = "/v1", .add_prefix = "/v2"}, "/v1/users"), "/v2/users");
  EXPECT_EQ(rewritten({.strip_prefix = "/v1", .add_prefix = "/v2"}, "/v1"), "/v2");
  EXPECT_EQ(rewritten({.strip_prefix = "/v1", .add_prefix = "/v2"}, "/v3/users"), "/v3/users");
}

TEST_F(rewriting, a_template_is_filled_with_captures) {
  const capture captured[] = {{"path.id", "a%2Cb"}, {"path.rest", "x/y"}, {"host.t", "shop"}};
  ex().captures = captured;
  EXPECT_EQ(rewritten({.path = text_of({{false, "/v2/"}, {true, "path.id"}, {false, "/o"}})}, "/"),
            "/v2/a%2Cb/o");
  EXPECT_EQ(rewritten({.path = text_of({{false, "/"}, {true, "path.rest"}})}, "/"), "/x/y");
  EXPECT_EQ(rewritten({.path = text_of({{false, "/"}, {true, "host.t"}})}, "/"), "/shop");
}

TEST_F(rewriting, what_a_client_says_elsewhere_makes_no_segments) {
  field("X-Id", "a b/../c?d#e%41");
  ex().request.query = "q=a%20b&r=a%2Fb";
  EXPECT_EQ(rewritten({.path = text_of({{false, "/"}, {true, "header.X-Id"}})}, "/"), "malformed");
  EXPECT_EQ(rewritten({.path = text_of({{false, "/"}, {true, "query.q"}})}, "/"), "/a%20b");
  EXPECT_EQ(rewritten({.path = text_of({{false, "/"}, {true, "query.r"}})}, "/"), "malformed");
}

TEST_F(rewriting, no_value_leads_out_of_where_it_stands) {
  field("X-Up", "..");
  field("X-Here", ".");
  field("X-Empty", "");
  field("X-Dotted", "..a");
  ex().request.query = "up=%2e%2E&half=.%2e";
  const auto in_the_middle = [&](const char* name) {
    return rewritten({.path = text_of({{false, "/a/"}, {true, name}, {false, "/b"}})}, "/");
  };
  for (const char* name : {"header.X-Up", "header.X-Here", "header.X-Empty", "header.X-None",
                           "query.up", "query.half", "cookie.none"}) {
    EXPECT_EQ(in_the_middle(name), "malformed") << name;
  }
  EXPECT_EQ(in_the_middle("header.X-Dotted"), "/a/..a/b");
  EXPECT_EQ(rewritten({.path = text_of({{false, "/a/"}, {true, "header.X-None"}})}, "/"), "/a/");
  const capture captured[] = {{"path.rest", "../admin"}};
  ex().captures = captured;
  EXPECT_EQ(rewritten({.path = text_of({{false, "/in/"}, {true, "path.rest"}})}, "/"), "malformed");
  // The slash that a pattern forgets is no way out.
  const config::path_rewrite slip{.match = "/files(.*)", .replace = "/static/\\1"};
  EXPECT_EQ(rewritten(slip, "/files../admin"), "malformed");
  EXPECT_EQ(rewritten(slip, "/files/a"), "/static/a");
}

TEST_F(rewriting, a_regular_expression_replaces_the_whole_path) {
  const config::path_rewrite how{.match = "/(v[0-9]+)/(.*)", .replace = "/api/\\2/\\1"};
  EXPECT_EQ(rewritten(how, "/v1/users/7"), "/api/users/7/v1");
  EXPECT_EQ(rewritten(how, "/x/v1/users"), "/x/v1/users");
  EXPECT_EQ(rewritten({.match = "/old(/.*)?", .replace = "/new\\1"}, "/old"), "/new");
  EXPECT_EQ(rewritten({.match = "(.*)", .replace = "/p\\0"}, "/old"), "/p/old");
}

TEST_F(rewriting, what_comes_of_it_is_in_normal_form) {
  EXPECT_EQ(rewritten({.match = "(/.*)", .replace = "/api/\\1"}, "/a"), "/api/a");
  EXPECT_EQ(rewritten({.match = "/(.*)", .replace = "/%7e\\1"}, "/a"), "/~a");
}

}  // namespace
}  // namespace ferroway
