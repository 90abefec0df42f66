// Header and query conditions, priorities and regular expressions of the route table.
#include <gtest/gtest.h>

#include <sstream>

#include "routing/route_table.hpp"

namespace ferroway::routing {
namespace {

using outcome = route_match::outcome;
using kind = config::condition::kind;

struct asking {
  std::string path = "/";
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string query = {};
  bool is_preflight = false;
};

class conditional_table : public testing::Test {
 protected:
  route_pattern& add(const std::string& path) {
    route_pattern& made = patterns.emplace_back();
    made.path = path;
    made.route = static_cast<std::uint32_t>(patterns.size() - 1);
    return made;
  }
  route_pattern& add_regex(const std::string& pattern) {
    route_pattern& made = add(pattern);
    made.kind = path_kind::regex;
    return made;
  }

  // "2 path.id=7", "404", or "405 GET, HEAD".
  std::string decide(const asking& asked) {
    const auto table = route_table::compile(patterns);
    if (!table) return table.error().message;
    arena memory;
    http::field_list fields;
    for (const auto& [name, value] : asked.headers) fields.add(memory, name, value);
    const route_match match = table->match({.authority = "a.test",
                                            .path = asked.path,
                                            .method = asked.method,
                                            .query = asked.query,
                                            .fields = &fields,
                                            .is_preflight = asked.is_preflight},
                                           memory);
    if (match.is == outcome::no_route) return "404";
    if (match.is == outcome::method_not_allowed) return "405 " + std::string(match.allow);
    std::ostringstream text;
    text << match.route;
    for (std::size_t i = 0; i < match.captured.size(); ++i) {
      text << ' ' << match.captured.name(i) << '=' << match.captured.value(i);
    }
    return text.str();
  }

