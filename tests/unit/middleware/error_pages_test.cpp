#include "middleware/error_pages.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

config::error_page page(const std::string& file, const std::string& type, const std::string& text) {
  return {file, type, config::page_escape::html, {{false, text, {}}}};
}

config::error_pages_middleware settings() {
  return {{{500,
            599,
            {page("5xx.html", "text/html", "server"),
             page("5xx.json", "application/json", "{\"server\":1}")}},
           {404, 404, {page("404.html", "text/html; charset=utf-8", "lost")}},
           {503, 503, {page("503.txt", "text/plain", "busy")}}},
          false};
}

// Answers as an upstream.
class origin final : public middleware {
 public:
  explicit origin(std::uint16_t status) : status_(status) {}
  std::string_view kind() const noexcept override { return "origin"; }
  task<result<response>> handle(exchange& ex, next_handler) override {
    response reply;
    reply.head = ex.memory.make<http::response_head>();
    reply.head->status = status_;
    for (const auto& [name, value] : {std::pair{"Content-Type", "application/grpc"},
                                      {"Content-Encoding", "gzip"},
                                      {"Content-Length", "6"},
                                      {"ETag", "\"1\""},
                                      {"Content-Range", "bytes 0-1/2"},
                                      {"WWW-Authenticate", "Basic"},
                                      {"Retry-After", "7"},
                                      {"Set-Cookie", "a=b"}}) {
      reply.head->fields.add(ex.memory, name, value);
    }
    reply.body.text = "origin";
    reply.body.length = 6;
    co_return reply;
  }

 private:
  std::uint16_t status_;
};

constexpr failure lost{fault::no_route, side::client, false, "none"};
constexpr failure broken{fault::reset, side::upstream, false, ""};
constexpr failure busy{fault::overloaded, side::local, false, ""};

class pages_of_errors : public testing::Test, protected exchange_rig {
 protected:
  std::shared_ptr<error_pages> step_of(bool of_all = false) {
    auto made = settings();
    made.of_all = of_all;
    return std::make_shared<error_pages>(made);
  }
  // The body, or what it failed by; the reply is kept.
  std::string ask(const std::shared_ptr<error_pages>& step, std::optional<failure> why,
                  std::string_view accept = {}, std::shared_ptr<middleware> inside = nullptr) {
    renew();
    from("192.0.2.7:1");
    ex().matched = &matched;
    if (!accept.empty()) field("Accept", accept);
    std::vector<std::shared_ptr<middleware>> steps{step};
    if (inside) steps.push_back(std::move(inside));
    reply = run(steps, why);
    return reply ? std::string(reply->body.text) : std::string(to_string(reply.error().kind));
  }
  std::string sent(std::string_view name) { return all_of(reply->head->fields, name); }

  result<response> reply;
};

TEST_F(pages_of_errors, stand_in_place_of_the_gateways_own_words) {
  EXPECT_EQ(ask(step_of(), lost), "lost");
  EXPECT_EQ(reply->head->status, 404);
  EXPECT_EQ(sent("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(sent("X-Request-ID"), "");
  EXPECT_EQ(reply->body.length, 4U);
}

TEST_F(pages_of_errors, of_the_narrowest_range) {
  EXPECT_EQ(ask(step_of(), broken), "server");
  EXPECT_EQ(reply->head->status, 502);
  EXPECT_EQ(ask(step_of(), busy), "busy");
  EXPECT_EQ(reply->head->status, 503);
  EXPECT_EQ(sent("Retry-After"), "1");
}

TEST_F(pages_of_errors, of_a_status_without_one_stay_as_they_are) {
  EXPECT_EQ(ask(step_of(), failure{fault::forbidden, side::client, false, "no"}), "forbidden");
  EXPECT_EQ(ask(step_of(), std::nullopt), "");
  EXPECT_EQ(reply->head->status, 200);
}

TEST_F(pages_of_errors, go_by_what_the_client_accepts) {
  EXPECT_EQ(ask(step_of(), broken, "text/html;q=0.1, application/json;q=0.9"), "{\"server\":1}");
  EXPECT_EQ(ask(step_of(), broken, "application/json, text/plain, */*"), "{\"server\":1}");
  EXPECT_EQ(ask(step_of(), broken, "application/problem+json"), "{\"server\":1}");
  EXPECT_EQ(ask(step_of(), broken, "*/*"), "server");
  EXPECT_EQ(ask(step_of(), broken, "image/png"), "reset");
  // No page for it: the failure goes on, to become a problem document.
  EXPECT_EQ(ask(step_of(), lost, "application/json, */*"), "no_route");
}

TEST_F(pages_of_errors, leave_upstreams_alone_unless_they_are_of_all) {
  const auto inside = std::make_shared<origin>(404);
  EXPECT_EQ(ask(step_of(), std::nullopt, {}, inside), "origin");
  EXPECT_EQ(sent("Content-Type"), "application/grpc");
  EXPECT_EQ(ask(step_of(true), std::nullopt, {}, inside), "lost");
  EXPECT_EQ(ask(step_of(true), std::nullopt, {}, std::make_shared<origin>(200)), "origin");
}

TEST_F(pages_of_errors, keep_what_is_not_about_the_body) {
  EXPECT_EQ(ask(step_of(true), std::nullopt, {}, std::make_shared<origin>(503)), "busy");
  EXPECT_EQ(sent("WWW-Authenticate"), "Basic");
  EXPECT_EQ(sent("Retry-After"), "7");
  EXPECT_EQ(sent("Set-Cookie"), "a=b");
  EXPECT_EQ(sent("Content-Type"), "text/plain");
  for (const char* name : {"Content-Encoding", "Content-Length", "ETag", "Content-Range"}) {
    EXPECT_EQ(sent(name), "") << name;
  }
  EXPECT_EQ(reply->body.rest, nullptr);
  EXPECT_EQ(reply->body.length, 4U);
}

// A page for a route stands inside the one for everything.
TEST_F(pages_of_errors, of_the_inner_one_stay) {
  const auto inner = std::make_shared<error_pages>(
      config::error_pages_middleware{{{404, 404, {page("in.html", "text/html", "inner")}}}, false});
  EXPECT_EQ(ask(step_of(true), lost, {}, inner), "inner");
}

TEST_F(pages_of_errors, are_for_nobody_where_nobody_is_left) {
  EXPECT_EQ(ask(step_of(), failure{fault::reset, side::client, false, "gone"}), "reset");
  EXPECT_FALSE(reply);
  EXPECT_EQ(ask(step_of(), failure{fault::cancelled, side::local, false, ""}), "cancelled");
}

}  // namespace
}  // namespace ferroway
