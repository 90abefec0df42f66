// Consumers, and what a user may write of api_key and basic_auth; what is told where it is wrong.
#include <gtest/gtest.h>

#include <algorithm>

#include "config/difference.hpp"
#include "config/middlewares.hpp"
#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

// Of "acme-key-0123456789abcdef0123" and "small-key-0123456789abcdef0123".
const std::string acme = "a59b5d168bc2216d5762ca8203471e81b712c36ee0ec8c1d51ce92d6e7a12b6d";
const std::string small = "7c5c1c6a34430bc1ad7a3e1ffb50f1ef2289a530ecac6725e76fe8468886513a";

made_up_environment usual() {
  made_up_environment made;
  made.files["dir/keys.txt"] = "# of partners\nacme " + acme + "\nbeta " + small + "\n";
  made.files["dir/bad.txt"] = "acme " + acme + "\nbeta a-plain-key-of-somebody\n";
  made.files["dir/empty.txt"] = "# nobody yet\n";
  made.files["dir/digest"] = acme + "\n";
  made.files["dir/htpasswd"] =
      "alice:$2y$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2\n";
  made.files["dir/md5"] = "\n\nbob:$apr1$salt$hXb5iL0C5IgHiR0bjUmj31\n";
  return made;
}

const std::string consumers =
    "consumers: {acme: [gold, eu], small: {groups: [eu]}, alice: {}, x-note: [a]}\n";

std::string file_with(const std::string& middleware, const std::string& head = consumers) {
  return "listen: 8080\n" + head + "routes:\n  - {path: /a, respond: {}, use: [" + middleware +
         "]}\n";
}

template <class Kind>
Kind read(const std::string& middleware) {
  const loaded outcome = load(file_with(middleware), usual());
  EXPECT_TRUE(outcome.value) << complaints(outcome);
  if (!outcome.value) return {};
  return std::get<Kind>(outcome.value->middlewares.back().settings->as);
}

void expect_wrong(const std::string& text, const std::string& said) {
  const std::string all = complaints(load(text, usual()));
  EXPECT_NE(all.find(said), std::string::npos) << text << "\n" << all;
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 1) << text << "\n" << all;
}

TEST(consumers_section, names_them_and_their_groups) {
  const loaded again = load("listen: 8080\n" + consumers + "routes: [{respond: {}}]\n", usual());
  ASSERT_TRUE(again.value) << complaints(again);
  EXPECT_EQ(again.value->consumers,
            (std::vector<consumer>{
                {"acme", {"gold", "eu"}, {}}, {"small", {"eu"}, {}}, {"alice", {}, {}}}));
}

TEST(consumers_section, says_what_is_wrong) {
  const auto wrong = [](const std::string& section, const std::string& said) {
    expect_wrong("listen: 8080\nroutes: [{respond: {}}]\nconsumers: " + section + "\n", said);
  };
  wrong("[acme]", "`consumers`: expected names and consumers");
  wrong("{a b: [gold]}", "a consumer's name: up to 128 letters");
  wrong("{acme: gold}", "the consumer's groups");
  wrong("{acme: []}", "a list of groups");
  wrong("{acme: [gold, gold]}", "the group `gold` stands here twice");
  wrong("{acme: [g old]}", "a name of letters");
  wrong("{acme: {group: [gold]}}", "unknown key `group`");
}

TEST(api_key_settings, are_read) {
  const auto made = read<api_key_middleware>(
      "{api_key: {keys: {acme: 'sha256:" + acme + "', other@x: [" + small +
      "]}, query: key, groups: [gold], to_headers: {X-Who: consumer, X-In: groups}, strip: true, "
      "realm: r, optional: true, shadow: true}}");
  ASSERT_EQ(made.keys.size(), 2U);
  EXPECT_EQ(made.keys[0].consumer, "acme");
  EXPECT_EQ(credentials::to_text(made.keys[1].sha256), "sha256:" + small);
  EXPECT_EQ(made.place, token_place::query);
  EXPECT_EQ(made.place_name, "key");
  EXPECT_EQ(made.consumers.groups, std::vector<std::string>{"gold"});
  EXPECT_EQ(made.consumers.to_headers[1].second, consumer_fact::groups);
  EXPECT_TRUE(made.consumers.strip && made.consumers.optional && made.consumers.shadow);
  EXPECT_EQ(made.consumers.known.size(), 3U) << "who goes by groups knows them";
  const auto of_file = read<api_key_middleware>("{api_key: {keys_file: keys.txt}}");
  EXPECT_EQ(of_file.of_file.size(), 2U);
  EXPECT_EQ(of_file.place, token_place::header);
  EXPECT_EQ(of_file.place_name, "X-API-Key");
  EXPECT_TRUE(of_file.consumers.known.empty()) << "and others do not change with them";
  EXPECT_EQ(
      read<api_key_middleware>("{api_key: {keys_file: keys.txt, header: authorization}}").place,
      token_place::authorization);
  EXPECT_EQ(read<api_key_middleware>("{api_key: {keys: {acme: '${file:digest}'}}}").keys.size(),
            1U);
}

