// What the parts of a valid file come to: pipelines, groups, substitution, addresses.
#include <gtest/gtest.h>

#include "config/middlewares.hpp"
#include "config/path_pattern.hpp"
#include "config/scalar.hpp"
#include "http/path.hpp"
#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

std::vector<std::string> pipeline_of(const config& from, std::size_t route) {
  std::vector<std::string> names;
  for (const std::size_t index : from.routes[route].pipeline) {
    names.push_back(from.middlewares[index].name);
  }
  return names;
}

using names = std::vector<std::string>;

TEST(pipeline, is_top_level_then_group_then_route_less_what_is_taken_away) {
  const loaded outcome = load(R"(
listen: 1
middlewares:
  a: {request_headers: {set: {A: 1}}}
  b: {request_headers: {set: {B: 1}}}
  c: {response_headers: {set: {C: 1}}}
use: [request_id, access_log]
routes:
  - use: [a, b]
    routes:
      - {path: /1, use: [c], respond: {}}
      - {path: /2, without: [access_log, a], use: [c], respond: {}}
      - {path: /3, without: [b], use: [b], respond: {}}
      - use: [c]
        routes: [{path: /4, without: [request_id], respond: {}}]
  - {path: /5, respond: {}}
)");
  ASSERT_TRUE(outcome.value) << complaints(outcome);
  EXPECT_EQ(pipeline_of(*outcome.value, 0), (names{"request_id", "access_log", "a", "b", "c"}));
  EXPECT_EQ(pipeline_of(*outcome.value, 1), (names{"request_id", "b", "c"}));
  EXPECT_EQ(pipeline_of(*outcome.value, 2), (names{"request_id", "access_log", "a", "b"}));
  EXPECT_EQ(pipeline_of(*outcome.value, 3), (names{"access_log", "a", "b", "c"}));
  EXPECT_EQ(pipeline_of(*outcome.value, 4), (names{"request_id", "access_log"}));
}

TEST(pipeline, shares_named_and_bare_instances_and_keeps_those_in_place_apart) {
  const loaded outcome = load(R"(
listen: 1
middlewares: {a: {request_headers: {set: {A: 1}}}, unused: request_id}
routes:
  - {path: /1, use: [a, access_log, {request_headers: {set: {B: 1}}}], respond: {}}
  - {path: /2, use: [a, access_log, {request_headers: {set: {C: 1}}}], respond: {}}
)");
  ASSERT_TRUE(outcome.value) << complaints(outcome);
  EXPECT_EQ(outcome.value->middlewares.size(), 4U);
  EXPECT_EQ(pipeline_of(*outcome.value, 0), (names{"a", "access_log", "request_headers"}));
  EXPECT_EQ(pipeline_of(*outcome.value, 1), (names{"a", "access_log", "request_headers-2"}));
}

