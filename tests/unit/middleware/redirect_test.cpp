#include "middleware/redirect.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

class redirecting : public testing::Test, protected exchange_rig {
 protected:
  redirecting() {
    ex().request.path = "/old/7";
    ex().request.authority = "api.example.com:8080";
  }
  // The Location of the answer, after its status.
  std::string answer(const config::redirect& what) {
    redirect last(what);
    const result<response> reply = finish(last.handle(ex()));
    if (!reply) return std::string(to_string(reply.error().kind));
    EXPECT_EQ(reply->body.length, 0U);
    return std::to_string(reply->head->status) + " " + all_of(reply->head->fields, "Location");
  }
  static config::template_text path(const char* literal, const char* variable = nullptr) {
    config::template_text made{{false, literal}};
    if (variable != nullptr) made.push_back({true, variable});
    return made;
  }
};

TEST_F(redirecting, another_path_is_told_without_an_origin) {
  EXPECT_EQ(answer({.path = path("/new")}), "308 /new");
  EXPECT_EQ(answer({.status = 301, .path = path("/new")}), "301 /new");
}

TEST_F(redirecting, the_query_is_kept) {
  ex().request.query = "a=1&b=%2F";
  ex().request.has_query = true;
  EXPECT_EQ(answer({.path = path("/new")}), "308 /new?a=1&b=%2F");
}

TEST_F(redirecting, another_scheme_keeps_host_and_path_but_not_the_port) {
  EXPECT_EQ(answer({.scheme = "https"}), "308 https://api.example.com/old/7");
  EXPECT_EQ(answer({.scheme = "https", .port = 8443}), "308 https://api.example.com:8443/old/7");
}

TEST_F(redirecting, another_host_keeps_scheme_and_path) {
  EXPECT_EQ(answer({.host = "www.example.com"}), "308 http://www.example.com/old/7");
  field("X-Forwarded-Proto", "https");
  EXPECT_EQ(answer({.host = "www.example.com"}), "308 https://www.example.com/old/7");
}

TEST_F(redirecting, another_port_keeps_the_host) {
  EXPECT_EQ(answer({.port = 9000}), "308 http://api.example.com:9000/old/7");
  ex().request.authority = "[::1]:8080";
  EXPECT_EQ(answer({.port = 9000}), "308 http://[::1]:9000/old/7");
}

TEST_F(redirecting, a_request_without_a_host_is_told_the_path_alone) {
  ex().request.authority = "";
  EXPECT_EQ(answer({.scheme = "https"}), "308 /old/7");
}

TEST_F(redirecting, no_client_can_lead_another_elsewhere) {
  const capture captured[] = {{"path.rest", "/evil.example"}};
  ex().captures = captured;
  EXPECT_EQ(answer({.path = path("/", "path.rest")}), "308 /evil.example");
  ex().request.query = "to=//evil.example";
  EXPECT_EQ(answer({.path = path("/", "query.to")}), "malformed");
}

}  // namespace
}  // namespace ferroway
