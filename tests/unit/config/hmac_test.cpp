// What a user may write of hmac, and what is told where it is wrong.
#include <gtest/gtest.h>

#include <algorithm>

#include "config/difference.hpp"
#include "config/middlewares.hpp"
#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

// Of "0123456789abcdef0123456789abcdef".
const std::string secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
// Of "fedcba9876543210fedcba9876543210".
const std::string next = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";

made_up_environment usual() {
  made_up_environment made;
  made.files["dir/hmac.keys"] = "# of partners\nacme-1 acme " + secret + "\n";
  made.files["dir/bad.keys"] = "acme-1 acme " + secret + "\nacme-2 acme too-short\n";
  made.files["dir/empty.keys"] = "# nobody yet\n";
  made.files["dir/next"] = next + "\n";
  made.files["dir/short"] = "c2hvcnQ=\n";
  return made;
}

std::string file_with(const std::string& settings) {
  return "listen: 8080\nconsumers: {acme: [gold]}\nroutes:\n  - {path: /a, respond: {}, use: "
         "[{hmac: {" +
         settings + "}}]}\n";
}

hmac_middleware read(const std::string& settings) {
  const loaded outcome = load(file_with(settings), usual());
  EXPECT_TRUE(outcome.value) << complaints(outcome);
  if (!outcome.value) return {};
  return std::get<hmac_middleware>(outcome.value->middlewares.back().settings->as);
}

void wrong(const std::string& settings, const std::string& said) {
  const std::string all = complaints(load(file_with(settings), usual()));
  EXPECT_NE(all.find(said), std::string::npos) << settings << "\n" << all;
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 1) << settings << "\n" << all;
}

const std::string file = "keys_file: hmac.keys";
const std::string key = "keys: [{id: a, consumer: acme, secret: '${file:next}'}]";

TEST(hmac_settings, are_read) {
  const hmac_middleware made = read(
      "keys: [{id: acme-2, consumer: acme, secret: '${file:next}'}], keys_file: hmac.keys, "
      "components: ['@method', '@target-uri', Date, content-digest], content_digest: false, "
      "body_bytes: 64KiB, max_age: 1m, leeway: 5s, nonces: 1000, tag: shop, groups: [gold], "
      "to_headers: {X-Who: consumer}, strip: true, realm: r, optional: true, shadow: true");
  ASSERT_EQ(made.keys.size(), 1U);
  EXPECT_EQ(made.keys[0].key,
            (credentials::listed_mac_key{"acme-2", "acme", "fedcba9876543210fedcba9876543210"}));
  ASSERT_EQ(made.of_file.size(), 1U);
  EXPECT_EQ(made.of_file[0].id, "acme-1");
  EXPECT_EQ(made.components,
            (std::vector<std::string>{"@method", "@target-uri", "date", "content-digest"}));
  EXPECT_FALSE(made.content_digest);
  EXPECT_EQ(made.body_bytes, 65536U);
  EXPECT_EQ(made.max_age, std::chrono::minutes(1));
  EXPECT_EQ(made.leeway, std::chrono::seconds(5));
  EXPECT_EQ(made.nonces, 1000U);
  EXPECT_EQ(made.tag, "shop");
  EXPECT_EQ(made.consumers.known.size(), 1U);
  EXPECT_TRUE(made.consumers.strip && made.consumers.optional && made.consumers.shadow);
}

TEST(hmac_settings, are_safe_where_nobody_says) {
  const hmac_middleware made = read(file);
  EXPECT_EQ(made.components,
            (std::vector<std::string>{"@method", "@authority", "@path", "@query"}));
  EXPECT_TRUE(made.content_digest);
  EXPECT_EQ(made.body_bytes, 1U << 20);
  EXPECT_EQ(made.max_age, std::chrono::minutes(5));
  EXPECT_EQ(made.leeway, std::chrono::seconds(30));
  EXPECT_EQ(made.nonces, 0U);
  EXPECT_FALSE(made.consumers.optional || made.consumers.shadow || made.consumers.strip);
}

