// What a user may write of forward_auth, and is told where it is wrong.
#include <gtest/gtest.h>

#include <algorithm>

#include "config/middlewares.hpp"
#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

std::string file_with(const std::string& settings) {
  return "listen: 8080\nupstreams: {authn: {endpoints: [http://127.0.0.1:9000]}}\n"
         "middlewares: {auth: {forward_auth: " +
         settings + "}}\nroutes:\n  - {name: r, use: [auth], to: http://127.0.0.1:9001}\n";
}

forward_auth_middleware read(const std::string& settings) {
  const loaded outcome = load(file_with(settings));
  EXPECT_TRUE(outcome.value) << complaints(outcome);
  if (!outcome.value) return {};
  return std::get<forward_auth_middleware>(outcome.value->middlewares[0].settings->as);
}

void expect_wrong(const std::string& settings, const std::string& said) {
  const std::string all = complaints(load(file_with(settings)));
  EXPECT_NE(all.find(said), std::string::npos) << settings << "\n" << all;
  EXPECT_EQ(all.find("error"), all.rfind("error ")) << settings << "\n" << all;
}

TEST(forward_auth_settings, are_whom_to_ask_and_what_to_copy) {
  const auto made = read(
      "{to: authn, method: HEAD, path: '/verify?for=api', timeout: 2s, "
      "request_headers: [Authorization, Cookie], to_request: [X-User, X-Groups], "
      "to_response: [Set-Cookie], on_error: pass, shadow: true}");
  EXPECT_EQ(made.upstream, "authn");
  EXPECT_EQ(made.method, "HEAD");
  EXPECT_EQ(made.path, "/verify?for=api");
  EXPECT_EQ(made.timeout, std::chrono::seconds(2));
  EXPECT_EQ(made.request_headers.size(), 2U);
  EXPECT_EQ(made.to_request[1], "X-Groups");
  EXPECT_EQ(made.to_response[0], "Set-Cookie");
  EXPECT_TRUE(made.pass_on_error);
  EXPECT_TRUE(made.shadow);
}

TEST(forward_auth_settings, let_nobody_pass_by_default) {
  const auto made = read("{to: authn}");
  EXPECT_EQ(made.path, "/");
  EXPECT_FALSE(made.pass_on_error);
  EXPECT_FALSE(made.shadow);
}

TEST(forward_auth_settings, may_have_the_service_in_place_which_is_named_after_them) {
  const loaded one = load(file_with("{to: 'http://127.0.0.1:7000'}"));
  ASSERT_TRUE(one.value) << complaints(one);
  const auto& made = std::get<forward_auth_middleware>(one.value->middlewares[0].settings->as);
  EXPECT_EQ(made.upstream, "auth");
  const auto named = [&](const upstream& each) { return each.name == "auth"; };
  const auto found = std::find_if(one.value->upstreams.begin(), one.value->upstreams.end(), named);
  ASSERT_NE(found, one.value->upstreams.end());
  EXPECT_EQ(found->endpoints[0].url, "http://127.0.0.1:7000");
  EXPECT_EQ(read("{to: ['http://127.0.0.1:7000', 'http://127.0.0.1:7001']}").upstream, "auth");
}

TEST(forward_auth_settings, have_a_long_form_that_loads_to_the_same) {
  for (const char* settings :
       {"{to: authn}", "{to: 'http://127.0.0.1:7000', path: '/a?b', to_request: [X-A]}",
        "{to: authn, on_error: pass, request_headers: [A, B], to_response: [C]}"}) {
    const loaded first = load(file_with(settings));
    ASSERT_TRUE(first.value) << complaints(first);
    const std::string printed = print_long_form(*first.value);
    const loaded second = load(printed);
    ASSERT_TRUE(second.value) << complaints(second) << printed;
    EXPECT_EQ(written_out(*first.value), written_out(*second.value));
    EXPECT_EQ(print_long_form(*second.value), printed);
  }
}

TEST(forward_auth_settings, in_use_in_place_are_named_too) {
  const loaded outcome = load(
      "listen: 8080\nroutes:\n"
      "  - {path: /a, use: [{forward_auth: {to: 'http://127.0.0.1:1'}}], respond: {}}\n"
      "  - {path: /b, use: [{forward_auth: {to: 'http://127.0.0.1:2'}}], respond: {}}\n");
  ASSERT_TRUE(outcome.value) << complaints(outcome);
  ASSERT_EQ(outcome.value->upstreams.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& made =
        std::get<forward_auth_middleware>(outcome.value->middlewares[i].settings->as);
    EXPECT_EQ(made.upstream, outcome.value->upstreams[i].name);
  }
  EXPECT_EQ(outcome.value->upstreams[0].name, "forward_auth");
  EXPECT_EQ(outcome.value->upstreams[1].name, "forward_auth-2");
}

TEST(forward_auth_settings, say_what_is_wrong) {
  expect_wrong("{path: /verify}", "`forward_auth` has no `to`");
  expect_wrong("{to: nobody}", "no upstream is called `nobody`");
  expect_wrong("{to: {authn: 1}}", "`to`: expected");
  expect_wrong("{to: authn, path: verify}", "`path`: expected a path such as /verify");
  expect_wrong("{to: authn, path: '/a b'}", "`path`: expected a path such as /verify");
  expect_wrong("{to: authn, path: '/a#b'}", "`path`: expected a path such as /verify");
  expect_wrong("{to: authn, method: DELETE}", "`method`: expected GET, HEAD, POST");
  expect_wrong("{to: authn, timeout: 0ms}", "`timeout`");
  expect_wrong("{to: authn, on_error: allow}", "`on_error`: expected deny, pass");
  expect_wrong("{to: authn, to_request: [X-A, x-a]}", "stands here twice");
  expect_wrong("{to: authn, to_request: [Content-Length]}", "belongs to the gateway");
  expect_wrong("{to: authn, to_response: [Transfer-Encoding]}", "belongs to the gateway");
  expect_wrong("{to: authn, to_response: [Content-Type]}", "belongs to the body");
  expect_wrong("{to: authn, headers: [A]}", "unknown key");
  expect_wrong("~", "`forward_auth`: expected");
}

// Else no client could log in any more.
TEST(forward_auth_settings, take_no_header_away_that_clients_need) {
  for (const char* name :
       {"Authorization", "cookie", "X-Forwarded-For", "Accept", "X-Request-ID"}) {
    expect_wrong("{to: authn, to_request: [" + std::string(name) + "]}", "away from every client");
  }
}

}  // namespace
}  // namespace ferroway::config::testing
