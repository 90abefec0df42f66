// What the middleware makes of an answer. How it comes by one is in
// tests/sim/forward_auth_test.cpp.
#include "middleware/forward_auth.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

using header_lines = std::vector<std::pair<std::string, std::string>>;

// The service, as a rehearsal has it.
class service final : public stand_in {
 public:
  result<response> answer(exchange&) override { return fail(fault::internal, side::local, ""); }
  result<response> ask(exchange& ex, std::string_view) override {
    ++asked;
    if (status == 0) return fail(fault::refused, side::upstream, "nobody there");
    response reply;
    reply.head = ex.memory.make<http::response_head>();
    reply.head->status = status;
    for (const auto& [name, value] : headers) reply.head->fields.add(ex.memory, name, value);
    reply.body.text = body;
    return reply;
  }

  std::uint16_t status = 200;
  header_lines headers;
  std::string body;
  int asked = 0;
};

class forward_auths : public testing::Test, protected exchange_rig {
 protected:
  void use(config::forward_auth_middleware settings) {
    settings.upstream = "authn";
    config::upstream to;
    to.name = "authn";
    step = std::make_shared<forward_auth>(settings, std::make_shared<upstream::upstream>(to, 1));
  }
  // The status of the answer, or what it failed by.
  std::string ask() {
    ex().rehearsed_by = &said;
    ex().decisions = &decisions;
    reply = run({step});
    return reply ? std::to_string(reply->head->status) : std::string(to_string(reply.error().kind));
  }
  std::string request(std::string_view name) { return all_of(ex().request.fields, name); }
  std::string answered(std::string_view name) { return all_of(reply->head->fields, name); }

  service said;
  std::shared_ptr<forward_auth> step;
  std::vector<decision> decisions;
  result<response> reply;
};

TEST_F(forward_auths, a_2xx_lets_it_pass_with_the_headers_that_are_copied) {
  use({.to_request = {"X-User", "X-Groups"}});
  said.status = 204;
  said.headers = {{"X-User", "ann"}, {"x-groups", "a"}, {"X-Groups", "b"}, {"X-Other", "no"}};
  field("X-User", "set by one before it");
  EXPECT_EQ(ask(), "200");
  EXPECT_EQ(request("X-User"), "ann");
  EXPECT_EQ(request("X-Groups"), "a|b");
  EXPECT_EQ(request("X-Other"), "");
  EXPECT_EQ(decisions.back().verdict, "passed");
}

TEST_F(forward_auths, what_the_service_does_not_say_is_not_there) {
  use({.to_request = {"X-User"}});
  field("X-User", "forged");
  EXPECT_EQ(ask(), "200");
  EXPECT_EQ(request("X-User"), "");
}

TEST_F(forward_auths, any_other_answer_is_the_clients) {
  use({.to_response = {"X-Reason"}});
  said.headers = {{"WWW-Authenticate", "Bearer"}, {"Location", "/login"},
                  {"Set-Cookie", "a=1"},          {"set-cookie", "b=2"},
                  {"X-Reason", "expired"},        {"X-Internal", "10.0.0.1"},
                  {"Content-Type", "text/html"},  {"Server", "authn"}};
  said.body = "log in";
  for (const std::uint16_t status : {300, 302, 401, 403, 404, 429}) {
    renew();
    from("192.0.2.7:1");
    said.status = status;
    EXPECT_EQ(ask(), std::to_string(status));
    EXPECT_EQ(answered("WWW-Authenticate"), "Bearer");
    EXPECT_EQ(answered("Location"), "/login");
    EXPECT_EQ(answered("Set-Cookie"), "a=1|b=2");
    EXPECT_EQ(answered("X-Reason"), "expired");
    EXPECT_EQ(answered("Content-Type"), "text/html");
    EXPECT_EQ(answered("X-Internal"), "");
    EXPECT_EQ(answered("Server"), "");
    EXPECT_EQ(reply->body.text, "log in");
    EXPECT_EQ(reply->body.length, 6U);
    EXPECT_EQ(ex().rejected_by, "forward_auth");
  }
}

