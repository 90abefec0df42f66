// What a user is told about conditions, weights, rewrites and redirects.
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

struct mistake {
  std::string route;
  std::string said;
};

void expect_one(const std::string& text, const std::string& said) {
  const std::string all = complaints(load(text));
  EXPECT_NE(all.find(said), std::string::npos) << text << "\n" << all;
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 1) << text << "\n" << all;
}

// The mistake is one route, in line 4 from column 5.
void expect_in_route(const std::vector<mistake>& all) {
  for (const mistake& each : all) {
    expect_one(
        "listen: 8080\nupstreams: {a: {endpoints: [http://127.0.0.1]}, "
        "b: {endpoints: [http://127.0.0.2]}}\nroutes:\n  - " +
            each.route + "\n  - {path: /used, to: {a: 1, b: 1}}\n",
        each.said);
  }
}

TEST(route_diagnostics, of_conditions) {
  expect_in_route({
      {"{respond: {}, path: /x, headers: {}}", "`headers`: expected at least one condition"},
      {"{respond: {}, path: /x, headers: gold}", "`headers`: expected names and values"},
      {"{respond: {}, path: /x, headers: {X: [a]}}", "`X`: expected a text, or one of {regex:"},
      {"{respond: {}, path: /x, headers: {X: yes}}", "quote this value if it is text: \"yes\""},
      {"{respond: {}, path: /x, headers: {X: {}}}", "`X`: expected either `regex` or `present`"},
      {"{respond: {}, path: /x, headers: {X: {exact: a}}}", "unknown key `exact` in a condition"},
      {"{respond: {}, path: /x, headers: {X: {regex: a, present: true}}}", "either `regex` or"},
      {"{respond: {}, path: /x, headers: {X: {present: maybe}}}", "expected true or false"},
      {"{respond: {}, path: /x, headers: {X: {regex: '('}}}",
       "is not a regular expression: missing )"},
      {"{respond: {}, path: /x, headers: {X: {regex: '(?=a)'}}}",
       "no look-around, no back references"},
      {"{respond: {}, path: /x, headers: {X: a, x: b}}", "the header `x` stands here twice"},
      {"{respond: {}, path: /x, headers: {'a b': c}}", "`a b` is not the name of a header"},
      {"{respond: {}, path: /x, headers: {Host: c}}", "`Host` is matched by the route's `host`"},
      {"{respond: {}, path: /x, query: {a: {b: c}}}", "unknown key `b` in a condition"},
      {"{respond: {}, path: /x, priority: 1001}", "a whole number from -1000 to 1000"},
      {"{respond: {}, path: /x, priority: high}", "a whole number from -1000 to 1000"},
      {"{respond: {}, path: {regex: '/['}}", "`path`: `/[` is not a regular expression"},
      {"{respond: {}, path: {regex: /a, exact: /a}}", "`exact` and `regex` exclude each other"},
      {"{respond: {}, path: {regex: '/((((a{100}){100}){100}){100})'}}", "is not a regular"},
      {"{respond: {}, host: '{a}.b.c', path: {regex: '/(?P<a>.*)'}}",
       "a capture called `a` already"},
  });
  std::string many;
  for (int i = 0; i < 17; ++i) many += "X" + std::to_string(i) + ": a, ";
  expect_in_route(
      {{"{respond: {}, path: /x, headers: {" + many + "}}", "more than 16 conditions"}});
}

TEST(route_diagnostics, of_weights) {
  expect_in_route({
      {"{path: /x, to: {a: 90, c: 10}}", "no upstream is called `c`"},
      {"{path: /x, to: {a: 0, b: 0}}", "the weights are all 0"},
      {"{path: /x, to: {a: -1, b: 0}}", "`weight`: expected a whole number from 0 to 1000000"},
      {"{path: /x, to: [{upstream: a, weight: 1}, {upstream: a}]}", "`a` stands here twice"},
      {"{path: /x, to: [a]}", "write {upstream: a, weight: 1}"},
      {"{path: /x, to: [{weight: 1}]}", "this target has no `upstream`"},
      {"{path: /x, to: a, stick_by: cookie.s}", "`stick_by` chooses among several upstreams"},
      {"{path: /x, to: {a: 1, b: 1}, stick_by: session}", "such as `cookie.session`"},
      {"{path: /x, to: {a: 1, b: 1}, stick_by: path.id}", "`${path.id}` is not a capture"},
      {"{path: /x, to: {a: 1, b: 1}, stick_by: coookie.id}", "did you mean `cookie`?"},
      {"{path: /x, respond: {}, stick_by: client.ip}", "`stick_by` needs `to`"},
  });
}