  std::vector<route_pattern> patterns;
};

TEST_F(conditional_table, a_header_decides_between_routes_of_one_path) {
  add("/a");
  add("/a").headers = {{"X-Tier", kind::equals, "gold"}};
  EXPECT_EQ(decide({"/a"}), "0");
  EXPECT_EQ(decide({"/a", "GET", {{"x-tier", "gold"}}}), "1");
  EXPECT_EQ(decide({"/a", "GET", {{"x-tier", "golden"}}}), "0");
}

TEST_F(conditional_table, where_no_conditions_hold_the_shorter_path_is_tried) {
  add("/").methods = {"GET"};
  add("/a/{id}").headers = {{"X-Tier", kind::present, ""}};
  EXPECT_EQ(decide({"/a/7"}), "0");
  EXPECT_EQ(decide({"/a/7", "GET", {{"X-Tier", ""}}}), "1 path.id=7");
  EXPECT_EQ(decide({"/a/7", "POST"}), "405 GET, HEAD");
}

TEST_F(conditional_table, where_they_hold_methods_do_not_fall_through) {
  add("/");
  route_pattern& special = add("/a");
  special.headers = {{"X-Tier", kind::equals, "gold"}};
  special.methods = {"PUT"};
  EXPECT_EQ(decide({"/a", "GET", {{"X-Tier", "gold"}}}), "405 PUT");
  EXPECT_EQ(decide({"/a", "GET"}), "0");
}

TEST_F(conditional_table, every_kind_of_condition) {
  add("/regex").headers = {{"X", kind::regex, "gold|silver"}};
  add("/absent").headers = {{"X", kind::absent, ""}};
  add("/both").headers = {{"X", kind::present, ""}, {"Y", kind::equals, "1"}};
  EXPECT_EQ(decide({"/regex", "GET", {{"X", "silver"}}}), "0");
  EXPECT_EQ(decide({"/regex", "GET", {{"X", "silverware"}}}), "404");  // the whole value
  EXPECT_EQ(decide({"/regex"}), "404");
  EXPECT_EQ(decide({"/absent"}), "1");
  EXPECT_EQ(decide({"/absent", "GET", {{"X", ""}}}), "404");
  EXPECT_EQ(decide({"/both", "GET", {{"X", ""}, {"Y", "1"}}}), "2");
  EXPECT_EQ(decide({"/both", "GET", {{"Y", "1"}}}), "404");
}

TEST_F(conditional_table, a_header_in_several_fields_counts_as_their_list) {
  add("/").headers = {{"X", kind::equals, "a, b"}};
  EXPECT_EQ(decide({"/", "GET", {{"X", "a"}, {"Other", "c"}, {"x", "b"}}}), "0");
  EXPECT_EQ(decide({"/", "GET", {{"X", "a"}}}), "404");
}

TEST(conditions, take_a_thousand_different_regular_expressions) {
  const auto with = [](int count) {
    std::vector<route_pattern> routes;
    for (int i = 0; i < count; ++i) {
      route_pattern& one = routes.emplace_back();
      one.path = "/" + std::to_string(i);
      one.headers = {{"X", kind::regex, "a" + std::to_string(i)}, {"Y", kind::regex, "a0"}};
      one.route = static_cast<std::uint32_t>(i);
    }
    return route_table::compile(routes);
  };
  EXPECT_TRUE(with(1000));
  const auto refused = with(1001);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "more than 1000 different regular expressions in conditions");
}

TEST(condition_subject, puts_together_or_decodes_a_value_once) {
  arena memory;
  http::field_list fields;
  for (const char* value : {"a", "b", "c"}) fields.add(memory, "X-Tenant", value);
  fields.add(memory, "Cookie", "a=1");
  fields.add(memory, "Cookie", "b=2");
  condition_subject subject(&fields, "q=a%20b&p=plain", memory);
  const auto joined = subject.header(http::field_id::other, "X-Tenant");
  EXPECT_EQ(joined, "a, b, c");
  EXPECT_EQ(subject.header(http::field_id::other, "x-tenant")->data(), joined->data());
  EXPECT_EQ(subject.header(http::field_id::cookie, "Cookie"), "a=1; b=2");
  EXPECT_FALSE(subject.header(http::field_id::other, "X-None"));
  const auto decoded = subject.parameter("q");
  EXPECT_EQ(decoded, "a b");
  EXPECT_EQ(subject.parameter("q")->data(), decoded->data());
  EXPECT_EQ(subject.parameter("p"), "plain");
  EXPECT_FALSE(subject.parameter("X-Tenant"));
}

TEST_F(conditional_table, query_parameters_are_decoded_and_the_first_counts) {
  add("/").query = {{"version", kind::equals, "2 b"}};
  EXPECT_EQ(decide({"/", "GET", {}, "a=1&version=2+b"}), "0");
  EXPECT_EQ(decide({"/", "GET", {}, "%76ersion=2%20b"}), "0");
  EXPECT_EQ(decide({"/", "GET", {}, "version=1&version=2+b"}), "404");
  EXPECT_EQ(decide({"/", "GET", {}, "Version=2+b"}), "404");
  EXPECT_EQ(decide({"/", "GET", {}, ""}), "404");
}

TEST_F(conditional_table, more_headers_win_then_more_parameters_then_file_order) {
  add("/").query = {{"a", kind::present, ""}};
  add("/").query = {{"a", kind::present, ""}, {"b", kind::present, ""}};
  add("/").headers = {{"X", kind::present, ""}};
  add("/").headers = {{"Y", kind::present, ""}};
  EXPECT_EQ(decide({"/", "GET", {{"X", ""}, {"Y", ""}}, "a&b"}), "2");
  EXPECT_EQ(decide({"/", "GET", {{"Y", ""}}, "a&b"}), "3");
  EXPECT_EQ(decide({"/", "GET", {}, "a&b"}), "1");
  EXPECT_EQ(decide({"/", "GET", {}, "a"}), "0");
}

TEST_F(conditional_table, a_higher_priority_wins_over_a_longer_path) {
  add("/a/b");
  add("/a").priority = 10;
  add("/").priority = -1;
  EXPECT_EQ(decide({"/a/b"}), "1");
  EXPECT_EQ(decide({"/b"}), "2");
}

TEST_F(conditional_table, priority_acts_within_a_host) {
  add("/").priority = 10;
  add("/").host = "a.test";
  EXPECT_EQ(decide({"/x"}), "1");
}

TEST_F(conditional_table, a_path_asks_its_routes_of_lower_priority_for_the_method) {
  route_pattern& first = add("/a");
  first.priority = 10;
  first.methods = {"POST"};
  add("/a").methods = {"PUT"};
  add("/");
  add_regex("/.*").priority = 5;
  patterns.back().headers = {{"X", kind::present, ""}};
  EXPECT_EQ(decide({"/a", "PUT", {{"X", ""}}}), "1");  // no other path comes between
  EXPECT_EQ(decide({"/a", "POST"}), "0");
  EXPECT_EQ(decide({"/a", "PUT"}), "1");
  EXPECT_EQ(decide({"/a", "GET"}), "405 POST, PUT");
  EXPECT_EQ(decide({"/b", "GET"}), "2");
}

TEST_F(conditional_table, regular_expressions_come_between_exact_paths_and_prefixes) {
  add("/v1/old/deep");
  add_regex("/v[0-9]+/old(/.*)?");
  add("/v1/old").kind = path_kind::exact;
  EXPECT_EQ(decide({"/v1/old"}), "2");
  EXPECT_EQ(decide({"/v1/old/deep"}), "1");
  EXPECT_EQ(decide({"/v22/old"}), "1");
  EXPECT_EQ(decide({"/v22/older"}), "404");
}

TEST_F(conditional_table, of_several_regular_expressions_the_first_in_the_file_wins) {
  add_regex("/x[0-9]+").methods = {"POST"};
  add_regex("/x.*");
  add_regex("/x[0-9]+").methods = {"PUT"};
  EXPECT_EQ(decide({"/x1", "POST"}), "0");
  EXPECT_EQ(decide({"/x1", "PUT"}), "2");
  EXPECT_EQ(decide({"/x1", "GET"}), "405 POST, PUT");
  EXPECT_EQ(decide({"/xy", "GET"}), "1");
}

TEST_F(conditional_table, named_groups_are_captures) {
  add_regex("/(?P<version>v[0-9]+)/(x|(?P<rest>.*))").host = "{tenant}.test";
  EXPECT_EQ(decide({"/v7/some/where"}), "0 host.tenant=a path.version=v7 path.rest=some/where");
  EXPECT_EQ(decide({"/v7/x"}), "0 host.tenant=a path.version=v7 path.rest=");
}

TEST_F(conditional_table, a_pattern_that_could_explode_takes_linear_time) {
  add_regex("/(a*)*b");
  add_regex("/(a|a)*c");
  std::string path = "/" + std::string(8000, 'a');
  EXPECT_EQ(decide({path}), "404");
  EXPECT_EQ(decide({path + "c"}), "1");
}

TEST_F(conditional_table, has_limits_with_names) {
  for (int i = 0; i < 17; ++i) add("/a").priority = i;
  EXPECT_EQ(decide({}), "more than 16 different priorities for one host");
  patterns.clear();
  for (int i = 0; i < 257; ++i) add("/a");
  EXPECT_EQ(decide({}), "more than 256 routes with one host and path");
  patterns.clear();
  for (int i = 0; i < 1001; ++i) add_regex("/a" + std::to_string(i));
  EXPECT_EQ(decide({}), "more than 1000 regular expressions for paths");
  patterns.clear();
  add_regex("/((((a{100}){100}){100}){100})");
  EXPECT_NE(decide({}).find("bad repetition"), 0U);
}

TEST_F(conditional_table, finds_its_way_among_a_thousand_regular_expressions) {
  for (int i = 0; i < 1000; ++i) add_regex("/service-" + std::to_string(i) + "/[a-z]+(/.*)?");
  EXPECT_EQ(decide({"/service-999/abc/def"}), "999");
  EXPECT_EQ(decide({"/service-1000/abc"}), "404");
}

asking preflight(const std::string& path, const std::string& method) {
  return {.path = path, .method = method, .is_preflight = true};
}

TEST_F(conditional_table, a_preflight_finds_the_route_whatever_its_headers_are) {
  route_pattern& gold = add("/a");
  gold.headers = {{"X-Tier", kind::equals, "gold"}};
  gold.methods = {"PUT"};
  gold.answers_preflights = true;
  EXPECT_EQ(decide(preflight("/a/b", "PUT")), "0");
  EXPECT_EQ(decide({"/a/b", "PUT"}), "404");
  EXPECT_TRUE(decide(preflight("/a", "DELETE")).starts_with("405"));
  EXPECT_TRUE(decide(preflight("/a", "TRACE")).starts_with("405"));
}

TEST_F(conditional_table, a_preflights_query_counts_as_that_of_any_request) {
  route_pattern& second = add("/a");
  second.query = {{"v", kind::equals, "2"}};
  second.answers_preflights = true;
  EXPECT_EQ(decide(preflight("/a", "GET")), "404");
  asking asked = preflight("/a", "GET");
  asked.query = "v=2";
  EXPECT_EQ(decide(asked), "0");
}

TEST_F(conditional_table, a_preflight_finds_those_that_answer_it_and_does_not_fall_through) {
  add("/a").headers = {{"X-Tier", kind::equals, "gold"}};
  add("/a").answers_preflights = true;
  add("/a/b");
  add("/").answers_preflights = true;
  EXPECT_EQ(decide(preflight("/a", "GET")), "1");
  EXPECT_TRUE(decide(preflight("/a/b", "GET")).starts_with("405"));
  EXPECT_EQ(decide(preflight("/c", "GET")), "3");
}

}  // namespace
}  // namespace ferroway::routing