TEST_F(forward_auths, a_refusal_without_a_body_has_no_type) {
  use({});
  said.status = 401;
  said.headers = {{"Content-Type", "text/html"}, {"Content-Encoding", "gzip"}};
  EXPECT_EQ(ask(), "401");
  EXPECT_EQ(answered("Content-Type"), "");
  EXPECT_EQ(answered("Content-Encoding"), "");
  EXPECT_EQ(reply->body.length, 0U);
}

TEST_F(forward_auths, a_service_that_fails_lets_nobody_pass) {
  use({});
  for (const std::uint16_t status : {0, 500, 503, 599}) {
    renew();
    from("192.0.2.7:1");
    said.status = status;
    EXPECT_EQ(ask(), "unauthorized") << status;
    EXPECT_EQ(reply.error().from, side::upstream);
    EXPECT_EQ(ex().rejected_by, "forward_auth");
  }
}

TEST_F(forward_auths, unless_the_file_says_so) {
  use({.pass_on_error = true});
  said.status = 0;
  field("X-User", "kept out elsewhere");
  EXPECT_EQ(ask(), "200");
  EXPECT_EQ(ex().rejected_by, "");
  EXPECT_EQ(ex().would_reject, "forward_auth") << "the log tells those that nobody was asked about";
  EXPECT_EQ(decisions.back().verdict, "passed");
  // What the upstream does next is the failure to know of, if any.
  EXPECT_FALSE(ex().failed);
  for (const std::uint16_t answer : {401, 200}) {  // which are answers
    said.status = answer;
    renew();
    from("192.0.2.7:1");
    EXPECT_EQ(ask(), std::to_string(answer));
    EXPECT_EQ(ex().would_reject, "");
  }
}

TEST_F(forward_auths, in_shadow_mode_everything_passes) {
  use({.shadow = true});
  for (const std::uint16_t status : {0, 302, 401, 500}) {
    renew();
    from("192.0.2.7:1");
    said.status = status;
    EXPECT_EQ(ask(), "200");
    EXPECT_EQ(ex().would_reject, "forward_auth");
    EXPECT_EQ(ex().rejected_by, "");
    EXPECT_FALSE(ex().failed) << status;
  }
}

TEST_F(forward_auths, what_the_client_gets_stands_beside_the_upstreams_cookies) {
  use({.to_response = {"Set-Cookie", "X-Session"}});
  said.headers = {{"Set-Cookie", "a=1"}, {"X-Session", "new"}};
  EXPECT_EQ(ask(), "200");
  EXPECT_EQ(answered("Set-Cookie"), "a=1");
  EXPECT_EQ(answered("X-Session"), "new");
}

TEST_F(forward_auths, nobody_is_asked_about_what_could_not_be_read) {
  use({});
  said.status = 401;
  ex().refusal = failure{fault::malformed, side::client, false, "no Host field"};
  EXPECT_EQ(ask(), "200");  // of the end of this pipeline
  EXPECT_EQ(said.asked, 0);
  renew();
  from("192.0.2.7:1");
  ex().refusal = failure{fault::no_route, side::client, false, ""};
  EXPECT_EQ(ask(), "401");
}

TEST_F(forward_auths, what_is_copied_is_no_clients_to_say) {
  use({.to_request = {"X-User", "X-Groups"}});
  const middleware& one = *step;
  ASSERT_EQ(one.identity_headers().size(), 2U);
  EXPECT_EQ(one.identity_headers()[0], "X-User");
}

TEST_F(forward_auths, a_rehearsal_says_what_would_be_asked) {
  use({.method = "HEAD", .path = "/verify?x"});
  EXPECT_EQ(ask(), "200");
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].verdict, "passed");
  EXPECT_EQ(decisions[0].reason, "if authn answers 200 when asked HEAD /verify?x");
}

}  // namespace
}  // namespace ferroway
