// Routes that nothing protects, under the path of one that is protected.
#include <gtest/gtest.h>

#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

// From line 6 on.
std::string warnings(const std::string& routes) {
  const loaded outcome = load(
      "listen: 80\n"
      "middlewares: {office: {ip_filter: {allow: [10.0.0.0/8]}}, tag: request_id}\n"
      "upstreams: {up: {endpoints: [http://127.0.0.1:1]}}\n"
      "use: [tag]\n"
      "routes:\n  - {name: used, path: /used, to: up}\n" +
      routes);
  EXPECT_TRUE(outcome.value) << complaints(outcome);
  return complaints(outcome);
}

const std::string guarded = "  - {name: admin, path: /admin, use: [office], to: up}\n";

TEST(open_routes, beneath_protected_ones_are_named_with_what_protects_them) {
  EXPECT_EQ(warnings(guarded + "  - {path: /admin/status, to: up}\n"),
            "warning 8:5 this route is open, and takes requests from `admin`, which `office` "
            "protects | that one stands in line 7; use `office` here too, or say that this route "
            "is meant to be open: `without` it, in a group that uses it\n");
  const auto open = [](const std::string& routes) {
    return warnings(guarded + routes).find("this route is open") != std::string::npos;
  };
  EXPECT_TRUE(open("  - {path: '/admin/{id}', to: up}\n"));
  EXPECT_TRUE(open("  - {host: a.test, path: /admin/x, to: up}\n"));
  EXPECT_TRUE(open("  - {path: {regex: '/admin/.*'}, to: up}\n"));
  EXPECT_TRUE(open("  - {path: {regex: /admin/x}, to: up}\n"));
  // A regular expression of which that is not certain.
  for (const char* regex : {"/admi?n/.*", "/admin/?.*", "/admin/a|/b", "/admin[0-9]/x", "/.*"}) {
    EXPECT_FALSE(open("  - {path: {regex: '" + std::string(regex) + "'}, to: up}\n")) << regex;
  }
  EXPECT_TRUE(open("  - {path: /admin, headers: {X-Debug: '1'}, to: up}\n"));
  EXPECT_TRUE(open("  - {path: /admin/x, use: [{ip_filter: {deny: [10.0.0.1]}}], to: up}\n"));
  EXPECT_TRUE(open(
      "  - {path: /admin/x, use: [{ip_filter: {allow: [10.0.0.1], shadow: true}}], to: up}\n"));
  // Who asks for a token protects; who takes one where there is one does not.
  const auto with_token = [](const std::string& more) {
    return "  - {path: /admin/x, to: up, use: [{jwt: {issuer: any, audience: any, "
           "jwks: 'http://127.0.0.1/'" +
           more + "}}]}\n";
  };
  EXPECT_FALSE(open(with_token("")));
  EXPECT_TRUE(open(with_token(", optional: true")));
  EXPECT_TRUE(open(with_token(", shadow: true")));
}

TEST(open_routes, are_found_among_many) {
  std::string many = "  - {path: '/t/{id}/admin', use: [office], to: up}\n";
  for (int i = 0; i < 3000; ++i) {
    const std::string number = std::to_string(i);
    many += "  - {path: /g" + number + "/a, use: [office], to: up}\n  - {path: /o" + number +
            "/a, to: up}\n";
  }
  EXPECT_EQ(warnings(many), "");
  EXPECT_NE(warnings(many + "  - {path: /t/7/admin/x, to: up}\n").find("warning 6008:5 this route"),
            std::string::npos);
  EXPECT_NE(warnings(many + "  - {path: '/g2999/a/{rest...}', to: up}\n").find("is open"),
            std::string::npos);
}

TEST(open_routes, elsewhere_are_nobodys_business) {
  EXPECT_EQ(warnings(guarded + "  - {path: /administration, to: up}\n"), "");
  EXPECT_EQ(warnings(guarded + "  - {path: /, to: up}\n"), "");
  EXPECT_EQ(warnings(guarded + "  - {path: /admin/x, use: [office], to: up}\n"), "");
  EXPECT_EQ(
      warnings(guarded + "  - {path: /admin/x, use: [{ip_filter: {allow: ['::1']}}], to: up}\n"),
      "");
  // An answer of the gateway's own gives nothing away that the file does not say.
  EXPECT_EQ(warnings(guarded + "  - {path: /admin/health, respond: {body: ok}}\n"), "");
  const std::string post =
      "  - {path: /orders, methods: [POST], use: [office], to: up}\n"
      "  - {path: /orders/public, methods: [GET], to: up}\n";
  EXPECT_EQ(warnings(post), "");
}

TEST(open_routes, with_the_path_of_a_protected_one_are_told_where_they_come_before_it) {
  const std::string get = "  - {path: /admin, methods: [GET], to: up}\n";
  EXPECT_NE(warnings(get + guarded).find("7:5 this route is open"), std::string::npos);
  // Behind it they take nothing, which is another warning.
  const std::string said = warnings(guarded + get);
  EXPECT_EQ(said.find("this route is open"), std::string::npos) << said;
  EXPECT_NE(said.find("8:5 this route can never match"), std::string::npos) << said;
}

TEST(open_routes, that_say_so_are_left_alone) {
  EXPECT_EQ(warnings("  - use: [office]\n    routes:\n"
                     "      - {path: /admin, to: up}\n"
                     "      - {path: /admin/login, without: [office], to: up}\n"
                     "      - {without: [office], routes: [{path: /admin/logout, to: up}]}\n"),
            "");
  // Something else is no such word.
  EXPECT_NE(warnings(guarded + "  - {path: /admin/x, without: [tag], to: up}\n"), "");
}

}  // namespace
}  // namespace ferroway::config::testing
