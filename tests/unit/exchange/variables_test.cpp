#include "exchange/variables.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

class variables : public testing::Test, protected exchange_rig {
 protected:
  std::string value(std::string_view name) {
    const auto parsed = variable::parse(name);
    return parsed ? std::string(parsed->value(ex())) : "(unknown)";
  }
};

TEST_F(variables, ComeFromWhereTheirNamesSay) {
  field("X-Tier", "gold");
  field("x-tier", "silver");
  field("Cookie", "a=1; session=s=42; b; spaced =x");
  field("Cookie", "later=yes; a=2");
  ex().request.query = "v=2&empty=&v=3&flag&name=a%20b=c";
  const capture captured[] = {{"path.id", "17"}, {"host.tenant", "acme"}};
  ex().captures = captured;
  ex().set_request_id("id-1");
  EXPECT_EQ(value("client.ip"), "192.0.2.7");
  EXPECT_EQ(value("route.name"), "orders");
  EXPECT_EQ(value("request.id"), "id-1");
  EXPECT_EQ(value("header.X-TIER"), "gold") << "of a repeated field the first, in any case";
  EXPECT_EQ(value("cookie.session"), "s=42");
  EXPECT_EQ(value("cookie.a"), "1");
  EXPECT_EQ(value("cookie.spaced"), "x") << "as many upstreams read it";
  EXPECT_EQ(value("cookie.later"), "yes");
  EXPECT_EQ(value("query.v"), "2") << "of a repeated parameter the first";
  EXPECT_EQ(value("query.name"), "a%20b=c") << "as it was received";
  EXPECT_EQ(value("path.id"), "17");
  EXPECT_EQ(value("host.tenant"), "acme");
}

TEST_F(variables, IdentifyByOneSpellingAndByWhatIsSaidOnce) {
  const auto identity = [&](std::string_view name) {
    return std::string(variable::parse(name)->identity(ex()));
  };
  field("X-Key", "k");
  field("X-Twice", "a");
  field("x-twice", "b");
  field("Cookie", "once=1; twice=1");
  field("Cookie", "twice=2; spaced=1; spaced =2");
  ex().request.query = "key=%61b%63+d&twice=1&tw%69ce=2";
  const capture captured[] = {{"path.user", "a%40b+c%2"}};
  ex().captures = captured;
  EXPECT_EQ(identity("header.X-Key"), "k");
  EXPECT_EQ(identity("header.X-Twice"), "");
  EXPECT_EQ(identity("cookie.once"), "1");
  EXPECT_EQ(identity("cookie.twice"), "");
  EXPECT_EQ(identity("cookie.spaced"), "");
  EXPECT_EQ(identity("query.key"), "abc d");
  EXPECT_EQ(identity("query.twice"), "");
  EXPECT_EQ(identity("path.user"), "a@b+c%2");
  EXPECT_EQ(identity("client.ip"), "192.0.2.7");
}

TEST_F(variables, AreEmptyWhereTheRequestLacksThem) {
  field("Cookie", ";;=; b");
  ex().request.query = "&&=&flag";
  for (const std::string_view name : {"header.X-None", "cookie.a", "cookie.b", "cookie.B",
                                      "query.a", "query.flag", "path.id", "host.tenant"}) {
    EXPECT_EQ(value(name), "") << name;
  }
  ex().matched = nullptr;
  EXPECT_EQ(value("route.name"), "");
}

TEST_F(variables, CookiesAndParametersAreCaseSensitiveAndWhole) {
  field("Cookie", "Session=1; xsession=2");
  ex().request.query = "V=1&vv=2";
  EXPECT_EQ(value("cookie.session"), "");
  EXPECT_EQ(value("query.v"), "");
}

TEST_F(variables, AUnixSocketsPeerHasNoAddress) {
  from("unix:/run/f.sock");
  EXPECT_EQ(value("client.ip"), "");
}

TEST_F(variables, OthersAreUnknown) {
  for (const std::string_view name :
       {"", "client", "client.port", "header.", "cookie.", "query.", "headers.X", "HEADER.X"}) {
    EXPECT_FALSE(variable::parse(name)) << name;
  }
}

TEST_F(variables, TemplatesPutLiteralsAndVariablesTogether) {
  field("X-A", "1");
  const text_template whole({{false, "a-"},
                             {true, "header.X-A"},
                             {true, "header.X-None"},
                             {false, "-"},
                             {true, "client.ip"}});
  EXPECT_EQ(whole.fill(ex()), "a-1-192.0.2.7");
  EXPECT_EQ(text_template({}).fill(ex()), "");
  EXPECT_EQ(text_template({{false, "x"}}).fill(ex()), "x");
  EXPECT_EQ(text_template({{true, "header.X-A"}}).fill(ex()), "1");
  EXPECT_EQ(text_template({{true, "header.X-B"}, {true, "header.X-C"}}).fill(ex()), "");
}

TEST_F(variables, TemplatesOfIdentitiesAreWholeOrNothing) {
  field("X-A", "1");
  field("X-Twice", "a");
  field("X-Twice", "b");
  ex().request.query = "q=%61";
  const auto filled = [&](const config::template_text& from) -> std::optional<std::string> {
    const text_template made(from);  // a literal alone is its own
    const auto text = made.fill_identity(ex());
    return text ? std::optional<std::string>(*text) : std::nullopt;
  };
  EXPECT_EQ(filled({{false, "x-"}, {true, "header.X-A"}, {true, "query.q"}}), "x-1a");
  EXPECT_EQ(filled({{true, "query.q"}}), "a");
  EXPECT_EQ(filled({{false, "x"}}), "x");
  EXPECT_EQ(filled({{true, "header.X-Twice"}}), std::nullopt);
  EXPECT_EQ(filled({{false, "x-"}, {true, "header.X-None"}}), std::nullopt);
}

}  // namespace
}  // namespace ferroway
