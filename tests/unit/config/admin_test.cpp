// `admin` and `probe`: who may listen where, with which secret, and that nothing else gets there.
#include <gtest/gtest.h>

#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

const std::string rest = "\nlisten: 8080\nroutes: [{respond: {}}]\n";

made_up_environment outside_with(const std::string& token) {
  made_up_environment outside;
  outside.files["dir/token"] = token;
  outside.variables["TOKEN"] = token;
  return outside;
}

const std::string secret = "a-secret-of-24-bytes-...";

config of(const std::string& text, const environment& outside = outside_with(secret)) {
  const loaded outcome = load(text + rest, outside);
  EXPECT_TRUE(outcome.value) << text << "\n" << complaints(outcome);
  return outcome.value.value_or(config{});
}

TEST(Admin, IsOnLoopbackByDefaultAndNotInsistedOn) {
  const config made = of("");
  EXPECT_EQ(made.admin.address.text(), "127.0.0.1:9901");
  EXPECT_FALSE(made.admin.required);
  EXPECT_TRUE(made.admin.token.empty());
  EXPECT_FALSE(made.probe.is_on());
}

TEST(Admin, IsWhereTheFileSays) {
  EXPECT_FALSE(of("admin: off").admin.is_on());
  EXPECT_FALSE(of("admin: 'off'\nprobe: 'off'").admin.is_on());
  EXPECT_EQ(of("admin: '[::1]:99'").admin.address.text(), "[::1]:99");
  EXPECT_TRUE(of("admin: 127.0.0.1:9901").admin.required);
  EXPECT_EQ(of("admin: unix:/run/a.sock").admin.address.text(), "unix:/run/a.sock");
  EXPECT_EQ(of("admin: {token: '${file:token}'}").admin.address.text(), "127.0.0.1:9901");
  EXPECT_FALSE(of("admin: {token: '${file:token}'}").admin.required);
  EXPECT_FALSE(of("admin: {address: 127.0.0.1:99, required: false}").admin.required);
  const config open = of("admin: {address: 0.0.0.0:99, token: '${TOKEN}'}");
  EXPECT_EQ(open.admin.address.text(), "0.0.0.0:99");
  ASSERT_EQ(open.admin.token.size(), 1U);
  EXPECT_EQ(open.admin.token[0].text, secret);
  EXPECT_EQ(of("probe: 0.0.0.0:9902").probe.address.text(), "0.0.0.0:9902");
}

struct mistake {
  std::string text;
  std::string complaint;
};

void expect_complaints(const std::vector<mistake>& all, const environment& outside) {
  for (const mistake& each : all) {
    const loaded outcome = load(each.text, outside);
    EXPECT_FALSE(outcome.value) << each.text;
    EXPECT_NE(complaints(outcome).find(each.complaint), std::string::npos) << each.text << "\n"
                                                                           << complaints(outcome);
    EXPECT_EQ(render(outcome, false).find(secret), std::string::npos) << render(outcome, false);
  }
}

TEST(Admin, BeyondLoopbackNeedsAToken) {
  expect_complaints(
      {{"admin: 0.0.0.0:9901" + rest, "1:8 an admin listener beyond loopback needs a `token`"},
       {"admin: 9901" + rest, "beyond loopback needs a `token`"},
       {"admin: {address: 10.0.0.1:9901}" + rest, "1:18 an admin listener beyond loopback"},
       {"admin: {address: '[fd00::1]:9901', required: true}" + rest, "beyond loopback"}},
      outside_with(secret));
}

TEST(Admin, NoErrorQuotesAToken) {
  for (const char* text :
       {"admin: {token: s3cret-of-24-bytes-....}", "admin:\n  token:\n    s3cret-a",
        "admin:\n  token: >\n    s3cret-a\n    s3cret-b", "admin: {token: s3cret, x",
        "admin: {tokn: 5, token: s3cret}"}) {
    const loaded made = load(text + rest);
    EXPECT_FALSE(made.value);
    EXPECT_EQ(render(made, false).find("s3cret"), std::string::npos) << render(made, false);
  }
}

TEST(Admin, TokensAreSecretAndLong) {
  expect_complaints(
      {{"admin: {token: literal-of-24-bytes-....}" + rest, "stands in the configuration"},
       {"admin: {token: 'x${TOKEN}'}" + rest, "stands in the configuration"},
       {"admin: {token: '${TOKEN:-" + std::string("abcdefghijklmnopqrst") + "}'}" + rest,
        "1:16 `token` stands in the configuration itself"},
       {"admin: {token: ''}" + rest, "`token` stands"},
       {"admin: {token: [a]}" + rest, "expected a reference to a secret"},
       {"admin: {token: '${client.ip}'}" + rest, "known only with a request"},
       {"admin: {token: '${NONE}'}" + rest, "is not set"}},
      outside_with("0123456789abcdef"));
  expect_complaints({{"admin: {token: '${TOKEN}'}" + rest, "1:16 `token` has fewer than 16 bytes"}},
                    outside_with("0123456789abcde"));
  expect_complaints({{"admin: {token: '${file:token}'}" + rest, "visible ASCII"}},
                    outside_with("0123456789 abcdefghi"));
}

