// `cors`: what may be said, what it comes to, where it stands among a route's middlewares.
#include <gtest/gtest.h>

#include "config/middlewares.hpp"
#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

std::string file_with(const std::string& settings) {
  return "listen: 8080\nroutes:\n  - respond: {}\n    use:\n      - cors: " + settings + "\n";
}

const cors_middleware& read(const loaded& from) {
  return std::get<cors_middleware>(from.value->middlewares.at(0).settings->as);
}

using texts = std::vector<std::string>;

TEST(cors, origins_are_kept_as_browsers_write_them) {
  const loaded outcome = load(file_with(
      "{origins: ['https://App.Example.com:443', 'http://a.test:80', 'http://a.test:443', "
      "'https://*.example.com:8443', 'chrome-extension://abc', 'http://[::1]:3000', 'null']}"));
  ASSERT_TRUE(outcome.value) << complaints(outcome);
  EXPECT_EQ(read(outcome).origins, (texts{"https://app.example.com", "http://a.test",
                                          "http://a.test:443", "https://*.example.com:8443",
                                          "chrome-extension://abc", "http://[::1]:3000", "null"}));
}

TEST(cors, what_is_not_said_is_the_default) {
  const loaded outcome = load(file_with("{origins: ['*']}"));
  ASSERT_TRUE(outcome.value) << complaints(outcome);
  EXPECT_EQ(read(outcome), (cors_middleware{.origins = {"*"}}));
}

TEST(cors, says_what_is_wrong_and_where) {
  const std::vector<std::pair<std::string, std::string>> all{
      {"{}", "5:15 `cors` has nothing to go by"},
      {"{credentials: true}", "5:15 `cors` has nothing to go by"},
      {"[a]", "5:15 `cors`: expected settings"},
      {"{origins: []}", "5:25 `origins`: expected"},
      {"{origins: [app.example.com]}", "5:26 `app.example.com` is not an origin | it begins with"},
      {"{origins: ['https://a.test/']}", "5:26 `https://a.test/` is not an origin | it ends with"},
      {"{origins: ['https://a.test/x']}", "is not an origin | it ends with the host or the port"},
      {"{origins: ['https://u@a.test']}", "is not an origin | the host is a name"},
      {"{origins: ['https://a.test:0']}", "is not an origin | the host is a name"},
      {"{origins: ['https://\xc3\xa9.test']}", "is not an origin | the host is a name"},
      {"{origins: ['https://*']}", "is not an origin | `*` stands for whole labels in front"},
      {"{origins: ['https://a*.test']}", "is not an origin | `*` stands for whole labels in front"},
      {"{origins: ['https://*.*.test']}", "is not an origin | `*` stands for whole labels"},
      {"{origins: ['https://*.[::1]']}", "is not an origin"},
      {"{origins: [null]}", "5:26 `origins`: expected an origin such as"},
      {"{origins: ['https://a.test', 'HTTPS://a.test:443']}", "stands here twice"},
      {"{origins: ['*', 'https://a.test']}", "5:16 `*` is every origin"},
      {"{origins: ['*'], credentials: true}",
       "5:32 `credentials` cannot be allowed to every origin | list the `origins`"},
      {"{origins: ['*'], methods: ['*']}", "`*` is not a method | leave `methods` out"},
      {"{origins: ['*'], methods: [get]}", "`get` is not a method | methods are in capitals"},
      {"{origins: ['*'], headers: ['*']}", "`*` is not the name of a header | leave `headers` out"},
      {"{origins: ['*'], expose: ['a b']}", "`a b` is not the name of a header"},
      {"{origins: ['*'], max_age: 25h}", "`max_age`: expected a duration from 0s to 24h"},
      {"{allowed_origins: ['*']}", "Ferroway calls it `origins`"},
      {"{origins: ['*'], expose_headers: [A]}", "Ferroway calls it `expose`"},
  };
  for (const auto& [settings, message] : all) {
    const std::string said = complaints(load(file_with(settings)));
    EXPECT_NE(said.find(message), std::string::npos) << settings << "\n" << said;
  }
}

