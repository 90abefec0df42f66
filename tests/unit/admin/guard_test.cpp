#include "admin/guard.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"

namespace ferroway::admin {
namespace {

TEST(Guard, KnowsTheNamesOfThisMachine) {
  for (const char* name : {"localhost", "localhost:9901", "LocalHost", "localhost.", "127.0.0.1",
                           "127.9.9.9:1", "[::1]", "[::1]:9901", "[::ffff:127.0.0.1]"}) {
    EXPECT_TRUE(names_this_machine(name)) << name;
  }
  for (const char* name :
       {"", "evil.test", "localhost.evil.test", "127.0.0.1.evil.test", "10.0.0.1", "0.0.0.0",
        "[::]", "[::1", "[fd00::1]:1", "::1", "2130706433", "127.1"}) {
    EXPECT_FALSE(names_this_machine(name)) << name;
  }
}

struct guarded : testing::Test, exchange_rig {
  // The status, after one request with those fields.
  int ask(const std::shared_ptr<guard>& by, std::string_view host,
          const std::vector<std::pair<const char*, const char*>>& fields = {}) {
    renew();
    from("127.0.0.1:40000");
    ex().matched = &matched;
    ex().listener = "admin";
    ex().request.authority = host;
    for (const auto& [name, value] : fields) field(name, value);
    reply = run({by});
    return reply ? reply->head->status : 0;
  }
  result<response> reply;
};

TEST_F(guarded, WithoutATokenByWhatAPageCannotDo) {
  const auto by = std::make_shared<guard>("admin", "", false);
  EXPECT_EQ(ask(by, "localhost"), 200);
  EXPECT_EQ(ask(by, "127.0.0.1:9901", {{"Sec-Fetch-Site", "same-origin"}}), 200);
  EXPECT_EQ(ask(by, "127.0.0.1:9901", {{"Sec-Fetch-Site", "none"}}), 200);
  EXPECT_EQ(ask(by, "evil.test"), 403);
  EXPECT_EQ(ask(by, ""), 403);
  EXPECT_EQ(ask(by, "localhost", {{"Origin", "http://localhost"}}), 403);
  EXPECT_EQ(ask(by, "localhost", {{"Sec-Fetch-Site", "cross-site"}}), 403);
  EXPECT_EQ(ask(by, "localhost", {{"sec-fetch-site", "same-site"}}), 403);
}

TEST_F(guarded, ByItsToken) {
  const auto by = std::make_shared<guard>("admin", "0123456789abcdef", false);
  EXPECT_EQ(ask(by, "any.test", {{"Authorization", "Bearer 0123456789abcdef"}}), 200);
  EXPECT_EQ(ask(by, "any.test", {{"Authorization", "BEARER  0123456789abcdef"}}), 200);
  for (const char* wrong :
       {"Bearer 0123456789abcdeF", "Bearer 0123456789abcde", "Bearer", "Bearer 0123456789abcdef0",
        "Basic 0123456789abcdef", "0123456789abcdef", "Bearer 0123456789abcdef x", ""}) {
    EXPECT_EQ(ask(by, "localhost", {{"Authorization", wrong}}), 401) << wrong;
    EXPECT_EQ(all_of(reply->head->fields, "WWW-Authenticate"), "Bearer realm=\"ferroway admin\"");
  }
  EXPECT_EQ(ask(by, "localhost"), 401);
  EXPECT_EQ(ask(by, "localhost",
                {{"Authorization", "Bearer 0123456789abcdef"},
                 {"Authorization", "Bearer 0123456789abcdef"}}),
            401);
}

TEST_F(guarded, AUnixSocketByItsPermissionsAndOtherListenersNot) {
  EXPECT_EQ(ask(std::make_shared<guard>("admin", "", true), "any.test"), 200);
  EXPECT_EQ(ask(std::make_shared<guard>("other", "", false), "any.test"), 200);
}

}  // namespace
}  // namespace ferroway::admin
