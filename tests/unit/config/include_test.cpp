// Several files make one configuration, bounded and checked together.
#include <gtest/gtest.h>

#include "config/limits.hpp"
#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

const std::string with_include = "listen: 80\ninclude: [routes.d/*.yaml]\n";

struct files_beside {
  made_up_environment outside;
  explicit files_beside(std::map<std::string, std::string> files) {
    for (auto& [name, text] : files) outside.files["dir/" + name] = std::move(text);
  }
  loaded load_with(const std::string& main) const { return load(main, outside); }
  std::string complaints_of(const std::string& main) const { return complaints(load_with(main)); }
};

std::vector<std::string> route_names(const loaded& outcome) {
  std::vector<std::string> names;
  if (!outcome.value) return {complaints(outcome)};
  for (const route& each : outcome.value->routes) names.push_back(each.name);
  return names;
}

using names = std::vector<std::string>;

TEST(include, routes_follow_those_of_the_main_file_in_the_order_of_patterns_and_names) {
  const files_beside all({{"routes.d/b.yaml", "routes: [{name: b, path: /b, respond: {}}]"},
                          {"routes.d/a.yaml", "routes: [{name: a, path: /a, respond: {}}]"},
                          {"routes.d/.hidden.yaml", "nonsense"},
                          {"routes.d/notes.txt", "nonsense"},
                          {"last.yaml", "routes: [{name: last, path: /l, respond: {}}]"}});
  EXPECT_EQ(route_names(all.load_with("listen: 80\nroutes: [{name: main, respond: {}}]\n"
                                      "include: [routes.d/?.yaml, last.yaml, routes.d/*.yaml]\n")),
            (names{"main", "a", "b", "last"}));
  EXPECT_EQ(route_names(all.load_with(with_include)), (names{"a", "b"}));
  EXPECT_EQ(route_names(all.load_with("listen: 80\ninclude: ['r*/a.y*l']\n")), (names{"a"}));
}

TEST(include, what_one_file_defines_all_may_use) {
  const files_beside all(
      {{"routes.d/a.yaml", "upstreams: {users: {endpoints: [http://127.0.0.1:1]}}\nx-note: 1"},
       {"routes.d/b.yaml", "middlewares: {tag: {response_headers: {add: {A: b}}}}"},
       {"routes.d/c.yaml", "routes: [{path: /c, use: [tag], to: users}]"},
       {"routes.d/d.yaml", ""}});
  const loaded outcome = all.load_with(with_include + "use: [request_id]\n");
  ASSERT_TRUE(outcome.value) << complaints(outcome);
  EXPECT_EQ(outcome.value->routes[0].pipeline.size(), 2U);
  EXPECT_EQ(outcome.sources.size(), 5U);
  EXPECT_EQ(outcome.sources[3].name, "dir/routes.d/c.yaml");
  // The long form is one file.
  const std::string printed = print_long_form(*outcome.value);
  EXPECT_EQ(printed.find("include"), std::string::npos);
  EXPECT_EQ(written_out(printed), written_out(*outcome.value));
}

TEST(include, what_was_read_and_looked_into_can_be_watched) {
  const files_beside all(
      {{"routes.d/a.yaml", "routes: [{respond: {body: '${file:b}'}}]"}, {"b", "text"}});
  const names watched{"dir/b", "dir/routes.d", "dir/routes.d/a.yaml"};
  EXPECT_EQ(all.load_with(with_include).files_read, watched);
}

TEST(include, a_name_twice_is_an_error_that_names_the_other_place) {
  const files_beside all(
      {{"routes.d/a.yaml",
        "upstreams: {u: {endpoints: [http://127.0.0.1:1]}}\nmiddlewares: {m: request_id}\n"
        "routes: [{name: r, to: u}]"},
       {"routes.d/b.yaml",
        "upstreams: {u: {endpoints: [http://127.0.0.1:1]}}\nmiddlewares: {m: request_id}\n"
        "routes: [{name: r, path: /b, to: u}]"}});
  EXPECT_EQ(all.complaints_of(with_include),
            "error dir/routes.d/b.yaml:1:13 a second upstream called `u` | the first is in "
            "dir/routes.d/a.yaml:1\n"
            "error dir/routes.d/b.yaml:2:15 a second middleware called `m` | the first is in "
            "dir/routes.d/a.yaml:2\n"
            "error dir/routes.d/b.yaml:3:17 a second route called `r` | the first is in "
            "dir/routes.d/a.yaml:3\n");
}

TEST(include, a_route_hidden_by_another_file_is_told_with_that_file) {
  const files_beside all({{"routes.d/a.yaml", "routes: [{path: /, respond: {}}]"}});
  const std::string said =
      all.complaints_of(with_include + "routes: [{name: first, path: /, respond: {}}]\n");
  EXPECT_NE(said.find("warning dir/routes.d/a.yaml:1:10 this route can never match"),
            std::string::npos)
      << said;
  EXPECT_NE(said.find("in dir/gateway.yaml:3"), std::string::npos) << said;
}