TEST(api_key_settings, say_what_is_wrong) {
  const auto wrong = [](const std::string& inside, const std::string& said) {
    expect_wrong(file_with("{api_key: {" + inside + "}}"), said);
  };
  const std::string key = "keys: {acme: " + acme + "}";
  wrong("header: X-Key", "`api_key` without keys");
  wrong("keys: {}", "`api_key` without keys");
  wrong("key: {}", "unknown key `key`");
  wrong("keys: [" + acme + "]", "`keys`: expected consumers and the SHA-256");
  wrong("keys: {acme: " + acme.substr(1) + "}", "what stands for `acme` is no SHA-256");
  wrong("keys: {acme: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855}",
        "the SHA-256 of an empty text");
  wrong("keys: {a b: " + acme + "}", "a consumer's name");
  wrong("keys: {acme: " + acme + ", small: " + acme + "}", "the same key of `acme` and `small`");
  wrong("keys: {small: " + acme + "}, keys_file: keys.txt", "the same key of `small` and `acme`");
  wrong(key + ", keys_file: keys.txt", "a key of `acme` stands there twice");
  wrong("keys_file: none.txt", "the file `none.txt` cannot be read");
  wrong("keys_file: bad.txt", "`keys_file`: line 2: behind the name stands no SHA-256");
  wrong("keys_file: empty.txt", "`keys_file`: it is empty");
  wrong(key + ", header: X-Key, query: key", "a key comes from one place");
  wrong(key + ", header: 'X Key'", "X Key");
  wrong(key + ", groups: [glod]", "no consumer is in the group `glod` | did you mean `gold`?");
  wrong(key + ", to_headers: {X-A: name}", "expected `consumer` or `groups`");
  wrong(key + ", to_headers: {Cookie: consumer}", "would take `Cookie` away");
  wrong(key + ", to_headers: {x-api-key: consumer}", "with the key in it");
  wrong(key + ", to_headers: {X-A: consumer, x-a: groups}", "stands here twice");
  wrong(key + ", realm: 'a\"b'", "without quotes");
}

// What somebody has written in place of a digest may be a key.
TEST(api_key_settings, show_no_key) {
  const std::string text =
      "listen: 8080\nroutes:\n  - path: /\n    respond: {}\n    use:\n      - api_key:\n"
      "          keys:\n            acme: a-plain-key-of-somebody\n";
  loaded outcome = load(text, usual());
  EXPECT_FALSE(outcome.value);
  EXPECT_EQ(render(outcome, false).find("a-plain-key"), std::string::npos)
      << render(outcome, false);
}

TEST(basic_auth_settings, are_read) {
  const auto made = read<basic_auth_middleware>(
      "{basic_auth: {users_file: htpasswd, realm: staff, remember: 1m, strip: true}}");
  ASSERT_EQ(made.users.size(), 1U);
  EXPECT_EQ(made.users[0].name, "alice");
  EXPECT_EQ(made.consumers.realm, "staff");
  EXPECT_EQ(made.remember, std::chrono::minutes(1));
  EXPECT_EQ(read<basic_auth_middleware>("{basic_auth: {users_file: htpasswd}}").consumers.realm,
            "restricted");
}

TEST(basic_auth_settings, say_what_is_wrong) {
  const auto wrong = [](const std::string& inside, const std::string& said) {
    expect_wrong(file_with("{basic_auth: {" + inside + "}}"), said);
  };
  wrong("realm: a", "`basic_auth` without its `users_file`");
  wrong("users_file: md5", "`users_file`: line 3: MD5 is too fast");
  wrong("users_file: empty.txt", "`users_file`: it is empty");
  wrong("users_file: none", "the file `none` cannot be read");
  wrong("users_file: htpasswd, remember: 2h", "a duration from 0s to 1h");
  wrong("users_file: htpasswd, groups: [none]", "no consumer is in the group `none`");
}