TEST(route_diagnostics, of_rewrites) {
  expect_in_route({
      {"{path: /x, to: a, rewrite: {}}", "`rewrite`: expected such as {strip_prefix: /users}"},
      {"{path: /x, to: a, rewrite: /y}", "`rewrite`: expected such as"},
      {"{path: /x, to: a, rewrite: {strip: /x}}", "unknown key `strip` in `rewrite`"},
      {"{path: /x, to: a, rewrite: {strip_prefix: /y}}", "the route's path does not begin with it"},
      {"{path: /xy, to: a, rewrite: {strip_prefix: /x}}",
       "the route's path does not begin with it"},
      {"{path: /x, to: a, rewrite: {strip_prefix: x}}", "`strip_prefix`: a path begins with `/`"},
      {"{path: '/{id}', to: a, rewrite: {strip_prefix: '/{id}'}}", "without captures"},
      {"{path: /x, to: a, rewrite: {add_prefix: /}}", "whole segments, without captures"},
      {"{path: /x, to: a, rewrite: {path: /y, add_prefix: /z}}", "exclude each other"},
      {"{path: '/{id}', to: a, rewrite: {path: '/{id}'}}", "is written ${path.name} here"},
      {"{path: '/{id}', to: a, rewrite: {path: '/y/${path.ib}'}}", "`${path.ib}` is not a capture"},
      {"{path: /x, to: a, rewrite: {path: '${header.X}'}}", "a path begins with `/`"},
      {"{path: /x, to: a, rewrite: {path: '/a?b=c'}}", "a route's path has no query"},
      {"{path: /x, to: a, rewrite: {regex: {match: '/(.*)'}}}", "needs `match` and `replace`"},
      {"{path: /x, to: a, rewrite: {regex: {match: '/(.*)', replace: '/\\2'}}}",
       "no group has the number"},
      {"{path: /x, to: a, rewrite: {regex: {match: '/(.*)', replace: 'y'}}}",
       "a path begins with `/`"},
      {"{path: /x, to: a, rewrite: {regex: {match: '/(.*)', replace: '/y?z=\\1'}}}",
       "`replace`: this is not a path"},
      {"{path: /x, to: a, rewrite: {regex: {match: '/(.*)', replace: '/{id}/\\1'}}}",
       "`replace`: this is not a path"},
      {"{path: /x, to: a, rewrite: {regex: {match: '/(', replace: /y}}}",
       "not a regular expression"},
      {"{path: /x, respond: {}, rewrite: {path: /y}}", "`rewrite` needs `to`"},
  });
}

TEST(route_diagnostics, of_redirects) {
  expect_in_route({
      {"{path: /x, redirect: {}}", "this redirect leads to where it came from"},
      {"{path: /x, redirect: /y}", "`redirect`: expected such as {path: /new}"},
      {"{path: /x, redirect: {status: 301}}", "leads to where it came from"},
      {"{path: /x, redirect: {path: /x}}", "leads to the path that it answers for"},
      {"{path: /x, redirect: {path: /x/y}}", "clients would go round in circles"},
      {"{path: /x, redirect: {path: yy}}", "a path begins with `/` | write `/yy`"},
      {"{path: /x, redirect: {path: /y, status: 200}}", "a whole number from 301 to 308"},
      {"{path: /x, redirect: {path: /y, status: 304}}", "expected 301, 302, 303, 307 or 308"},
      {"{path: /x, redirect: {scheme: ftp}}", "expected http or https"},
      {"{path: /x, redirect: {host: 'a.com:80'}}", "the port stands under `port`"},
      {"{path: /x, redirect: {host: 'a b'}}", "`host`: expected a host such as"},
      {"{path: /x, redirect: {port: 0}}", "a whole number from 1 to 65535"},
      {"{path: /x, to: a, redirect: {path: /y}}", "exclude each other"},
      {"{path: /x, redirect: {path: /y}, websocket: true}", "`websocket` needs `to`"},
  });
}

}  // namespace
}  // namespace ferroway::config::testing