TEST(hmac_settings, say_what_is_wrong) {
  wrong("max_age: 1m", "`hmac` without keys");
  wrong("keys: []", "`keys`: expected");
  wrong("keys: {acme: x}", "`keys`: expected");
  wrong("keys: [{id: a, consumer: acme}]", "a key such as {id: acme-1");
  wrong("keys: [{id: 'a b', consumer: acme, secret: '${file:next}'}]", "a key's id");
  wrong("keys: [{id: a, consumer: 'a b', secret: '${file:next}'}]", "a consumer's name");
  wrong("keys: [{id: a, consumer: acme, secret: '${file:short}'}]", "fewer than 32 bytes");
  wrong("keys: [{id: a, consumer: acme, secret: " + secret + "}]",
        "`secret` stands in the configuration itself");
  wrong("keys: [{id: a, consumer: acme, secret: '${NONE:-" + secret + "}'}]",
        "`secret` stands in the configuration itself");
  wrong("keys_file: none.keys", "the file `none.keys` cannot be read");
  wrong("keys_file: bad.keys", "`keys_file`: line 2: the secret is no base64");
  wrong("keys_file: empty.keys", "`keys_file`: it is empty");
  wrong("keys: [{id: acme-1, consumer: acme, secret: '${file:next}'}], " + file,
        "two keys have the id `acme-1`");
  wrong(file + ", components: []", "`components`: expected");
  wrong(file + ", components: ['@status']", "`components`: expected `@method`");
  wrong(file + ", components: ['a b']", "`components`: expected `@method`");
  wrong(file + ", components: [date, Date]", "the component `date` stands here twice");
  wrong(file + ", body_bytes: 17MiB", "`body_bytes`");
  wrong(file + ", nonces: 0", "`nonces`");
  wrong(file + ", max_age: 0s", "`max_age`");
  wrong(file + ", tag: 'a\"b'", "`tag`: expected");
  wrong(file + ", groups: [silver]", "no consumer is in the group `silver`");
  wrong(file + ", components: [x-a], to_headers: {X-A: consumer}", "which has to be signed");
  wrong(file + ", nonce: 5", "unknown key `nonce`");
}

// Neither where it is right nor where it is wrong.
TEST(hmac_settings, show_no_secret) {
  const loaded outcome = load(file_with(key), usual());
  ASSERT_TRUE(outcome.value) << complaints(outcome);
  const std::string printed = print_long_form(*outcome.value);
  EXPECT_EQ(printed.find(next), std::string::npos) << printed;
  EXPECT_NE(printed.find("${file:next}"), std::string::npos) << printed;
  const loaded again = load(printed, usual());
  ASSERT_TRUE(again.value) << complaints(again) << printed;
  EXPECT_EQ(again.value->middlewares.back().settings->as,
            outcome.value->middlewares.back().settings->as);
  const loaded bad = load(
      "listen: 8080\nroutes:\n  - path: /\n    respond: {}\n    use:\n      - hmac:\n"
      "          keys:\n            - {id: a, consumer: acme, secret: " +
          secret + "}\n",
      usual());
  EXPECT_EQ(render(bad, false).find(secret), std::string::npos) << render(bad, false);
}

TEST(hmac_settings, change_with_their_file) {
  const loaded before = load(file_with(file), usual());
  made_up_environment changed = usual();
  changed.files["dir/hmac.keys"] = "acme-1 acme " + next + "\n";
  const loaded after = load(file_with(file), changed);
  ASSERT_TRUE(before.value && after.value);
  EXPECT_EQ(describe(difference(*before.value, *after.value)), "middleware hmac changed");
}

TEST(hmac_settings, provide_who_asks) {
  const std::string text =
      "listen: 8080\nroutes:\n  - {path: /, respond: {}, use: [{hmac: {keys_file: hmac.keys}}, "
      "{rate_limit: {rate: 1/s, key: consumer}}]}\n";
  EXPECT_TRUE(load(text, usual()).value);
}

}  // namespace
}  // namespace ferroway::config::testing
