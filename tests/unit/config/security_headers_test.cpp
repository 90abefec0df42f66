// `security_headers`: what may be said, and what it comes to.
#include <gtest/gtest.h>

#include "config/middlewares.hpp"
#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

std::string file_with(const std::string& item) {
  return "listen: 8080\nroutes:\n  - respond: {}\n    use:\n      - " + item + "\n";
}

const security_headers_middleware& read(const loaded& from) {
  return std::get<security_headers_middleware>(from.value->middlewares.at(0).settings->as);
}

TEST(security_headers, needs_no_settings) {
  for (const char* item :
       {"security_headers", "security_headers:", "security_headers: {}",
        "security_headers: {frame_options: DENY, content_security_policy: off}"}) {
    const loaded outcome = load(file_with(item));
    ASSERT_TRUE(outcome.value) << complaints(outcome);
    EXPECT_EQ(read(outcome), security_headers_middleware{}) << item;
  }
}

TEST(security_headers, says_what_is_wrong_and_where) {
  const std::vector<std::pair<std::string, std::string>> all{
      {"[a]", "5:27 `security_headers`: expected settings"},
      {"{frame_option: DENY}", "5:28 unknown key `frame_option`"},
      {"{frame_options: deny}",
       "5:43 `frame_options`: expected DENY, SAMEORIGIN or off, found `deny`"},
      {"{referrer_policy: origins}", "did you mean `origin`?"},
      {"{content_type_options: sniff}", "expected nosniff or off, found `sniff`"},
      {"{strict_transport_security: 600}", "| it begins with max-age=SECONDS"},
      {"{strict_transport_security: max-age=x}", "| it begins with max-age=SECONDS"},
      {"{strict_transport_security: max-age=1; includeSubdomain}", "| behind max-age stand"},
      {"{permissions_policy: \"\xc3\xa9\"}", "expected a header's value in ASCII"},
      {"{permissions_policy: ' a'}", "expected a header's value in ASCII"},
      {"{permissions_policy: \"a\\nb\"}", "control characters"},
      {"{permissions_policy: [a]}", "expected a header's value, or off, found a list"},
      {"{override: maybe}", "`override`: expected true or false"},
  };
  for (const auto& [settings, message] : all) {
    const std::string said = complaints(load(file_with("security_headers: " + settings)));
    EXPECT_NE(said.find(message), std::string::npos) << settings << "\n" << said;
  }
}

TEST(security_headers, the_long_form_says_the_same) {
  for (const char* settings :
       {"",
        "{strict_transport_security: off, content_type_options: off, frame_options: off, "
        "referrer_policy: off}",
        "{strict_transport_security: max-age=1; preload, frame_options: SAMEORIGIN, "
        "referrer_policy: no-referrer, content_security_policy: \"default-src 'self' \\\"\\\\\", "
        "permissions_policy: camera=(), override: true}"}) {
    const loaded first = load(file_with("security_headers: " + std::string(settings)));
    ASSERT_TRUE(first.value) << complaints(first);
    const std::string printed = print_long_form(*first.value);
    const loaded second = load(printed);
    ASSERT_TRUE(second.value) << complaints(second) << printed;
    EXPECT_EQ(*first.value, *second.value) << printed;
  }
}

}  // namespace
}  // namespace ferroway::config::testing
