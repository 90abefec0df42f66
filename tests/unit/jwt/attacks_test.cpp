// What an attacker sends, each with the reason for which it is refused. Long because every attack
// is an entry.
#include <gtest/gtest.h>

#include "jwt/base64url.hpp"
#include "jwt/verifier.hpp"
#include "unit/jwt/test_keys.hpp"

namespace ferroway::jwt {
namespace {

using enum algorithm;

constexpr wall_time now{std::chrono::seconds(1'800'000'000)};

constexpr const char* good_payload =
    R"({"iss":"https://id.example.com","aud":"orders","sub":"alice","exp":1800000600})";

policy usual() {
  policy made;
  made.issuers = {"https://id.example.com"};
  made.audiences = {"orders"};
  return made;
}

// "valid", or why not.
std::string verdict(const std::string& token, const key_set& keys, const policy& by = usual()) {
  static verifier worker;
  const auto made = worker.verify(token, keys, by);
  if (!made) return to_string(made.error());
  if (const auto late = problem_of_times(*made, by.leeway, now)) return to_string(*late);
  return made->insufficient ? to_string(*made->insufficient) : "valid";
}

// Checked with an RS256 key of the id "k1", as an identity provider would have it.
const key_set& rsa_keys() {
  static const key_set keys = set_of(named(checker(rs256), "k1"));
  return keys;
}

std::string rs256_with(const std::string& header, const std::string& payload = good_payload) {
  return token_of(header, payload, rs256);
}
std::string rs256_of(const std::string& payload) {
  return rs256_with(R"({"alg":"RS256"})", payload);
}
// The usual claims with `exp` and more as they are written here.
std::string rs256_with_claims(const std::string& claims) {
  return rs256_of(R"({"iss":"https://id.example.com","aud":"orders",)" + claims + "}");
}

std::string unsigned_with(const std::string& header, const std::string& signature = "AAAA") {
  return encode_base64url(header) + "." + encode_base64url(good_payload) + "." + signature;
}

std::string tampered(std::string token, std::size_t at, const std::string& by) {
  return token.insert(at, by);
}

std::string nested(const std::string& open, const std::string& close, std::size_t depth) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += open;
  text += "1";
  for (std::size_t i = 0; i < depth; ++i) text += close;
  return text;
}

// The RSA public key as the secret of an HMAC: the best-known confusion of algorithms.
std::string hmac_with_the_public_key() {
  auto key = signing_key::from_secret(public_pem("RSA"), hs256);
  return mint(R"({"alg":"HS256"})", good_payload, *key);
}

// A token whose signature is these bytes.
std::string es256_with_signature(const std::string& bytes) {
  const std::string text =
      encode_base64url(R"({"alg":"ES256"})") + "." + encode_base64url(good_payload);
  return text + "." + encode_base64url(bytes);
}

// A genuine ES256 signature, in DER.
std::string es256_in_der() {
  const std::string text =
      encode_base64url(R"({"alg":"ES256"})") + "." + encode_base64url(good_payload);
  const std::string raw = signer(es256).sign(text);
  std::string der("\x30\x46\x02\x21\x00", 5);
  der += raw.substr(0, 32) + std::string("\x02\x21\x00", 3) + raw.substr(32);
  return text + "." + encode_base64url(der);
}

std::string many_members(std::size_t count) {
  std::string claims = R"("exp":1800000600)";
  for (std::size_t i = 0; i < count; ++i) claims += ",\"m" + std::to_string(i) + "\":1";
  return claims;
}

struct attack {
  const char* name;
  std::string (*token)();
  const char* refused_because;
  const key_set& (*keys)() = rsa_keys;
};

const key_set& es256_keys() {
  static const key_set keys = set_of(checker(es256));
  return keys;
}
const key_set& es384_keys() {
  static const key_set keys = set_of(checker(es384));
  return keys;
}
const key_set& hs256_keys() {
  static const key_set keys = set_of(checker(hs256));
  return keys;
}
const key_set& eddsa_keys() {
  static const key_set keys = set_of(checker(eddsa));
  return keys;
}
const key_set& ps256_keys() {
  static const key_set keys = set_of(checker(ps256));
  return keys;
}

constexpr const char* wrong_signature = "the signature is wrong";
constexpr const char* unknown_algorithm = "the token's `alg` is none that is verified here";
constexpr const char* refused_algorithm = "no key here serves the token's `alg`";
constexpr const char* not_compact = "the token is not three parts between dots";
constexpr const char* not_base64url = "the token is not in base64url";
constexpr const char* bad_header = "the token's header is no JSON object, or not a strict one";
constexpr const char* bad_payload = "the token's payload is no JSON object, or not a strict one";
constexpr const char* no_alg = "the token's header has no `alg`";
constexpr const char* extension =
    "the token asks for extensions (`crit`, `b64`) that are not known here";
constexpr const char* bad_kid = "the token's `kid` is no text, or too long";
constexpr const char* unknown_kid = "no key has the token's `kid`";
constexpr const char* too_long = "the token is too long";
constexpr const char* no_exp = "the token has no `exp`";
constexpr const char* no_time = "`exp`, `nbf` or `iat` is not a time";
constexpr const char* expired = "the token has expired";
constexpr const char* too_early = "the token is not valid yet";
constexpr const char* from_future = "the token was issued in the future";
constexpr const char* other_issuer = "the token's `iss` is not the one expected";
constexpr const char* other_audience = "the token's `aud` is not the one expected";

// clang-format off
const attack attacks[] = {
    // The algorithm.
    {"alg_none", [] { return unsigned_with(R"({"alg":"none"})"); }, unknown_algorithm},
    {"alg_None", [] { return unsigned_with(R"({"alg":"None"})"); }, unknown_algorithm},
    {"alg_NONE", [] { return unsigned_with(R"({"alg":"NONE"})"); }, unknown_algorithm},
    {"alg_nOnE", [] { return unsigned_with(R"({"alg":"nOnE"})"); }, unknown_algorithm},
    {"alg_none_without_signature", [] { return unsigned_with(R"({"alg":"none"})", ""); }, not_compact},
    {"alg_missing", [] { return rs256_with("{}"); }, no_alg},
    {"alg_empty", [] { return rs256_with(R"({"alg":""})"); }, unknown_algorithm},
    {"alg_null", [] { return rs256_with(R"({"alg":null})"); }, no_alg},
    {"alg_in_a_list", [] { return rs256_with(R"({"alg":["RS256"]})"); }, no_alg},
    {"alg_in_lower_case", [] { return rs256_with(R"({"alg":"rs256"})"); }, unknown_algorithm},
    {"alg_with_a_blank", [] { return rs256_with(R"({"alg":"RS256 "})"); }, unknown_algorithm},
    {"alg_with_a_nul", [] { return rs256_with(R"({"alg":"RS256\u0000"})"); }, unknown_algorithm},
    {"alg_twice", [] { return rs256_with(R"({"alg":"RS256","alg":"none"})"); }, bad_header},
    {"alg_twice_by_escape", [] { return rs256_with(R"({"alg":"RS256","\u0061lg":"none"})"); }, bad_header},
    {"hs256_with_the_public_key_as_secret", hmac_with_the_public_key, refused_algorithm},
    {"hs256_where_rsa_is_meant", [] { return token_of(R"({"alg":"HS256","kid":"k1"})", good_payload, hs256); }, refused_algorithm},
    {"another_digest", [] { return token_of(R"({"alg":"RS512"})", good_payload, rs512); }, refused_algorithm},
    {"pss_where_pkcs1_is_meant", [] { return token_of(R"({"alg":"PS256"})", good_payload, ps256); }, refused_algorithm},
    {"pkcs1_where_pss_is_meant", [] { return token_of(R"({"alg":"PS256"})", good_payload, rs256); }, wrong_signature, ps256_keys},
    {"es256k", [] { return unsigned_with(R"({"alg":"ES256K"})"); }, unknown_algorithm},

    // Keys that the token brings or names.
    {"jwk_of_the_attacker", [] { return token_of(R"({"alg":"RS256","jwk":{"kty":"RSA","n":"sXch","e":"AQAB"}})", good_payload, rs256, "attacker"); }, wrong_signature},
    {"jku_of_the_attacker", [] { return token_of(R"({"alg":"RS256","jku":"http://evil.example/jwks.json"})", good_payload, rs256, "attacker"); }, wrong_signature},
    {"x5u_of_the_attacker", [] { return token_of(R"({"alg":"RS256","x5u":"http://evil.example/cert.pem"})", good_payload, rs256, "attacker"); }, wrong_signature},
    {"x5c_of_the_attacker", [] { return token_of(R"({"alg":"RS256","x5c":["MIIB"]})", good_payload, rs256, "attacker"); }, wrong_signature},
    {"known_kid_and_another_key", [] { return token_of(R"({"alg":"RS256","kid":"k1"})", good_payload, rs256, "attacker"); }, wrong_signature},
    {"kid_unknown", [] { return rs256_with(R"({"alg":"RS256","kid":"k2"})"); }, unknown_kid},
    {"kid_is_a_path", [] { return rs256_with(R"({"alg":"RS256","kid":"../../../../dev/null"})"); }, unknown_kid},
    {"kid_is_sql", [] { return rs256_with(R"({"alg":"RS256","kid":"k1' OR '1'='1"})"); }, unknown_kid},
    {"kid_and_a_nul", [] { return rs256_with(R"({"alg":"RS256","kid":"k1\u0000"})"); }, unknown_kid},
    {"kid_empty", [] { return rs256_with(R"({"alg":"RS256","kid":""})"); }, unknown_kid},
    {"kid_is_a_number", [] { return rs256_with(R"({"alg":"RS256","kid":1})"); }, bad_kid},
    {"kid_is_huge", [] { return rs256_with(R"({"alg":"RS256","kid":")" + std::string(300, 'k') + "\"}"); }, bad_kid},

    // Extensions.
    {"crit", [] { return rs256_with(R"({"alg":"RS256","crit":["exp"],"exp":1})"); }, extension},
    {"crit_empty", [] { return rs256_with(R"({"alg":"RS256","crit":[]})"); }, extension},
    {"b64_false", [] { return rs256_with(R"({"alg":"RS256","b64":false})"); }, extension},
    {"b64_no_flag", [] { return rs256_with(R"({"alg":"RS256","b64":"true"})"); }, extension},

    // How it is written.
    {"empty", [] { return std::string(); }, not_compact},
    {"dots_alone", [] { return std::string(".."); }, not_compact},
    {"two_parts", [] { return std::string("e30.e30"); }, not_compact},
    {"four_parts", [] { return rs256_of(good_payload) + ".e30"; }, not_compact},
    {"five_parts_an_encrypted_one", [] { return std::string("e30.a.a.a.a"); }, not_compact},
    {"signature_cut_off", [] { const std::string whole = rs256_of(good_payload); return whole.substr(0, whole.rfind('.') + 1); }, not_compact},
    {"signature_shortened", [] { const std::string whole = rs256_of(good_payload); return whole.substr(0, whole.size() - 6); }, wrong_signature},
    {"padding", [] { return rs256_of(good_payload) + "=="; }, not_base64url},
    {"blank_inside", [] { return tampered(rs256_of(good_payload), 3, " "); }, not_base64url},
    {"line_end_behind", [] { return rs256_of(good_payload) + "\n"; }, not_base64url},
    {"nul_behind", [] { return rs256_of(good_payload) + std::string(1, '\0'); }, not_base64url},
    {"nul_inside", [] { return tampered(rs256_of(good_payload), 3, std::string(1, '\0')); }, not_base64url},
    {"bits_behind_the_signature", [] { std::string whole = rs256_of(good_payload); whole.back() = whole.back() == 'B' ? 'C' : 'B'; return whole; }, not_base64url},
    {"standard_alphabet", [] { return unsigned_with(R"({"alg":"RS256"})", "ab+/"); }, not_base64url},
    {"header_is_no_json", [] { return rs256_with("alg=RS256"); }, bad_header},
    {"header_is_a_list", [] { return rs256_with(R"([{"alg":"RS256"}])"); }, bad_header},
    {"header_with_more_behind", [] { return rs256_with(R"({"alg":"RS256"} x)"); }, bad_header},
    {"header_twice", [] { return rs256_with(R"({"alg":"RS256"}{"alg":"RS256"})"); }, bad_header},
    {"header_in_latin_1", [] { return rs256_with("{\"alg\":\"RS256\",\"x\":\"\xE9\"}"); }, bad_header},
    {"header_with_half_a_surrogate", [] { return rs256_with(R"({"alg":"RS256","x":"\ud800"})"); }, bad_header},
    {"header_too_deep", [] { return rs256_with(R"({"alg":"RS256","x":)" + nested("[", "]", 40) + "}"); }, bad_header},
    {"header_too_long", [] { return rs256_with(R"({"alg":"RS256","x":")" + std::string(4000, 'x') + "\"}"); }, too_long},
    {"token_over_16_kib", [] { return rs256_with_claims(R"("exp":1800000600,"x":")" + std::string(16 * 1024, 'x') + "\""); }, too_long},
    {"token_of_a_megabyte", [] { return std::string(1 << 20, 'a'); }, too_long},
    {"payload_empty", [] { return rs256_of(""); }, bad_payload},
    {"payload_is_text", [] { return rs256_of("hello"); }, bad_payload},
    {"payload_is_a_list", [] { return rs256_of("[]"); }, bad_payload},
    {"payload_with_more_behind", [] { return rs256_of(std::string(good_payload) + "{}"); }, bad_payload},
    {"payload_with_a_claim_twice", [] { return rs256_with_claims(R"("exp":1800000600,"exp":9900000000)"); }, bad_payload},
    {"payload_with_a_claim_twice_inside", [] { return rs256_with_claims(R"("exp":1800000600,"realm":{"a":1,"a":2})"); }, bad_payload},
    {"payload_too_deep", [] { return rs256_with_claims(R"("exp":1800000600,"x":)" + nested(R"({"x":)", "}", 20)); }, bad_payload},
    {"payload_in_latin_1", [] { return rs256_with_claims("\"exp\":1800000600,\"x\":\"\xE9\""); }, bad_payload},
    {"payload_with_too_many_claims", [] { return rs256_with_claims(many_members(300)); }, bad_payload},
    {"payload_with_a_comment", [] { return rs256_with_claims("\"exp\":1800000600/* */"); }, bad_payload},

    // ECDSA and EdDSA.
    {"es256_in_der", es256_in_der, wrong_signature, es256_keys},
    {"es256_all_zero", [] { return es256_with_signature(std::string(64, '\0')); }, wrong_signature, es256_keys},
    {"es256_r_zero", [] { return es256_with_signature(std::string(32, '\0') + std::string(32, '\1')); }, wrong_signature, es256_keys},
    {"es256_s_zero", [] { return es256_with_signature(std::string(32, '\1') + std::string(32, '\0')); }, wrong_signature, es256_keys},
    {"es256_a_byte_short", [] { return es256_with_signature(std::string(63, '\1')); }, wrong_signature, es256_keys},
    {"es256_a_byte_long", [] { return es256_with_signature(std::string(65, '\1')); }, wrong_signature, es256_keys},
    {"es256_r_and_s_beyond_the_order", [] { return es256_with_signature(std::string(64, '\xFF')); }, wrong_signature, es256_keys},
    {"es256_with_a_key_of_p384", [] { return token_of(R"({"alg":"ES256"})", good_payload, es256); }, refused_algorithm, es384_keys},
    {"es384_signed_on_p256", [] { return token_of(R"({"alg":"ES384"})", good_payload, es256); }, wrong_signature, es384_keys},
    {"eddsa_all_zero", [] { return unsigned_with(R"({"alg":"EdDSA"})", encode_base64url(std::string(64, '\0'))); }, wrong_signature, eddsa_keys},
    {"eddsa_in_other_case", [] { return token_of(R"({"alg":"EDDSA"})", good_payload, eddsa); }, unknown_algorithm, eddsa_keys},
    {"hs256_a_shortened_mac", [] { const std::string whole = token_of(R"({"alg":"HS256"})", good_payload, hs256); return whole.substr(0, whole.rfind('.') + 5); }, wrong_signature, hs256_keys},
    {"hs256_another_secret", [] { return token_of(R"({"alg":"HS256"})", good_payload, hs256, "x"); }, wrong_signature, hs256_keys},

    // Times.
    {"expired", [] { return rs256_with_claims("\"exp\":1799999000"); }, expired},
    {"expired_just_beyond_the_leeway", [] { return rs256_with_claims("\"exp\":1799999970"); }, expired},
    {"exp_missing", [] { return rs256_with_claims("\"sub\":\"alice\""); }, no_exp},
    {"exp_null", [] { return rs256_with_claims("\"exp\":null"); }, no_time},
    {"exp_is_text", [] { return rs256_with_claims("\"exp\":\"1800000600\""); }, no_time},
    {"exp_true", [] { return rs256_with_claims("\"exp\":true"); }, no_time},
    {"exp_in_a_list", [] { return rs256_with_claims("\"exp\":[1800000600]"); }, no_time},
    {"exp_nan", [] { return rs256_with_claims("\"exp\":NaN"); }, bad_payload},
    {"exp_infinite", [] { return rs256_with_claims("\"exp\":1e400"); }, bad_payload},
    {"exp_huge", [] { return rs256_with_claims("\"exp\":1e300"); }, no_time},
    {"exp_beyond_64_bits", [] { return rs256_with_claims("\"exp\":99999999999999999999999"); }, bad_payload},
    {"exp_of_2_to_the_63", [] { return rs256_with_claims("\"exp\":9223372036854775807"); }, no_time},
    {"exp_in_milliseconds", [] { return rs256_with_claims("\"exp\":1800000600000"); }, no_time},
    {"exp_negative", [] { return rs256_with_claims("\"exp\":-1"); }, no_time},
    {"exp_fraction_rounds_down", [] { return rs256_with_claims("\"exp\":1799999970.9"); }, expired},
    {"exp_of_another_name", [] { return rs256_with_claims("\"EXP\":1800000600"); }, no_exp},
    {"nbf_in_the_future", [] { return rs256_with_claims(R"("exp":1800000600,"nbf":1800000031)"); }, too_early},
    {"nbf_is_text", [] { return rs256_with_claims(R"("exp":1800000600,"nbf":"0")"); }, no_time},
    {"iat_in_the_future", [] { return rs256_with_claims(R"("exp":1800000600,"iat":1800000031)"); }, from_future},
    {"iat_is_text", [] { return rs256_with_claims(R"("exp":1800000600,"iat":"yesterday")"); }, no_time},

    // Whose, and for whom.
    {"iss_missing", [] { return rs256_of(R"({"aud":"orders","exp":1800000600})"); }, other_issuer},
    {"iss_of_another", [] { return rs256_of(R"({"iss":"https://evil.example","aud":"orders","exp":1800000600})"); }, other_issuer},
    {"iss_that_begins_alike", [] { return rs256_of(R"({"iss":"https://id.example.com.evil.example","aud":"orders","exp":1800000600})"); }, other_issuer},
    {"iss_with_a_slash", [] { return rs256_of(R"({"iss":"https://id.example.com/","aud":"orders","exp":1800000600})"); }, other_issuer},
    {"iss_in_another_case", [] { return rs256_of(R"({"iss":"https://ID.example.com","aud":"orders","exp":1800000600})"); }, other_issuer},
    {"iss_in_a_list", [] { return rs256_of(R"({"iss":["https://id.example.com"],"aud":"orders","exp":1800000600})"); }, other_issuer},
    {"iss_and_a_nul", [] { return rs256_of(R"({"iss":"https://id.example.com\u0000","aud":"orders","exp":1800000600})"); }, other_issuer},
    {"aud_missing", [] { return rs256_of(R"({"iss":"https://id.example.com","exp":1800000600})"); }, other_audience},
    {"aud_of_another", [] { return rs256_of(R"({"iss":"https://id.example.com","aud":"billing","exp":1800000600})"); }, other_audience},
    {"aud_longer", [] { return rs256_of(R"({"iss":"https://id.example.com","aud":"orders2","exp":1800000600})"); }, other_audience},
    {"aud_empty_list", [] { return rs256_of(R"({"iss":"https://id.example.com","aud":[],"exp":1800000600})"); }, other_audience},
    {"aud_is_a_number", [] { return rs256_of(R"({"iss":"https://id.example.com","aud":1,"exp":1800000600})"); }, other_audience},
    {"aud_is_an_object", [] { return rs256_of(R"({"iss":"https://id.example.com","aud":{"orders":true},"exp":1800000600})"); }, other_audience},
    {"aud_list_with_a_number", [] { return rs256_of(R"({"iss":"https://id.example.com","aud":["orders",1],"exp":1800000600})"); }, other_audience},
    {"aud_list_in_a_list", [] { return rs256_of(R"({"iss":"https://id.example.com","aud":[["orders"]],"exp":1800000600})"); }, other_audience},
    {"aud_words_in_one_text", [] { return rs256_of(R"({"iss":"https://id.example.com","aud":"billing orders","exp":1800000600})"); }, other_audience},
};
// clang-format on

class attacked : public testing::TestWithParam<attack> {};

TEST_P(attacked, is_refused) {
  EXPECT_EQ(verdict(GetParam().token(), GetParam().keys()), GetParam().refused_because);
}

INSTANTIATE_TEST_SUITE_P(by, attacked, testing::ValuesIn(attacks),
                         [](const auto& of) { return std::string(of.param.name); });

// What the attacks differ from.
TEST(attack_free, tokens_are_valid) {
  EXPECT_EQ(verdict(rs256_of(good_payload), rsa_keys()), "valid");
  EXPECT_EQ(
      verdict(rs256_with(R"({"alg":"RS256","kid":"k1","typ":"at+jwt","b64":true})"), rsa_keys()),
      "valid");
  EXPECT_EQ(verdict(rs256_with_claims("\"exp\":1799999971"), rsa_keys()), "valid");
  EXPECT_EQ(verdict(rs256_with_claims("\"exp\":253402300799"), rsa_keys()), "valid");
  EXPECT_EQ(verdict(rs256_with_claims(R"("exp":1800000600,"nbf":1800000030,"iat":1800000030.0)"),
                    rsa_keys()),
            "valid");
  EXPECT_EQ(verdict(rs256_of(R"({"iss":"https://id.example.com","aud":["x","orders"],)"
                             R"("exp":1.8000006e9})"),
                    rsa_keys()),
            "valid");
  for (const algorithm by : {hs256, hs384, hs512, rs256, rs384, rs512, ps256, ps384, ps512, es256,
                             es384, es512, eddsa}) {
    const std::string header = R"({"alg":")" + std::string(to_string(by)) + "\"}";
    EXPECT_EQ(verdict(token_of(header, good_payload, by), set_of(checker(by))), "valid")
        << to_string(by);
  }
}

// However a token is cut, and whatever byte of it is changed, nothing comes of it.
TEST(attack_free, no_part_of_a_token_is_one) {
  const std::string whole = token_of(R"({"alg":"HS256"})", good_payload, hs256);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_NE(verdict(whole.substr(0, i), hs256_keys()), "valid");
    EXPECT_NE(verdict(whole.substr(i + 1), hs256_keys()), "valid");
    for (const char other : {'A', '.', '=', '\0', '\xFF'}) {
      std::string changed = whole;
      if (changed[i] == other) continue;
      changed[i] = other;
      EXPECT_NE(verdict(changed, hs256_keys()), "valid") << i;
    }
  }
}

// What a forged token costs has a bound, however many keys there are.
TEST(attack_free, a_token_without_kid_is_tried_with_eight_keys) {
  key_set keys;
  for (int i = 0; i < 8; ++i) keys.add(named(checker(hs256, "x" + std::to_string(i)), "x"));
  keys.add(named(checker(hs256), "y"));
  EXPECT_EQ(verdict(token_of(R"({"alg":"HS256"})", good_payload, hs256), keys), wrong_signature);
  EXPECT_EQ(verdict(token_of(R"({"alg":"HS256","kid":"y"})", good_payload, hs256), keys), "valid");
}

}  // namespace
}  // namespace ferroway::jwt