TEST(Admin, OtherMistakesAreNamed) {
  expect_complaints({{"admin: on" + rest, "`admin`: expected an address"},
                     {"admin: localhost:9901" + rest, "write the IP address: 127.0.0.1"},
                     {"admin: [127.0.0.1:1]" + rest, "`admin`: expected an address, off"},
                     {"admin: {adress: 127.0.0.1:1}" + rest, "did you mean `address`?"},
                     {"admin: 127.0.0.1:0" + rest, "a port from 1 to 65535"},
                     {"probe: {address: 1}" + rest, "`probe`: expected an address"},
                     {"probe: http://127.0.0.1:80" + rest, "without `http://`"}},
                    outside_with(secret));
}

TEST(Admin, SharesItsAddressWithNobody) {
  const std::string end = "\nroutes: [{respond: {}}]\n";
  expect_complaints(
      {{"admin: 127.0.0.1:8080\nlisten: 8080" + end,
        "1:8 `admin` and a listener cannot both have 127.0.0.1:8080 | the listener is in line 2"},
       {"listen: 0.0.0.0:9901" + end,
        "1:9 `admin` and a listener cannot both have 127.0.0.1:9901 | it is there by default; "
        "write `admin: off`"},
       {"probe: 0.0.0.0:81\nlisten: 127.0.0.1:81" + end, "1:8 `probe` and a listener"},
       {"admin: unix:/run/a.sock\nlisten: unix:/run/./a.sock" + end, "`admin` and a listener"},
       {"probe: 0.0.0.0:9901" + rest, "`probe` and `admin` cannot share an address"}},
      outside_with(secret));
}

TEST(Admin, IsNoEndpoint) {
  const std::string open = "admin: {address: '[::]:99', token: '${TOKEN}'}\nlisten: 80\n";
  const std::string plain = "listen: 80\n";
  const auto to = [](const std::string& url) { return "routes: [{to: '" + url + "'}]\n"; };
  const auto upstream = [](const std::string& url) {
    return "upstreams: {u: {endpoints: ['" + url + "']}}\nroutes: [{to: u}]\n";
  };
  const std::string own = "this endpoint would be the gateway's own `admin` listener";
  expect_complaints(
      {{plain + to("http://127.0.0.1:9901"), "2:15 " + own + " (127.0.0.1:9901) | it is there by"},
       {plain + to("http://localhost:9901"), own},
       {plain + to("http://[::ffff:127.0.0.1]:9901"), own},
       {plain + to("http://0.0.0.0:9901"), own},
       {plain + to("http://[::]:9901"), own},
       {plain + upstream("http://127.0.0.1:9901"), "2:29 " + own},
       {open + to("http://10.1.2.3:99"), own},
       {open + to("http://[::1]:99"), own},
       {"admin: '[::1]:99'\n" + plain + to("http://[::1]:99"), own},
       {"admin: unix:/run/a.sock\n" + plain + to("unix:/run/../run/a.sock"), own},
       {"probe: 0.0.0.0:98\n" + plain + to("http://127.0.0.1:98"), "own `probe` listener"}},
      outside_with(secret));
  EXPECT_TRUE(load(plain + to("http://127.0.0.1:9902")).value);
  EXPECT_TRUE(load(plain + to("http://127.0.0.2:9901")).value);
  EXPECT_TRUE(load("admin: off\n" + plain + to("http://127.0.0.1:9901")).value);
}

TEST(Admin, IsPrintedWithoutItsSecret) {
  const std::string text = "admin: {address: 0.0.0.0:99, token: '${file:token}'}";
  const std::string printed = print_long_form(of(text));
  EXPECT_EQ(printed.find(secret), std::string::npos);
  EXPECT_NE(printed.find("admin:\n  address: \"0.0.0.0:99\"\n  required: true\n"
                         "  token: \"${file:token}\"\n"),
            std::string::npos)
      << printed;
  EXPECT_NE(print_long_form(of("admin: off\nprobe: 0.0.0.0:98"))
                .find("admin: off\nprobe: \"0.0.0.0:98\"\n"),
            std::string::npos);
}

}  // namespace
}  // namespace ferroway::config::testing