TEST(group, gives_host_listener_and_timeouts_and_a_route_says_more) {
  const loaded outcome = load(R"(
listeners: [{name: a, address: 1}, {name: b, address: 2}]
routes:
  - host: "{t}.A.com"
    listener: b
    timeouts: {response: 5s, idle: 6s}
    routes:
      - {path: /1, respond: {}, timeouts: {idle: 7s}}
      - {path: /2, respond: {}, listener: [b, a]}
)");
  ASSERT_TRUE(outcome.value) << complaints(outcome);
  const route& first = outcome.value->routes[0];
  EXPECT_EQ(first.host, "{t}.a.com");
  EXPECT_EQ(first.listeners, (std::vector<std::size_t>{1}));
  EXPECT_EQ(first.timeouts.response, std::chrono::seconds(5));
  EXPECT_EQ(first.timeouts.idle, std::chrono::seconds(7));
  EXPECT_EQ(outcome.value->routes[1].listeners, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(outcome.value->routes[1].name, "route-2");
}

std::string value_of_header(const std::string& value, const environment& outside) {
  const loaded outcome = load(
      "listen: 1\nroutes:\n  - path: '/{id}'\n    respond: {}\n    use:\n"
      "      - request_headers:\n          set:\n            A: " +
          value + "\n",
      outside);
  if (!outcome.value) return complaints(outcome);
  std::string all;
  const auto& settings = outcome.value->middlewares.at(0).settings->as;
  for (const auto& piece : std::get<request_headers_middleware>(settings).edits.set.at(0).second) {
    all += piece.is_variable ? "<" + piece.text + ">" : piece.text;
  }
  return all;
}

TEST(substitution, puts_variables_and_files_in_place) {
  made_up_environment outside;
  outside.variables = {{"NAME", "value"}, {"EMPTY", ""}, {"NESTED", "${NAME}"}};
  outside.files = {
      {"dir/secret", "hidden\n"}, {"/abs", "two\r\n"}, {"dir/empty", "\n"}, {"dir/binary", "\xff"}};
  const auto value = [&](const std::string& text) { return value_of_header(text, outside); };
  EXPECT_EQ(value("${NAME}"), "value");
  EXPECT_EQ(value("a${NAME}b${NAME}"), "avaluebvalue");
  EXPECT_EQ(value("${NONE:-d:-e}"), "d:-e");
  EXPECT_EQ(value("${EMPTY:-d}x"), "dx");
  EXPECT_EQ(value("${EMPTY:-}x"), "x");
  EXPECT_NE(value("${EMPTY}x").find("the environment variable `EMPTY` is empty | set it, or allow"),
            std::string::npos);
  EXPECT_EQ(value("${NESTED}"), "${NAME}");
  EXPECT_EQ(value("$${NAME} $ $$ }"), "${NAME} $ $$ }");
  EXPECT_EQ(value("${file:secret}"), "hidden");
  EXPECT_EQ(value("${file:/abs}"), "two");
  EXPECT_EQ(value("${path.id}-${header.X-A}${NAME}"), "<path.id>-<header.X-A>value");
  EXPECT_EQ(value("'${query.a b}${cookie.c}${request.id}'"), "<query.a b><cookie.c><request.id>");
  EXPECT_NE(value("${NONE}").find("the environment variable `NONE` is not set"), std::string::npos);
  EXPECT_NE(value("${NAME").find("`${` without its `}`"), std::string::npos);
  EXPECT_NE(value("${}").find("is not a substitution"), std::string::npos);
  EXPECT_NE(value("${1A}").find("is not a substitution"), std::string::npos);
  EXPECT_NE(value("'${file:}'").find("without a path"), std::string::npos);
  EXPECT_NE(value("${file:none}").find("the file `dir/none` cannot be read"), std::string::npos);
  EXPECT_NE(value("${file:empty}").find("is empty"), std::string::npos);
  EXPECT_NE(value("${file:binary}").find("is not UTF-8 text"), std::string::npos);
}

TEST(substitution, never_shows_what_came_from_outside) {
  made_up_environment outside;
  outside.variables = {{"SECRET", "hunter2"}};
  outside.files = {{"dir/secret", "hunter2\n"}};
  const loaded outcome = load(
      "listen: ${SECRET}\nworkers: ${file:secret}\ndrain_timeout: ${SECRET}\n"
      "upstreams: {u: {endpoints: ['${SECRET}'], host: '${SECRET} ', balance: '${SECRET}'}}\n"
      "routes: [{path: '${SECRET}', host: '*.*${SECRET}', methods: ['${SECRET}'], "
      "to: '${SECRET}', use: ['${SECRET}'], without: ['${SECRET}'], listener: '${SECRET}'}]\n",
      outside);
  EXPECT_FALSE(outcome.value);
  EXPECT_GE(outcome.diagnostics.size(), 9U) << complaints(outcome);
  EXPECT_EQ(render(outcome, false).find("hunter2"), std::string::npos) << render(outcome, false);
  EXPECT_EQ(complaints(outcome).find("HUNTER2"), std::string::npos);
}

TEST(endpoints, become_addresses_and_authorities) {
  const loaded outcome = load(
      "listen: 1\nroutes: [{to: [http://10.0.0.1, 'HTTP://[::1]:81', http://localhost:82, "
      "'unix:/run/a.sock']}]\n");
  ASSERT_TRUE(outcome.value) << complaints(outcome);
  const auto& all = outcome.value->upstreams.at(0).endpoints;
  EXPECT_EQ(all[0].address.text(), "10.0.0.1:80");
  EXPECT_EQ(all[0].authority, "10.0.0.1");
  EXPECT_EQ(all[1].address.text(), "[::1]:81");
  EXPECT_EQ(all[1].url, "http://[::1]:81");
  EXPECT_EQ(all[2].address.text(), "127.0.0.1:82");
  EXPECT_EQ(all[2].authority, "localhost:82");
  EXPECT_EQ(all[3].address.text(), "unix:/run/a.sock");
}

TEST(scalars, are_read_and_written) {
  EXPECT_EQ(parse_duration("250ms"), std::chrono::milliseconds(250));
  EXPECT_EQ(parse_duration("1h"), std::chrono::hours(1));
  EXPECT_EQ(parse_duration("1000000h"), std::chrono::hours(1'000'000));
  for (const auto* bad :
       {"", "s", "5", "5 s", "-5s", "+5s", "5S", "5us", "0x5s", "9999999999999h"}) {
    EXPECT_FALSE(parse_duration(bad)) << bad;
  }
  EXPECT_EQ(format_duration(std::chrono::seconds(90)), "90s");
  EXPECT_EQ(format_duration(std::chrono::seconds(120)), "2m");
  EXPECT_EQ(format_duration({}), "0s");
  EXPECT_EQ(parse_size("64KiB"), 65536U);
  EXPECT_EQ(parse_size("10MB"), 10'000'000U);
  for (const auto* bad : {"", "KiB", "5", "5kb", "5 KB", "99999999999999999999B"}) {
    EXPECT_FALSE(parse_size(bad)) << bad;
  }
  EXPECT_EQ(format_size(65536), "64KiB");
  EXPECT_EQ(format_size(0), "0B");
  EXPECT_EQ(format_size(1001), "1001B");
}

// A pattern that is accepted and not in the form that requests are matched in would never match.
TEST(path_patterns, that_are_accepted_are_in_the_normal_form_of_requests) {
  const std::string digits = "0123456789abcdefABCDEFg%";
  std::vector<std::string> all{"/.;x", "/..;x", "/..%3Bx", "/...;x",
                               "/.a",  "/a.",   "/a//",    "/a/./b"};
  for (int byte = 1; byte < 256; ++byte)
    all.push_back(std::string("/a/") + static_cast<char>(byte));
  for (const char high : digits) {
    for (const char low : digits) all.push_back(std::string("/a%") + high + low + "/b");
  }
  std::size_t accepted = 0;
  for (const std::string& path : all) {
    const path_check checked = check_path_pattern(path, true);
    if (!checked.problem.empty()) continue;
    ++accepted;
    arena memory;
    const auto normal = http::normalise_path(path, memory);
    ASSERT_TRUE(normal) << path;
    EXPECT_TRUE(normal->ambiguous.empty()) << path;
    EXPECT_EQ(normal->text, checked.pattern);
  }
  EXPECT_GT(accepted, 200U);
}

TEST(path_shape, forgets_the_names_of_captures) {
  EXPECT_EQ(path_shape("/a/{b}/{c...}"), "/a/{}/{...}");
  EXPECT_EQ(path_shape("/"), "");
  EXPECT_NE(path_shape("/a/"), path_shape("/a"));
}

TEST(render, looks_like_a_compilers_output) {
  EXPECT_EQ(render(load("listen: 8080\nroutes:\n  - {respond: {body: é}, paht: /}\n"), false),
            "dir/gateway.yaml:3:27: error: unknown key `paht` in a route\n"
            "    3 |   - {respond: {body: é}, paht: /}\n"
            "      |                          ^\n"
            "        = did you mean `path`?\n");
  const std::string wide = render(load("listen: 8080\nroutes: [{path: '/" + std::string(300, 'a') +
                                       "', é: \x31, respond: {}, to: x}]\n"),
                                  false);
  for (std::size_t at = 0; at < wide.size();) {
    const std::size_t end = wide.find('\n', at);
    EXPECT_LT(end - at, 130U) << wide;
    at = end + 1;
  }
  EXPECT_NE(render(load("a: @\n"), true).find("\x1b[1;31m^"), std::string::npos);
  EXPECT_EQ(render(load("listen: 1\nroutes: [{respond: {}}]\n"), true), "");
}

TEST(load_file, says_why_a_file_cannot_be_read) {
  EXPECT_EQ(
      render(load_file("/nonexistent/a.yaml"), false),
      "/nonexistent/a.yaml: error: cannot read the configuration: No such file or directory\n");
  EXPECT_EQ(render(load_file("/"), false),
            "/: error: cannot read the configuration: it is a folder\n");
  EXPECT_NE(render(load_file("/dev/zero"), false).find("it is larger than 16 MiB"),
            std::string::npos);
}

}  // namespace
}  // namespace ferroway::config::testing
