#include "routing/route_table.hpp"

#include <gtest/gtest.h>

#include <map>
#include <sstream>

namespace ferroway::routing {
namespace {

using outcome = route_match::outcome;

route_pattern prefix(std::string path, std::vector<std::string> methods = {}) {
  return {.path = std::move(path), .methods = std::move(methods)};
}
route_pattern exact(std::string path) {
  return {.kind = path_kind::exact, .path = std::move(path)};
}
route_pattern at_host(std::string host, std::string path = "/") {
  return {.host = std::move(host), .path = std::move(path)};
}

// A table whose routes are numbered in file order.
route_table table_of(std::vector<route_pattern> patterns) {
  for (std::size_t i = 0; i < patterns.size(); ++i)
    patterns[i].route = static_cast<std::uint32_t>(i);
  auto compiled = route_table::compile(patterns);
  EXPECT_TRUE(compiled.has_value()) << compiled.error().message;
  return compiled ? std::move(*compiled) : route_table();
}

// "2 path.id=7" (the route and its captures), "404", or "405 GET, HEAD".
std::string decide(const route_table& table, const route_query& query) {
  arena memory;
  const route_match match = table.match(query, memory);
  std::ostringstream text;
  if (match.is == outcome::no_route) return "404";
  if (match.is == outcome::method_not_allowed) return "405 " + std::string(match.allow);
  text << match.route;
  for (std::size_t i = 0; i < match.captured.size(); ++i) {
    text << ' ' << match.captured.name(i) << '=' << match.captured.value(i);
  }
  return text.str();
}
std::string at_path(const route_table& table, std::string_view path,
                    std::string_view method = "GET") {
  return decide(table, {.authority = "a.test", .path = path, .method = method});
}
std::string at_authority(const route_table& table, std::string_view authority,
                         std::string_view path = "/") {
  return decide(table, {.authority = authority, .path = path, .method = "GET"});
}

using cases = std::map<std::string, std::string>;  // request -> decision
void expect_paths(const route_table& table, const cases& expected) {
  for (const auto& [path, decision] : expected) EXPECT_EQ(at_path(table, path), decision) << path;
}
void expect_hosts(const route_table& table, const cases& expected) {
  for (const auto& [host, decision] : expected)
    EXPECT_EQ(at_authority(table, host), decision) << host;
}

TEST(route_table, without_routes_finds_none) { EXPECT_EQ(at_path(route_table(), "/"), "404"); }

TEST(route_table, prefix_matches_whole_segments) {
  expect_paths(table_of({prefix("/users")}), {{"/users", "0"},
                                              {"/users/", "0"},
                                              {"/users/7", "0"},
                                              {"/users/7/orders", "0"},
                                              {"/users7", "404"},
                                              {"/user", "404"},
                                              {"/Users", "404"},
                                              {"/", "404"},
                                              {"", "404"}});
}

TEST(route_table, a_trailing_slash_of_a_prefix_means_nothing) {
  expect_paths(table_of({prefix("/users/")}),
               {{"/users", "0"}, {"/users/", "0"}, {"/users/7", "0"}});
}

TEST(route_table, the_root_prefix_matches_everything) {
  expect_paths(table_of({prefix("/")}), {{"/", "0"}, {"/a", "0"}, {"/a/b/", "0"}, {"*", "0"}});
}

TEST(route_table, an_asterisk_is_no_path_of_other_routes) {
  EXPECT_EQ(at_path(table_of({prefix("/a"), exact("/"), prefix("/{any}")}), "*", "OPTIONS"), "404");
}

TEST(route_table, exact_matches_itself_only) {
  expect_paths(table_of({exact("/health"), exact("/"), exact("/dir/")}), {{"/health", "0"},
                                                                          {"/health/", "404"},
                                                                          {"/health/x", "404"},
                                                                          {"/", "1"},
                                                                          {"/dir/", "2"},
                                                                          {"/dir", "404"}});
}

TEST(route_table, exact_wins_over_every_prefix) {
  expect_paths(table_of({prefix("/a/b"), prefix("/a/b/c"), exact("/a/b"), exact("/{x}/b/c")}),
               {{"/a/b", "2"}, {"/a/b/", "0"}, {"/a/b/c", "3 path.x=a"}, {"/a/b/c/d", "1"}});
}

TEST(route_table, the_longer_prefix_wins) {
  expect_paths(table_of({prefix("/"), prefix("/a"), prefix("/a/b")}),
               {{"/x", "0"}, {"/a/x", "1"}, {"/a/b", "2"}, {"/a/b/x", "2"}, {"/a/bc", "1"}});
}

TEST(route_table, a_literal_wins_over_a_capture_from_the_left) {
  expect_paths(table_of({prefix("/{kind}/list/all"), prefix("/users/{id}"), prefix("/users/me")}),
               {{"/users/me", "2"},
                {"/users/7", "1 path.id=7"},
                {"/users/list/all", "1 path.id=list"},
                {"/orders/list/all", "0 path.kind=orders"}});
}

TEST(route_table, falls_back_to_a_capture_when_the_literal_leads_nowhere) {
  expect_paths(
      table_of({prefix("/a/b/c"), prefix("/a/{x}/d"), prefix("/{y}/b/e")}),
      {{"/a/b/c", "0"}, {"/a/b/d", "1 path.x=b"}, {"/a/b/e", "2 path.y=a"}, {"/a/b/f", "404"}});
}

TEST(route_table, captures_are_named_by_their_own_route) {
  expect_paths(table_of({prefix("/users/{id}"), prefix("/users/{name}/orders/{order}")}),
               {{"/users/7", "0 path.id=7"},
                {"/users/7/orders/9/lines", "1 path.name=7 path.order=9"},
                {"/users/7/x", "0 path.id=7"},
                {"/users/", "404"}});
}

TEST(route_table, a_tail_takes_all_that_is_left) {
  expect_paths(table_of({prefix("/files/{rest...}")}), {{"/files/a", "0 path.rest=a"},
                                                        {"/files/a/b/", "0 path.rest=a/b/"},
                                                        {"/files", "0 path.rest="},
                                                        {"/files/", "0 path.rest="},
                                                        {"/file", "404"}});
}

TEST(route_table, a_tail_loses_to_segments_and_wins_over_the_shorter) {
  expect_paths(
      table_of({prefix("/f/{rest...}"), prefix("/f"), prefix("/f/{one}/end")}),
      {{"/f/a/b", "0 path.rest=a/b"}, {"/f", "1"}, {"/f/", "1"}, {"/f/a/end", "2 path.one=a"}});
}

TEST(route_table, exact_hosts_ignore_port_case_and_one_trailing_dot) {
  expect_hosts(table_of({at_host("Shop.Example.com"), at_host("[2001:db8::1]")}),
               {{"shop.example.com", "0"},
                {"SHOP.example.COM:8080", "0"},
                {"shop.example.com.", "0"},
                {"shop.example.com.:80", "0"},
                {"shop.example.com..", "404"},
                {"example.com", "404"},
                {"[2001:DB8::1]:80", "1"},
                {"[2001:db8::1", "404"},
                {"", "404"}});
}

TEST(route_table, wildcards_match_labels_but_never_the_apex) {
  expect_hosts(table_of({at_host("*.example.com"), at_host("{tenant}.apps.test")}),
               {{"a.example.com", "0"},
                {"a.b.example.com", "0"},
                {"example.com", "404"},
                {".example.com", "404"},
                {"a..example.com", "404"},
                {"badexample.com", "404"},
                {"acme.apps.test:80", "1 host.tenant=acme"},
                {"x.ACME.apps.test", "1 host.tenant=x.acme"},
                {"apps.test", "404"}});
}

TEST(route_table, the_most_specific_host_wins) {
  expect_hosts(table_of({at_host(""), at_host("*.com"), at_host("*.example.com"),
                         at_host("{x}.b.example.com"), at_host("a.example.com")}),
               {{"a.example.com", "4"},
                {"c.example.com", "2"},
                {"c.b.example.com", "3 host.x=c"},
                {"b.example.com", "2"},
                {"other.com", "1"},
                {"localhost", "0"},
                {"", "0"}});
}

TEST(route_table, the_next_host_is_tried_when_no_path_matches) {
  const route_table table = table_of({at_host("", "/any"), at_host("*.test", "/wild"),
                                      at_host("*.b.test", "/deep"), at_host("a.b.test", "/exact")});
  for (const auto& [path, decision] :
       cases{{"/exact", "3"}, {"/deep", "2"}, {"/wild", "1"}, {"/any", "0"}, {"/none", "404"}}) {
    EXPECT_EQ(at_authority(table, "a.b.test", path), decision) << path;
  }
}

TEST(route_table, overlong_hosts_are_nobody) {
  const route_table table = table_of({at_host("*.test"), at_host("", "/open")});
  const std::string host = std::string(60000, 'a') + ".test";
  EXPECT_EQ(at_authority(table, host), "404");
  EXPECT_EQ(at_authority(table, host, "/open"), "1");
}

TEST(route_table, host_and_path_captures_together) {
  EXPECT_EQ(at_authority(table_of({at_host("{tenant}.x.test", "/u/{id}")}), "acme.x.test", "/u/7"),
            "0 host.tenant=acme path.id=7");
  EXPECT_EQ(at_authority(table_of({at_host("*.x.test", "/u/{id}")}), "acme.x.test", "/u/7"),
            "0 path.id=7");
}

TEST(route_table, methods_choose_among_routes_of_one_path) {
  const route_table table =
      table_of({prefix("/u/{id}", {"GET"}), prefix("/u/{key}", {"POST", "PURGE"}), prefix("/")});
  for (const auto& [method, decision] : cases{{"GET", "0 path.id=7"},
                                              {"HEAD", "0 path.id=7"},
                                              {"POST", "1 path.key=7"},
                                              {"PURGE", "1 path.key=7"},
                                              {"get", "405 GET, HEAD, POST, PURGE"},
                                              {"OPTIONS", "405 GET, HEAD, POST, PURGE"},
                                              {"DELETE", "405 GET, HEAD, POST, PURGE"}}) {
    EXPECT_EQ(at_path(table, "/u/7", method), decision) << method;
  }
}

TEST(route_table, the_first_in_file_order_wins) {
  const route_table table = table_of({prefix("/a", {"POST"}), prefix("/a"), prefix("/a", {"GET"})});
  EXPECT_EQ(at_path(table, "/a", "POST"), "0");
  EXPECT_EQ(at_path(table, "/a", "GET"), "1");
}

TEST(route_table, methods_do_not_fall_through) {
  const route_table table = table_of({prefix("/"), prefix("/a", {"GET"}), at_host("a.test", "/b")});
  EXPECT_EQ(at_path(table, "/a/x", "POST"), "405 GET, HEAD");
  EXPECT_EQ(at_path(table, "/b", "POST"), "2");
}

TEST(route_table, trace_is_always_refused) {
  const route_table table = table_of({prefix("/a"), prefix("/b", {"TRACE", "GET"})});
  EXPECT_EQ(at_path(table, "/a", "TRACE"), "405 GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  EXPECT_EQ(at_path(table, "/b", "TRACE"), "405 GET, HEAD");
  EXPECT_EQ(at_path(table, "/none", "TRACE"), "405 ");
}

TEST(route_table, a_refused_method_names_the_route_that_won) {
  arena memory;
  const route_table table = table_of({prefix("/"), prefix("/a", {"GET"})});
  EXPECT_EQ(table.match({.path = "/a", .method = "POST"}, memory).route, 1U);
}

TEST(route_table, routes_of_other_listeners_do_not_exist) {
  std::vector<route_pattern> patterns{prefix("/"), prefix("/a", {"GET"}), prefix("/a", {"POST"})};
  patterns[1].listeners = {0};
  patterns[2].listeners = {0, 1};
  const route_table table = table_of(patterns);
  const auto on = [&](std::size_t listener, std::string_view method) {
    return decide(table, {.listener = listener, .path = "/a", .method = method});
  };
  EXPECT_EQ(on(0, "GET"), "1");
  EXPECT_EQ(on(0, "PUT"), "405 GET, HEAD, POST");
  EXPECT_EQ(on(1, "GET"), "405 POST");
  EXPECT_EQ(on(1, "POST"), "2");
  EXPECT_EQ(on(2, "GET"), "0");
  EXPECT_EQ(on(99, "GET"), "0");
}

TEST(route_table, captures_are_found_by_name) {
  arena memory;
  const route_table table = table_of({at_host("{t}.test", "/{a}/{b}")});
  const route_match match =
      table.match({.authority = "x.test", .path = "/1/2", .method = "GET"}, memory);
  EXPECT_EQ(match.captured.find("path.b"), "2");
  EXPECT_EQ(match.captured.find("host.t"), "x");
  EXPECT_EQ(match.captured.find("path.t"), "");
}

std::string refusal(std::vector<route_pattern> patterns) {
  const auto compiled = route_table::compile(patterns);
  return compiled ? "accepted"
                  : std::to_string(compiled.error().pattern) + ": " + compiled.error().message;
}

TEST(route_table, refuses_what_it_could_not_match) {
  for (const char* path : {"", "a", "/a{b}", "/{b}c", "/{}", "/{a b}", "/{rest...}/x", "/{a}/{a}",
                           "/a//b", "//", "/}", "/{...}", "/{7}", "/{a}/{a...}"}) {
    EXPECT_TRUE(refusal({prefix("/"), prefix(path)}).starts_with("1: ")) << path;
  }
  for (const char* host : {"*", "*.", "{a}", "a.*.test", "{a}x.test", "a*.test", "*.*.test",
                           "*a.test", "{}.test", "{a.b}.test", "{a}.{b}.test"}) {
    EXPECT_TRUE(refusal({at_host(host)}).starts_with("0: ")) << host;
  }
}

TEST(route_table, bounds_captures_and_segments) {
  std::string path;
  for (int i = 0; i < 16; ++i) path += "/{c" + std::to_string(i) + "}";
  EXPECT_EQ(refusal({prefix(path)}), "accepted");
  EXPECT_NE(refusal({at_host("{t}.test", path)}), "accepted");
  EXPECT_NE(refusal({prefix(path + "/{more...}")}), "accepted");
  std::string deep;
  for (int i = 0; i < 64; ++i) deep += "/a";
  EXPECT_EQ(refusal({prefix(deep)}), "accepted");
  EXPECT_NE(refusal({prefix(deep + "/a")}), "accepted");
}

TEST(route_table, refuses_patterns_that_would_make_a_path_costly) {
  // Every combination of a literal and a capture on 11 levels: a request for /a/a/.../x walks them
  // all.
  std::vector<route_pattern> patterns;
  for (unsigned bits = 0; bits < 2048; ++bits) {
    std::string path;
    for (int level = 0; level < 11; ++level) {
      path += (bits >> level & 1) != 0 ? "/a" : "/{c" + std::to_string(level) + "}";
    }
    patterns.push_back(prefix(path + "/end"));
  }
  EXPECT_NE(refusal(patterns).find("too many levels"), std::string::npos);
}

TEST(route_table, survives_being_moved) {
  route_table first = table_of({at_host("{t}.test", "/{id}")});
  const route_table second = std::move(first);
  EXPECT_EQ(at_authority(second, "a.test", "/7"), "0 host.t=a path.id=7");
}

}  // namespace
}  // namespace ferroway::routing
