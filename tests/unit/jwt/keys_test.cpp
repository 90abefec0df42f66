// Which keys are taken, from PEM and from key sets.
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "jwt/base64url.hpp"
#include "jwt/jwks.hpp"
#include "jwt/openssl.hpp"
#include "unit/jwt/test_keys.hpp"

namespace ferroway::jwt {
namespace {

using enum algorithm;
using namespace std::string_literals;

std::string flaw(const key::made& made) { return made ? "none" : made.error(); }

std::string written(EVP_PKEY* from) {
  const owned_memory_file to(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(to.get(), from);
  char* text = nullptr;
  const long bytes = BIO_get_mem_data(to.get(), &text);
  return {text, static_cast<std::size_t>(bytes)};
}

TEST(pem_keys, serve_what_their_kind_can) {
  for (const algorithm by : {rs256, ps512, es256, es384, es512, eddsa}) {
    EXPECT_EQ(flaw(key::from_pem(public_pem(pair_for(by)), by)), "none") << to_string(by);
  }
  const std::string other = "the key is of another kind than the algorithm needs";
  EXPECT_EQ(flaw(key::from_pem(public_pem("RSA"), es256)), other);
  EXPECT_EQ(flaw(key::from_pem(public_pem("P-256"), es384)), other);
  EXPECT_EQ(flaw(key::from_pem(public_pem("P-256"), rs256)), other);
  EXPECT_NE(flaw(key::from_pem(public_pem("RSA"), hs256)), "none");
}

TEST(pem_keys, are_public_and_alone) {
  EXPECT_EQ(flaw(key::from_pem(private_pem("RSA"), rs256)),
            "it holds a private key; the gateway needs the public one alone");
  EXPECT_EQ(flaw(key::from_pem(public_pem("RSA") + private_pem("RSA"), rs256)),
            "it holds a private key; the gateway needs the public one alone");
  EXPECT_EQ(flaw(key::from_pem(public_pem("RSA") + public_pem("RSA"), rs256)),
            "it holds several keys; write them as several files");
  for (const char* text : {"", "hello", "-----BEGIN PUBLIC KEY-----\n"}) {
    EXPECT_EQ(flaw(key::from_pem(text, rs256)), "it holds no public key and no certificate in PEM");
  }
  EXPECT_EQ(
      flaw(key::from_pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", rs256)),
      "the key in it cannot be read");
}

TEST(pem_keys, are_not_weak) {
  const owned_key small(EVP_RSA_gen(1024));
  EXPECT_EQ(flaw(key::from_pem(written(small.get()), rs256)),
            "the RSA key has 1024 bits; at least 2048 are needed");
  const owned_key odd(EVP_EC_gen("secp256k1"));
  EXPECT_EQ(flaw(key::from_pem(written(odd.get()), es256)),
            "it is no RSA key, no key of P-256, P-384 or P-521 and no Ed25519 key");
}

TEST(secrets, have_32_bytes) {
  EXPECT_EQ(flaw(key::from_secret(std::string(31, 'x'), hs256)),
            "the secret has 31 bytes; at least 32 are needed");
  EXPECT_EQ(flaw(key::from_secret(std::string(32, 'x'), hs512)), "none");
  EXPECT_EQ(flaw(key::from_secret(std::string(32, 'x'), rs256)),
            "`secret` is for HS256, HS384 and HS512");
}

// Public members of keys of RFC 7515, A.2 and A.3, and RFC 8037, A.2.
const std::string rsa_members =
    R"("kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-)"
    "Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_"
    "7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo"
    R"(5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ")";
const std::string curve_members =
    R"("kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")";
const std::string edwards_members =
    R"("kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")";

// "2 keys, 1 skipped", or what is wrong.
std::string outcome(const std::string& keys, algorithms allowed = public_algorithms()) {
  const auto read = parse_jwks(R"({"keys":[)" + keys + "]}", allowed);
  if (!read) return read.error();
  return std::to_string(read->keys.size()) + " keys, " + std::to_string(read->skipped) + " skipped";
}

TEST(key_sets, take_public_keys_of_all_kinds) {
  EXPECT_EQ(outcome("{" + rsa_members + "},{" + curve_members + "},{" + edwards_members + "}"),
            "3 keys, 0 skipped");
  EXPECT_EQ(outcome("{" + rsa_members + R"(,"use":"sig","alg":"PS512","key_ops":["verify"]})"),
            "1 keys, 0 skipped");
}

TEST(key_sets, skip_keys_that_nobody_can_use_here) {
  const std::string good = "{" + edwards_members + "}";
  for (const std::string& bad : {
           R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T","alg":"HS256"})"s,
           R"({"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"})"s,
           R"({"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"s,
           R"({"kty":"new"})"s,
           "{}"s,
           "7"s,
           "null"s,
           "{" + rsa_members + R"(,"use":"enc"})",
           "{" + rsa_members + R"(,"use":["sig"]})",
           "{" + rsa_members + R"(,"key_ops":["sign"]})",
           "{" + rsa_members + R"(,"alg":"RSA-OAEP"})",
           "{" + rsa_members + R"(,"alg":"ES256"})",
           "{" + rsa_members + R"(,"alg":"HS256"})",
           "{" + rsa_members + R"(,"d":"AQAB"})",
           "{" + curve_members + R"(,"d":"AQAB"})",
           "{" + rsa_members + R"(,"kid":7})",
           "{" + rsa_members + R"(,"kid":")" + std::string(257, 'k') + "\"}",
           R"({"kty":"RSA","n":"AQAB","e":"AQAB"})"s,  // 24 bits
           R"({"kty":"RSA","n":"!","e":"AQAB"})"s,
           // Not on the curve.
           R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
           R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1"})"s,
           R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"})"s,
       }) {
    EXPECT_EQ(outcome(good + "," + bad), "1 keys, 1 skipped") << bad;
    EXPECT_EQ(outcome(bad), "it has no key that can be used here") << bad;
  }
}

TEST(key_sets, have_each_kid_once) {
  EXPECT_EQ(outcome("{" + rsa_members + R"(,"kid":"a"},{)" + curve_members + R"(,"kid":"a"})"),
            "1 keys, 1 skipped");
}

TEST(key_sets, serve_what_is_allowed) {
  const auto read = parse_jwks(R"({"keys":[{)" + rsa_members + "}]}", public_algorithms());
  ASSERT_TRUE(read);
  const token_header ps256_header{ps256};
  EXPECT_EQ(read->keys.verify(ps256_header, "", "").error(), problem::algorithm_refused);
  EXPECT_EQ(outcome("{" + rsa_members + "}", {es256}), "it has no key that can be used here");
  const auto both = parse_jwks(R"({"keys":[{)" + rsa_members + "}]}", {rs256, ps256});
  ASSERT_TRUE(both);
  EXPECT_EQ(both->keys.verify(ps256_header, "", "").error(), problem::bad_signature);
}

TEST(key_sets, are_strict_and_bounded) {
  for (const char* text : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[]})", "{\"keys\":[],}",
                           R"({"keys":[],"keys":[]})", "<html>"}) {
    EXPECT_FALSE(parse_jwks(text, public_algorithms())) << text;
  }
  std::string many = "{}";
  for (int i = 0; i < 100; ++i) many += ",{}";
  EXPECT_EQ(outcome(many), "it has more than 100 keys");
  EXPECT_EQ(outcome("\"" + std::string(256 * 1024, 'x') + "\""), "it is larger than 256 KiB");
}

}  // namespace
}  // namespace ferroway::jwt
