// The key tables say what the readers do: editors and the docs are told the truth.
#include <gtest/gtest.h>

#include "config/schema.hpp"
#include "unit/config/config_support.hpp"
#include "unit/config/key_samples.hpp"

namespace ferroway::config::testing {
namespace {

// What the samples refer to is there.
made_up_environment surroundings() {
  made_up_environment outside;
  outside.files["dir/routes.d/readme"] = "of the folder that `include` looks into";
  outside.files["dir/pages/404.html"] = "<p>${response.status}</p>";
  outside.files["dir/admin.token"] = "a-token-of-many-bytes\n";
  outside.files["dir/secret"] = "a-secret-of-more-than-32-bytes-in-all\n";
  outside.files["dir/id.pem"] =
      "-----BEGIN PUBLIC KEY-----\n"
      "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
      "-----END PUBLIC KEY-----\n";
  outside.files["dir/rsa.pem"] =
      "-----BEGIN PUBLIC KEY-----\n"
      "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA6E4UD7B9KNmGH71Z+6Zy\n"
      "w31aZ4aShW24JA4Kr1vUkcaEb4sFsiTrIHQtdgPzFzRad05b2omUj+UoY+CjjHBu\n"
      "+mab1zkIUnJ/lL4r4kOkkyeq6ZJkf9k83Jkf8HkRM7IBr8zRkYzX1jPIk78memc5\n"
      "vKKad2WLtj6h+oaUxgbwRE0P3xHaNnwbpu+JaAagqrubCYAadyEyDys13x/nuXGg\n"
      "IAzHuU0oRguOaTrztBJiarGdbgf+T9AqDhFhUpi/p7wPlHRVeT+UwhjDXQjx95MO\n"
      "VGQnDYuiE5Mnfjly2d9qAwCrtB3eUQrdmOgDIRlc43q0Gp3QldYzgUwXtaMES0ce\n"
      "+wIDAQAB\n"
      "-----END PUBLIC KEY-----\n";
  outside.files["dir/p256.pem"] =
      "-----BEGIN PUBLIC KEY-----\n"
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE93Isqz4l9EBcO7TdosgzN5FF4hjX\n"
      "hpAajs6bMyfHPt9NsR21R62WJMOxHv6CU9uDbt/SCrUtDqa2aYnSJLWddQ==\n"
      "-----END PUBLIC KEY-----\n";
  outside.files["dir/p384.pem"] =
      "-----BEGIN PUBLIC KEY-----\n"
      "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEzUeQ3rA+u7f1Ut4ZqDxnwbR8nx6pA3AT\n"
      "ssTQHMhH2EqLty2E6y0Gb0MKvr4nv5S9HKvJveyQuuVu6OnlYpGzQNulpchstHRS\n"
      "v9XX4yu4R6WFuY2ljCGkag15ppLfpKEA\n"
      "-----END PUBLIC KEY-----\n";
  outside.files["dir/p512.pem"] =
      "-----BEGIN PUBLIC KEY-----\n"
      "MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQB/1pTdBer3c68ArTZIQ5AsdJscart\n"
      "uAAKSe5bogxGjVudtBwjt5rCb4C+6utEKhdJ5FEWhEVrcph9VqDvFqKg88sAazJj\n"
      "5BYCVpsP3zEvymF/ZHXjfPBBS51aRsxl4uRC/G3AkjzgruUFbFpDQnSnBuIrU1Tf\n"
      "BJMtqqGlSyDbmqe54VE=\n"
      "-----END PUBLIC KEY-----\n";
  outside.files["dir/keys.txt"] =
      "acme a59b5d168bc2216d5762ca8203471e81b712c36ee0ec8c1d51ce92d6e7a12b6d\n";
  outside.files["dir/htpasswd"] =
      "alice:$2y$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2\n";
  outside.files["dir/hmac.keys"] = "a acme MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n";
  outside.files["dir/mac.secret"] = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n";
  outside.files["dir/jwks.json"] = R"({"keys":[{"kty":"OKP","crv":"Ed25519",)"
                                   R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})";
  return outside;
}

loaded load_sample(const std::string& text) { return load(text, surroundings()); }

template <typename Try>
void for_every_key(const Try& attempt) {
  std::size_t keys_tried = 0;
  for (const key_table* table : all_tables()) {
    for (const known_key& key : table->keys) {
      attempt(*table, key);
      ++keys_tried;
    }
  }
  EXPECT_GT(keys_tried, 60U);
}

// At the top level nothing is in effect that `without` could take away.
bool can_never_be_right(const key_table& table, const known_key& key) {
  return &table == &keys::top && key.name == "without";
}

TEST(known_keys, what_a_type_allows_is_read) {
  for_every_key([](const key_table& table, const known_key& key) {
    if (!key.works || can_never_be_right(table, key)) return;
    for (const std::string& sample : allowed_samples(key.type)) {
      const std::string text = file_around(table, key.name, sample);
      ASSERT_FALSE(text.empty()) << "key_samples.cpp knows no file around " << table.name;
      const loaded outcome = load_sample(text);
      EXPECT_TRUE(outcome.value) << text << "\n" << complaints(outcome);
    }
  });
}

TEST(known_keys, what_a_type_does_not_allow_is_refused) {
  for_every_key([](const key_table& table, const known_key& key) {
    if (!key.works) return;
    for (const std::string& sample : refused_samples(key.type)) {
      const std::string text = file_around(table, key.name, sample);
      EXPECT_FALSE(load_sample(text).value) << text;
    }
  });
}

TEST(known_keys, what_does_not_work_yet_is_refused_by_name) {
  for_every_key([](const key_table& table, const known_key& key) {
    if (key.works) return;
    const std::string text = file_around(table, key.name, allowed_samples(key.type).front());
    const std::string said = complaints(load(text));
    EXPECT_NE(said.find("`" + std::string(key.name) + "` is not supported yet"), std::string::npos)
        << text << "\n"
        << said;
  });
}

TEST(known_keys, a_default_is_what_a_key_that_is_left_out_means) {
  std::size_t compared = 0;
  for_every_key([&](const key_table& table, const known_key& key) {
    if (!key.works || !key.fallback.starts_with('`')) return;
    const std::string value(key.fallback.substr(1, key.fallback.size() - 2));
    const std::string with = file_around(table, key.name, value);
    const std::string without = file_around(table, key.name, "");
    EXPECT_EQ(written_out(with, surroundings()), written_out(without, surroundings())) << with;
    EXPECT_TRUE(load_sample(with).value) << with << complaints(load_sample(with));
    ++compared;
  });
  EXPECT_GT(compared, 20U);
}

TEST(known_keys, every_key_that_works_says_what_it_is_for) {
  for_every_key([](const key_table& table, const known_key& key) {
    if (!key.works) return;
    EXPECT_TRUE(key.note.ends_with('.')) << table.name << " " << key.name;
    EXPECT_NE(key.type.is, value_is::anything) << table.name << " " << key.name;
  });
}

TEST(known_keys, the_schema_names_every_key_that_works_and_no_other) {
  const std::string schema = json_schema();
  EXPECT_NE(schema.find("\"keep_alive\""), std::string::npos);
  EXPECT_EQ(schema.find("\"mtls\""), std::string::npos);
}

}  // namespace
}  // namespace ferroway::config::testing