TEST(cors, alone_in_use_it_has_nothing_to_go_by) {
  const std::string said = complaints(load("listen: 8080\nuse: [cors]\nroutes: [{respond: {}}]\n"));
  EXPECT_NE(said.find("2:7 `cors` has nothing to go by"), std::string::npos) << said;
}

TEST(cors, a_second_one_in_effect_is_an_error) {
  const std::string begin =
      "listen: 8080\nmiddlewares:\n  one: {cors: {origins: ['https://a.test']}}\n"
      "  two: {cors: {origins: ['https://b.test']}}\nuse: [one]\nroutes:\n";
  const std::string said = complaints(load(begin + "  - {respond: {}, use: [two]}\n"));
  EXPECT_NE(said.find("7:25 a second `cors` in effect on one route | the first came into effect "
                      "in line 5; take it away with `without: [one]`"),
            std::string::npos)
      << said;
  EXPECT_TRUE(load(begin + "  - {respond: {}, without: [one], use: [two]}\n").value);
}

std::vector<std::string> pipeline_of(const config& from, const std::vector<std::size_t>& steps) {
  std::vector<std::string> names;
  for (const std::size_t index : steps) names.push_back(from.middlewares[index].name);
  return names;
}

TEST(cors, stands_outside_whatever_can_refuse) {
  const loaded outcome = load(R"(
listen: 8080
middlewares:
  edits: {request_headers: {set: {A: b}}}
  pages: {cors: {origins: ["https://a.test"]}}
use: [request_id, edits, access_log]
routes:
  - {path: /1, use: [pages], respond: {}}
  - {path: /2, without: [edits], use: [edits, pages], respond: {}}
  - {path: /3, without: [request_id, edits, access_log], use: [pages, access_log], respond: {}}
  - {path: /4, respond: {}}
)");
  ASSERT_TRUE(outcome.value) << complaints(outcome);
  const config& made = *outcome.value;
  const auto of = [&](std::size_t route) { return pipeline_of(made, made.routes[route].pipeline); };
  EXPECT_EQ(of(0), (texts{"request_id", "pages", "edits", "access_log"}));
  EXPECT_EQ(of(1), (texts{"request_id", "access_log", "pages", "edits"}));
  EXPECT_EQ(of(2), (texts{"pages", "access_log"}));
  EXPECT_EQ(of(3), (texts{"request_id", "edits", "access_log"}));
  const loaded around = load(
      "listen: 1\nmiddlewares: {e: {request_headers: {set: {A: b}}}}\n"
      "use: [access_log, e, {cors: {origins: ['*']}}]\nroutes: [{respond: {}}]\n");
  ASSERT_TRUE(around.value) << complaints(around);
  EXPECT_EQ(pipeline_of(*around.value, around.value->use), (texts{"access_log", "cors", "e"}));
}

TEST(cors, the_long_form_says_the_same) {
  for (const char* settings :
       {"{origins: ['*']}",
        "{origins: ['https://*.a.test', 'null'], credentials: true, methods: [GET, PUT], "
        "headers: [X-A], expose: [X-B, X-C], max_age: 90s, private_network: true, shadow: true}"}) {
    const std::string text =
        "listen: 1\nuse: [{request_headers: {set: {A: b}}}]\nroutes: [{respond: "
        "{}, use: [{cors: " +
        std::string(settings) + "}]}]\n";
    const loaded first = load(text);
    ASSERT_TRUE(first.value) << complaints(first);
    const std::string printed = print_long_form(*first.value);
    const loaded second = load(printed);
    ASSERT_TRUE(second.value) << complaints(second) << printed;
    EXPECT_EQ(*first.value, *second.value) << printed;
  }
}

}  // namespace
}  // namespace ferroway::config::testing
