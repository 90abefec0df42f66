#include "exchange/problem.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

struct expected {
  fault kind;
  side from;
  std::uint16_t status;
  std::string_view slug;
};

constexpr expected rows[] = {
    {fault::malformed, side::client, 400, "bad-request"},
    {fault::no_route, side::client, 404, "no-route"},
    {fault::method_not_allowed, side::client, 405, "method-not-allowed"},
    {fault::timed_out, side::client, 408, "request-timeout"},
    {fault::body_too_large, side::client, 413, "body-too-large"},
    {fault::target_too_long, side::client, 414, "target-too-long"},
    {fault::expectation_failed, side::client, 417, "expectation-failed"},
    {fault::head_too_large, side::client, 431, "head-too-large"},
    {fault::unsupported, side::client, 501, "not-implemented"},
    {fault::unsupported_version, side::client, 505, "version-not-supported"},
    {fault::malformed, side::upstream, 502, "upstream-malformed"},
    {fault::head_too_large, side::upstream, 502, "upstream-malformed"},
    {fault::refused, side::upstream, 502, "upstream-unreachable"},
    {fault::unreachable, side::upstream, 502, "upstream-unreachable"},
    {fault::permission_denied, side::upstream, 502, "upstream-unreachable"},
    {fault::reset, side::upstream, 502, "upstream-closed"},
    {fault::end_of_stream, side::upstream, 502, "upstream-closed"},
    {fault::timed_out, side::upstream, 504, "upstream-timeout"},
    {fault::no_endpoint, side::upstream, 503, "no-endpoint"},
    {fault::overloaded, side::upstream, 503, "upstream-busy"},
    {fault::undecided, side::local, 503, "undecided"},
    {fault::out_of_descriptors, side::upstream, 503, "overloaded"},
    {fault::timed_out, side::local, 504, "timeout"},
    {fault::overloaded, side::local, 503, "overloaded"},
    {fault::out_of_descriptors, side::local, 503, "overloaded"},
    {fault::internal, side::local, 500, "internal-error"},
};

constexpr side sides[] = {side::local, side::client, side::upstream};

std::string body_of(const response& reply) { return std::string(reply.body.text); }

TEST(Problem, EachFailureHasItsStatusAndItsStableName) {
  for (const expected& row : rows) {
    const problem& found = problem_of({row.kind, row.from, false, ""});
    EXPECT_EQ(found.status, row.status) << to_string(row.kind) << " of " << to_string(row.from);
    EXPECT_EQ(found.slug, row.slug);
  }
}

TEST(Problem, EveryFaultOfEverySideIsAnswered) {
  for (unsigned kind = 0; kind <= static_cast<unsigned>(fault::internal); ++kind) {
    for (const side from : sides) {
      exchange_rig rig;
      const failure why{static_cast<fault>(kind), from, false, "a detail"};
      const response reply = to_response(rig.ex(), why);
      EXPECT_GE(reply.head->status, 400) << to_string(why.kind);
      EXPECT_LE(reply.head->status, 505) << to_string(why.kind);
      EXPECT_EQ(reply.body.length, reply.body.text.size());
      EXPECT_EQ(body_of(reply).find("a detail") != std::string::npos, from == side::client)
          << "only a client's own faults are explained: " << body_of(reply);
    }
  }
}

TEST(Problem, IsProblemJsonWithTheRequestId) {
  exchange_rig rig;
  rig.ex().set_request_id("id-1");
  const response reply =
      to_response(rig.ex(), {fault::malformed, side::client, false, "two Host fields"});
  EXPECT_EQ(reply.head->status, 400);
  EXPECT_EQ(all_of(reply.head->fields, "Content-Type"), "application/problem+json");
  EXPECT_EQ(all_of(reply.head->fields, "X-Request-ID"), "id-1");
  EXPECT_EQ(body_of(reply),
            "{\"type\":\"https://ferroway.dev/problems/bad-request\","
            "\"title\":\"The request is malformed\",\"status\":400,"
            "\"detail\":\"two Host fields\",\"request_id\":\"id-1\"}\n");
}