TEST(group_rates, become_rates_of_the_consumers_in_those_groups) {
  const auto made = read<rate_limit_middleware>(
      "{api_key: {keys_file: keys.txt}}, {rate_limit: {rate: 1/s, key: consumer, rates: {small: "
      "7/s}, group_rates: {eu: 5/s, gold: 9/s}}}");
  ASSERT_EQ(made.consumer_rates.size(), 1U) << "`rates` comes first";
  EXPECT_EQ(made.consumer_rates.at("acme").count, 9U) << "the first group that has a rate";
}

TEST(group_rates, are_for_consumers) {
  const auto wrong = [](const std::string& limit, const std::string& said) {
    expect_wrong(file_with("{api_key: {keys_file: keys.txt}}, {rate_limit: {" + limit + "}}"),
                 said);
  };
  wrong("rate: 1/s, group_rates: {gold: 5/s}", "`group_rates` are for consumers");
  wrong("rate: 1/s, key: [client.ip, consumer], group_rates: {gold: 5/s}", "are for consumers");
  wrong("rate: 1/s, key: consumer, group_rates: {none: 5/s}", "no consumer is in the group `none`");
  wrong("rate: 9/s, cost: 2, key: consumer, group_rates: {gold: 1/s}", "never passes");
  expect_wrong(
      file_with("{rate_limit: {rate: 1/s, key: consumer}}, {api_key: {keys_file: keys.txt}}"),
      "put an `api_key`, a `basic_auth`, an `hmac` or a `jwt` with `consumer` in front");
}

TEST(credentials, are_printed_so_that_they_read_back) {
  const std::string text =
      file_with("{api_key: {keys: {acme: [" + acme + "], b: '" + small +
                "'}, header: X-Key, groups: [eu], to_headers: {X-Who: consumer, X-In: groups}}}, "
                "{basic_auth: {users_file: htpasswd, optional: true}}, "
                "{rate_limit: {rate: 1/s, key: consumer, group_rates: {gold: 5/s}}}");
  const loaded first = load(text, usual());
  ASSERT_TRUE(first.value) << complaints(first);
  const std::string printed = print_long_form(*first.value);
  EXPECT_EQ(printed.find("$2y$"), std::string::npos) << printed;
  const loaded second = load(printed, usual());
  ASSERT_TRUE(second.value) << printed << complaints(second);
  EXPECT_EQ(*second.value, *first.value) << printed;
}

TEST(credentials, protect_a_route_where_they_may_refuse) {
  const auto warned = [](const std::string& guard) {
    return complaints(load("listen: 8080\nroutes:\n  - {path: /a, use: [" + guard +
                               "], to: 'http://127.0.0.1:1'}\n"
                               "  - {path: /a/b, to: 'http://127.0.0.1:1'}\n",
                           usual()))
        .contains("this route is open");
  };
  EXPECT_TRUE(warned("{api_key: {keys_file: keys.txt}}"));
  EXPECT_TRUE(warned("{basic_auth: {users_file: htpasswd}}"));
  EXPECT_FALSE(warned("{api_key: {keys_file: keys.txt, optional: true}}"));
  EXPECT_FALSE(warned("{basic_auth: {users_file: htpasswd, shadow: true}}"));
}

// A reload makes those anew whom a change concerns, and no others.
TEST(credentials, change_with_their_files_and_with_groups) {
  const std::string uses =
      "{api_key: {keys_file: keys.txt, groups: [gold]}}, {basic_auth: {users_file: htpasswd}}, "
      "{rate_limit: {rate: 1/s, key: consumer, group_rates: {gold: 5/s}}}";
  const loaded before = load(file_with(uses), usual());
  ASSERT_TRUE(before.value) << complaints(before);
  made_up_environment other = usual();
  other.files["dir/keys.txt"] +=
      "acme 47f7879ce1f182191dde64d7eef2c48f83b0d8c410e21a6f95fe741fa8ab84f7\n";
  const loaded rotated = load(file_with(uses), other);
  EXPECT_EQ(describe(difference(*before.value, *rotated.value)), "middleware api_key changed");
  const loaded regrouped =
      load(file_with(uses, "consumers: {acme: [eu], small: [gold]}\n"), usual());
  EXPECT_EQ(describe(difference(*before.value, *regrouped.value)),
            "setting consumers changed, middleware api_key changed, middleware rate_limit changed");
  const std::vector<std::string>& files = before.files_read;
  EXPECT_NE(std::ranges::find(files, "dir/keys.txt"), files.end()) << "and are watched";
}

}  // namespace
}  // namespace ferroway::config::testing
