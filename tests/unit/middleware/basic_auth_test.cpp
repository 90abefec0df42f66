#include "middleware/basic_auth.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

// alice:correct horse, bob:staple; their wrong passwords; mallory:x
const std::string alice = "Basic YWxpY2U6Y29ycmVjdCBob3JzZQ==";
const std::string bob = "Basic Ym9iOnN0YXBsZQ==";
const std::string wrong = "Basic YWxpY2U6c3RhcGxl";
const std::string stranger = "Basic bWFsbG9yeTp4";
const std::string challenge = "401 Basic realm=\"restricted\", charset=\"UTF-8\"";

config::basic_auth_middleware two_users() {
  config::basic_auth_middleware made;
  made.users = {{"alice", "$2y$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2"},
                {"bob", "$5$rounds=1000$saltsalt$3DAyz.HOC/.mY9SnF2OoTr5BXHfxMmhuUvgg43m9nN7"}};
  made.consumers.realm = "restricted";
  return made;
}

class basic_auths : public testing::Test, protected exchange_rig {
 protected:
  void guard(const config::basic_auth_middleware& from) {
    step = std::make_shared<basic_auth_guard>(from, 1);
  }

  std::string ask(const std::vector<std::string>& logins) {
    renew();
    from("192.0.2.7:1");
    ex().matched = &matched;
    ex().decisions = &decisions;
    decisions.clear();
    for (const std::string& each : logins) field("Authorization", ex().memory.copy(each));
    const result<response> reply = run({step});
    if (!reply) return std::string(to_string(reply.error().kind));
    const std::string said = all_of(reply->head->fields, "WWW-Authenticate");
    return std::to_string(reply->head->status) + (said.empty() ? "" : " ") + said;
  }
  std::string reason() const { return decisions.empty() ? "" : decisions.back().reason; }

  std::shared_ptr<basic_auth_guard> step;
  std::vector<decision> decisions;
};

TEST_F(basic_auths, let_users_pass_with_their_passwords) {
  guard(two_users());
  for (int i = 0; i < 2; ++i) {  // once by the hash, once by what is remembered
    EXPECT_EQ(ask({alice}), "200");
    EXPECT_EQ(reason(), "the login of alice");
    EXPECT_EQ(ex().who.consumer, "alice");
    EXPECT_EQ(all_of(ex().request.fields, "Authorization"), alice);
    EXPECT_EQ(ask({bob}), "200");
    EXPECT_EQ(ex().who.consumer, "bob");
  }
}

TEST_F(basic_auths, tell_the_client_nothing_but_the_log_all) {
  guard(two_users());
  const auto refused = [&](const std::vector<std::string>& logins, const char* why) {
    EXPECT_EQ(ask(logins), challenge) << why;
    EXPECT_EQ(reason(), why);
    EXPECT_STREQ(ex().failed->detail, why);
    EXPECT_EQ(ex().who.consumer, "");
  };
  refused({}, "no login");
  refused({"Bearer abc"}, "no login");
  refused({wrong}, "the password is wrong");
  refused({stranger}, "no such user");
  refused({"Basic"}, "the login is no base64");
  refused({"Basic YTpiCg=="}, "the login holds control characters");
  refused({alice, alice}, "several Authorization fields");
  EXPECT_EQ(ask({alice}), "200");
  refused({wrong}, "the password is wrong");
}

TEST_F(basic_auths, remember_for_so_long_and_no_longer) {
  config::basic_auth_middleware from = two_users();
  from.remember = std::chrono::seconds(60);
  guard(from);
  EXPECT_EQ(ask({alice}), "200");
  pass(std::chrono::seconds(59));
  EXPECT_EQ(ask({alice}), "200");
  pass(std::chrono::seconds(2));
  EXPECT_EQ(ask({alice}), "200");
  from.remember = duration::zero();
  guard(from);
  EXPECT_EQ(ask({alice}), "200");
  EXPECT_EQ(ask({alice}), "200");
  EXPECT_EQ(ask({wrong}), challenge);
}

TEST_F(basic_auths, ask_for_groups_tell_the_upstream_and_take_the_login_out) {
  config::basic_auth_middleware from = two_users();
  from.consumers.known = {{"alice", {"staff"}, {}}};
  from.consumers.groups = {"staff"};
  from.consumers.to_headers = {{"X-User", config::consumer_fact::name},
                               {"X-Groups", config::consumer_fact::groups}};
  from.consumers.strip = true;
  guard(from);
  EXPECT_EQ(ask({alice}), "200");
  EXPECT_EQ(all_of(ex().request.fields, "X-User"), "alice");
  EXPECT_EQ(all_of(ex().request.fields, "X-Groups"), "staff");
  EXPECT_EQ(all_of(ex().request.fields, "Authorization"), "");
  EXPECT_EQ(ask({bob}), "403");
  EXPECT_EQ(reason(), "the consumer is in none of the groups: bob");
}

TEST_F(basic_auths, that_are_optional_or_in_shadow_mode_vouch_for_nobody) {
  config::basic_auth_middleware from = two_users();
  from.consumers.optional = true;
  guard(from);
  EXPECT_EQ(ask({}), "200");
  EXPECT_EQ(ex().who.consumer, "");
  EXPECT_EQ(ask({wrong}), challenge);
  from.consumers.optional = false;
  from.consumers.shadow = true;
  guard(from);
  EXPECT_EQ(ask({wrong}), "200");
  EXPECT_EQ(ex().would_reject, "basic_auth");
  EXPECT_EQ(ex().who.consumer, "");
}

// Of a name that nobody has, a hash is made too; and where that of its stand-in is right, it is
// refused all the same.
TEST_F(basic_auths, know_no_name_by_anothers_password) {
  config::basic_auth_middleware from = two_users();
  from.users.pop_back();
  guard(from);
  EXPECT_EQ(ask({"Basic bWFsbG9yeTpjb3JyZWN0IGhvcnNl"}), challenge);  // mallory:correct horse
  EXPECT_EQ(reason(), "no such user");
  EXPECT_EQ(ask({"Basic bWFsbG9yeTpjb3JyZWN0IGhvcnNl"}), challenge) << "nor is it remembered";
}

}  // namespace
}  // namespace ferroway