TEST(Problem, AFailureWithoutDetailHasNoEmptyMember) {
  exchange_rig rig;
  rig.ex().set_request_id("id-1");
  EXPECT_EQ(body_of(to_response(rig.ex(), {fault::reset, side::upstream, false, "10.0.0.1"})),
            "{\"type\":\"https://ferroway.dev/problems/upstream-closed\","
            "\"title\":\"The upstream closed the connection\",\"status\":502,"
            "\"request_id\":\"id-1\"}\n");
}

TEST(Problem, IsHtmlWhereTheClientPrefersIt) {
  struct {
    std::string_view accept;
    bool html;
  } constexpr cases[] = {
      {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true},
      {"TEXT/HTML;level=1", true},
      {"image/png, text/html", true},
      {"application/json, text/html", false},
      {"application/problem+json, text/html", false},
      {"*/*", false},
      {"*/*, text/html", false},
      {"text/htmlx", false},
      {"", false},
      {",,;,", false},
  };
  for (const auto& item : cases) {
    exchange_rig rig;
    rig.field("Accept", item.accept);
    const response reply = to_response(rig.ex(), {fault::no_route, side::client, false, ""});
    EXPECT_EQ(all_of(reply.head->fields, "Content-Type"),
              item.html ? "text/html; charset=utf-8" : "application/problem+json")
        << item.accept;
    EXPECT_EQ(body_of(reply).starts_with("<!doctype html>"), item.html) << item.accept;
    EXPECT_NE(body_of(reply).find(rig.ex().request_id()), std::string::npos);
  }
}

TEST(Problem, A405SaysWhatIsAllowed) {
  exchange_rig rig;
  rig.ex().allow = "GET, HEAD";
  const response reply =
      to_response(rig.ex(), {fault::method_not_allowed, side::client, false, ""});
  EXPECT_EQ(all_of(reply.head->fields, "Allow"), "GET, HEAD");
  const response other = to_response(rig.ex(), {fault::no_route, side::client, false, ""});
  EXPECT_EQ(other.head->fields.find("Allow"), nullptr);
}

TEST(Problem, A503AndNothingElseSaysWhenToComeAgain) {
  for (const expected& row : rows) {
    exchange_rig rig;
    const response reply = to_response(rig.ex(), {row.kind, row.from, false, ""});
    EXPECT_EQ(all_of(reply.head->fields, "Retry-After"), row.status == 503 ? "1" : "") << row.slug;
  }
}

TEST(Problem, TheFirstFailureIsTheOneThatIsLogged) {
  exchange_rig rig;
  (void)to_response(rig.ex(), {fault::reset, side::upstream, false, "first"});
  (void)to_response(rig.ex(), {fault::timed_out, side::client, false, "second"});
  EXPECT_STREQ(rig.ex().failed->detail, "first");
}

TEST(Problem, NobodyIsLeftToAnswerOnlyWhenTheClientIsGone) {
  EXPECT_FALSE(answerable({fault::reset, side::client, false, ""}));
  EXPECT_FALSE(answerable({fault::end_of_stream, side::client, false, ""}));
  EXPECT_FALSE(answerable({fault::cancelled, side::local, false, ""}));
  EXPECT_TRUE(answerable({fault::reset, side::upstream, false, ""}));
  EXPECT_TRUE(answerable({fault::end_of_stream, side::upstream, false, ""}));
  EXPECT_TRUE(answerable({fault::malformed, side::client, false, ""}));
  EXPECT_TRUE(answerable({fault::timed_out, side::client, false, ""}));
}

TEST(Problem, HeadToEditMakesAnAnswerOfAFailureAndKeepsOneThatIsThere) {
  exchange_rig rig;
  result<response> reply = fail(fault::no_endpoint, side::upstream);
  http::response_head* head = head_to_edit(rig.ex(), reply);
  ASSERT_NE(head, nullptr);
  EXPECT_EQ(head->status, 503);
  EXPECT_EQ(head_to_edit(rig.ex(), reply), head);
  result<response> gone = fail(fault::reset, side::client);
  EXPECT_EQ(head_to_edit(rig.ex(), gone), nullptr);
  EXPECT_FALSE(gone);
}

}  // namespace
}  // namespace ferroway