TEST(include, an_included_file_holds_nothing_else) {
  const files_beside all(
      {{"routes.d/a.yaml", "listen: 81\ninclude: [b.yaml]\nuse: [request_id]\nroute: []\n"},
       {"routes.d/b.yaml", "[1]"}});
  EXPECT_EQ(all.complaints_of(with_include + "routes: [{respond: {}}]\n"),
            "error dir/routes.d/a.yaml:1:1 unknown key `listen` in an included file | `listen` "
            "belongs in the main file\n"
            "error dir/routes.d/a.yaml:2:1 unknown key `include` in an included file | `include` "
            "belongs in the main file\n"
            "error dir/routes.d/a.yaml:3:1 unknown key `use` in an included file | `use` belongs "
            "in the main file\n"
            "error dir/routes.d/a.yaml:4:1 unknown key `route` in an included file | did you mean "
            "`routes`?\n"
            "error dir/routes.d/b.yaml:1:1 an included file is a mapping of keys and values | it "
            "may hold `consumers`, `upstreams`, `middlewares` and `routes`\n");
}

TEST(include, mistakes_in_an_included_file_are_told_where_they_stand) {
  const files_beside all({{"routes.d/a.yaml", "routes:\n  - {path: a, to: nobody}\n"},
                          {"routes.d/b.yaml", "routes: [{path: {id}\n"},
                          {"routes.d/c.yaml", "x: \xff"}});
  const loaded outcome = all.load_with(with_include);
  const std::string said = complaints(outcome);
  EXPECT_NE(said.find("error dir/routes.d/a.yaml:2:12 "), std::string::npos) << said;
  EXPECT_NE(said.find("error dir/routes.d/b.yaml:2:1 "), std::string::npos) << said;
  EXPECT_NE(said.find("error dir/routes.d/c.yaml:1:4 this byte"), std::string::npos) << said;
  EXPECT_NE(render(outcome, false).find("dir/routes.d/a.yaml:2:12: error: "), std::string::npos);
}

TEST(include, patterns_are_checked) {
  const files_beside all(
      {{"routes.d/a.yaml", "routes: [{respond: {}}]"}, {"gateway.yaml", "is the main file"}});
  const auto said = [&](const std::string& include) {
    return all.complaints_of("include: " + include + "\nlisten: 80\nroutes: [{respond: {}}]\n");
  };
  EXPECT_NE(said("a.yaml").find("expected a list of patterns"), std::string::npos);
  EXPECT_NE(said("['']").find("expected a file or a pattern"), std::string::npos);
  EXPECT_NE(said("['${A}.yaml']").find("literal: nothing is substituted"), std::string::npos);
  EXPECT_NE(said("['**/a.yaml']").find("`*` matches within one name"), std::string::npos);
  EXPECT_NE(said("[routes.d/]").find("write `routes.d/*.yaml`"), std::string::npos);
  EXPECT_NE(said("[none.yaml]").find("error 1:11 `include`: cannot read `dir/none.yaml`: No such"),
            std::string::npos);
  EXPECT_NE(said("[nowhere/*.yaml]").find("error 1:11 `include`: there is no folder"),
            std::string::npos);
  EXPECT_EQ(said("[routes.d/*.yml]"), "");
  EXPECT_EQ(said("['*.yaml']"), "");  // the main file is not one of those that it includes
  EXPECT_NE(said("[gateway.yaml]").find("a file cannot include itself"), std::string::npos);
  EXPECT_EQ(all.complaints_of("listen: 80\ninclude: [routes.d/*.yml]\n"),
            "error 2:1 no routes | neither here nor in an included file\n");
}

TEST(include, the_bounds_hold_for_all_files_together) {
  made_up_environment many;
  for (std::size_t i = 0; i <= includes_max; ++i) {
    many.files["dir/routes.d/" + std::to_string(i) + ".yaml"] = "";
  }
  const std::string routes = "routes: [{respond: {}}]\n";
  EXPECT_EQ(complaints(load(with_include + routes, many)), "error 2:11 more than 1000 files\n");

  std::string list = "x-a: [";
  for (int i = 0; i < 800'000; ++i) list += "a,";
  const files_beside wide({{"routes.d/a.yaml", list + "]"},
                           {"routes.d/b.yaml", list + "]"},
                           {"routes.d/c.yaml", list + "]"}});
  EXPECT_NE(wide.complaints_of(with_include + routes)
                .find("error dir/routes.d/c.yaml:1:799967 more than 2000000 values"),
            std::string::npos)
      << wide.complaints_of(with_include + routes);

  const std::string large = "# " + std::string(9'000'000, 'a');
  const files_beside big({{"routes.d/a.yaml", large}, {"routes.d/b.yaml", large}});
  EXPECT_EQ(big.complaints_of(with_include + routes),
            "error 2:11 the files of this configuration are larger than 16 MiB together\n");
}

TEST(include, aliases_end_with_their_file) {
  const files_beside all({{"routes.d/a.yaml", "routes: [*r]"}});
  EXPECT_NE(all.complaints_of(with_include + "x-r: &r {respond: {}}\n").find("no anchor `&r`"),
            std::string::npos);
}

}  // namespace
}  // namespace ferroway::config::testing
