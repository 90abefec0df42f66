// What came from outside the file is shown as the file has it, wherever it stands.
#include <gtest/gtest.h>

#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

TEST(OutsideValues, ArePrintedAsTheFileHasThem) {
  made_up_environment outside;
  outside.variables["SECRET"] = "s3cret-value";
  outside.variables["HOST"] = "10.9.8.7";
  outside.files["dir/body"] = "line one\n\"line two\" $${x}\n";
  const std::string text = R"(
listen: 8080
routes:
  - {name: body, path: /a, respond: {body: "${file:body}", headers: {X-Key: "k-${SECRET}"}}}
  - {name: hook, path: "/h/${SECRET}", headers: {X-Api-Key: "${SECRET}"},
     to: "http://${HOST}:80"}
  - {name: away, path: "/${SECRET}/away", redirect: {host: "${SECRET}.example", path: /x}}
  - {name: plain, path: /plain, respond: {body: literal}}
)";
  const loaded first = load(text, outside);
  ASSERT_TRUE(first.value) << complaints(first);
  const std::string printed = print_long_form(*first.value);
  for (const char* hidden : {"s3cret", "10.9.8.7", "line one"}) {
    EXPECT_EQ(printed.find(hidden), std::string::npos) << printed;
  }
  for (const char* shown :
       {"body: \"${file:body}\"", "X-Key: \"k-${SECRET}\"", "path: \"/h/${SECRET}\"",
        "X-Api-Key: \"${SECRET}\"", "url: \"http://${HOST}:80\"", "host: \"${SECRET}.example\"",
        "body: \"literal\""}) {
    EXPECT_NE(printed.find(shown), std::string::npos) << shown << "\n" << printed;
  }
  const loaded second = load(printed, outside);
  ASSERT_TRUE(second.value) << complaints(second) << printed;
  EXPECT_EQ(written_out(*first.value), written_out(*second.value));
  EXPECT_EQ(print_long_form(*second.value), printed);
}

TEST(OutsideValues, AreNoPartOfWhatAConfigurationMeans) {
  made_up_environment outside;
  outside.variables["A"] = "same";
  const std::string begin = "listen: 8080\nroutes: [{respond: {body: ";
  const loaded from_outside = load(begin + "'${A}'}}]", outside);
  const loaded literal = load(begin + "same}}]", outside);
  ASSERT_TRUE(from_outside.value && literal.value);
  EXPECT_EQ(*from_outside.value, *literal.value);
}

}  // namespace
}  // namespace ferroway::config::testing
