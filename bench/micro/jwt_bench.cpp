// What a token costs: remembered (the target: under 1 us for RS256), and verified anew beside
// OpenSSL's own part of that (the target: at most 3 us more). To be compared in one run, since both
// depend on the moment:
//   micro_jwt --benchmark_filter='verified|prepared' --benchmark_repetitions=21
//             --benchmark_enable_random_interleaving=true --benchmark_report_aggregates_only=true
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <string>

#include "jwt/base64url.hpp"
#include "jwt/ecdsa_signature.hpp"
#include "jwt/mint.hpp"
#include "jwt/openssl.hpp"
#include "jwt/token_cache.hpp"
#include "jwt/verifier.hpp"

namespace {

using namespace ferroway;

std::string pem(EVP_PKEY* from, bool secret) {
  BIO* to = BIO_new(BIO_s_mem());
  if (secret) {
    PEM_write_bio_PrivateKey(to, from, nullptr, nullptr, 0, nullptr, nullptr);
  } else {
    PEM_write_bio_PUBKEY(to, from);
  }
  char* text = nullptr;
  const long bytes = BIO_get_mem_data(to, &text);
  std::string made(text, static_cast<std::size_t>(bytes));
  BIO_free(to);
  return made;
}

struct subject {
  EVP_PKEY* key = nullptr;
  std::string token;
  jwt::key_set keys;
};

// As identity providers make them: some 600 bytes with RS256.
constexpr const char* payload =
    R"({"iss":"https://id.example.com","sub":"5b0a2c1e-7a52-4a8e-9a35-3c0b9e3f7d11","aud":"orders",)"
    R"("exp":4102444800,"iat":1700000000,"nbf":1700000000,"jti":"0f9b7e0c-4f7c-4b6a-8a54-60d5d8b0a3f2",)"
    R"("scope":"orders:read orders:write profile","realm_access":{"roles":["user","staff"]}})";

subject make(jwt::algorithm by) {
  subject made;
  const auto kind = jwt::kind_for(by);
  const std::string header =
      R"({"alg":")" + std::string(jwt::to_string(by)) + R"(","kid":"k1","typ":"JWT"})";
  if (kind == jwt::key_kind::secret) {
    const std::string secret(64, 's');
    made.token = jwt::mint(header, payload, *jwt::signing_key::from_secret(secret, by));
    made.keys.add(*jwt::key::from_secret(secret, by));
    return made;
  }
  made.key = kind == jwt::key_kind::rsa       ? EVP_RSA_gen(2048)
             : kind == jwt::key_kind::ed25519 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")
                                              : EVP_EC_gen("P-256");
  made.token = jwt::mint(header, payload, *jwt::signing_key::from_pem(pem(made.key, true), by));
  made.keys.add(*jwt::key::from_pem(pem(made.key, false), by));
  return made;
}

const subject& subject_of(jwt::algorithm by) {
  static subject rs = make(jwt::algorithm::rs256), es = make(jwt::algorithm::es256),
                 ed = make(jwt::algorithm::eddsa), hs = make(jwt::algorithm::hs256);
  return by == jwt::algorithm::rs256   ? rs
         : by == jwt::algorithm::es256 ? es
         : by == jwt::algorithm::eddsa ? ed
                                       : hs;
}

jwt::policy usual() {
  jwt::policy made;
  made.issuers = {"https://id.example.com"};
  made.audiences = {"orders"};
  made.scopes = {"orders:read"};
  made.kept = {"sub"};
  return made;
}

// All of it but the cache.
template <jwt::algorithm By>
void verified(benchmark::State& state) {
  const subject& of = subject_of(By);
  const jwt::policy by = usual();
  jwt::verifier worker;
  for (auto _ : state) {
    auto made = worker.verify(of.token, of.keys, by);
    if (!made) state.SkipWithError("refused");
    benchmark::DoNotOptimize(made);
  }
}
BENCHMARK(verified<jwt::algorithm::rs256>);
BENCHMARK(verified<jwt::algorithm::es256>);
BENCHMARK(verified<jwt::algorithm::eddsa>);
BENCHMARK(verified<jwt::algorithm::hs256>);

// What anybody pays who asks OpenSSL: one EVP_DigestVerify with its initialisation.
void openssl_alone(benchmark::State& state, jwt::algorithm by) {
  const subject& of = subject_of(by);
  const std::size_t dot = of.token.rfind('.');
  const std::string text = of.token.substr(0, dot);
  std::string signature = *jwt::decode_base64url(of.token.substr(dot + 1));
  const bool rsa = by == jwt::algorithm::rs256;
  auto* bytes = reinterpret_cast<unsigned char*>(signature.data());
  const auto* told = reinterpret_cast<const unsigned char*>(text.data());
  for (auto _ : state) {
    EVP_MD_CTX* use = EVP_MD_CTX_new();
    EVP_DigestVerifyInit_ex(use, nullptr, rsa ? "SHA256" : nullptr, nullptr, nullptr, of.key,
                            nullptr);
    if (EVP_DigestVerify(use, bytes, signature.size(), told, text.size()) != 1) {
      state.SkipWithError("refused");
    }
    EVP_MD_CTX_free(use);
  }
}
BENCHMARK_CAPTURE(openssl_alone, rs256, jwt::algorithm::rs256);
BENCHMARK_CAPTURE(openssl_alone, eddsa, jwt::algorithm::eddsa);

// The least that OpenSSL asks for: key and digest fetched, the context initialised, once and for
// all; then the digest of the text and the verification of it. The signature is in OpenSSL's form.
void openssl_prepared(benchmark::State& state, jwt::algorithm by) {
  const subject& of = subject_of(by);
  const std::size_t dot = of.token.rfind('.');
  const std::string text = of.token.substr(0, dot);
  const std::string signature = *jwt::decode_base64url(of.token.substr(dot + 1));
  const auto der = jwt::to_der(jwt::key_kind::p256, signature);
  const bool ec = by == jwt::algorithm::es256;
  const auto* bytes = ec ? der->bytes.data() : jwt::bytes_of(signature);
  const std::size_t size = ec ? der->size : signature.size();
  EVP_MD* sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* digester = EVP_MD_CTX_new();
  EVP_PKEY_CTX* use = EVP_PKEY_CTX_new_from_pkey(nullptr, of.key, nullptr);
  EVP_PKEY_verify_init(use);
  EVP_PKEY_CTX_set_signature_md(use, sha256);
  for (auto _ : state) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned digest_bytes = 0;
    EVP_DigestInit_ex2(digester, sha256, nullptr);
    EVP_DigestUpdate(digester, text.data(), text.size());
    EVP_DigestFinal_ex(digester, digest, &digest_bytes);
    if (EVP_PKEY_verify(use, bytes, size, digest, digest_bytes) != 1) {
      state.SkipWithError("refused");
    }
  }
  EVP_PKEY_CTX_free(use);
  EVP_MD_CTX_free(digester);
  EVP_MD_free(sha256);
}
BENCHMARK_CAPTURE(openssl_prepared, rs256, jwt::algorithm::rs256);
BENCHMARK_CAPTURE(openssl_prepared, es256, jwt::algorithm::es256);

// Ed25519 hashes the text itself: a context that is initialised each time, with all else at hand.
void openssl_prepared_eddsa(benchmark::State& state) {
  const subject& of = subject_of(jwt::algorithm::eddsa);
  const std::size_t dot = of.token.rfind('.');
  const std::string text = of.token.substr(0, dot);
  const std::string signature = *jwt::decode_base64url(of.token.substr(dot + 1));
  EVP_MD_CTX* use = EVP_MD_CTX_new();
  EVP_DigestVerifyInit_ex(use, nullptr, nullptr, nullptr, nullptr, of.key, nullptr);
  for (auto _ : state) {
    EVP_DigestVerifyInit_ex(use, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
    if (EVP_DigestVerify(use, jwt::bytes_of(signature), signature.size(), jwt::bytes_of(text),
                         text.size()) != 1) {
      state.SkipWithError("refused");
    }
  }
  EVP_MD_CTX_free(use);
}
BENCHMARK(openssl_prepared_eddsa);

// A token that a worker has seen: its hash and the table.
template <jwt::algorithm By>
void remembered(benchmark::State& state) {
  const subject& of = subject_of(By);
  const jwt::policy by = usual();
  jwt::verifier worker;
  jwt::token_cache cache(4096);
  const wall_time now{std::chrono::seconds(1'800'000'000)};
  auto made = worker.verify(of.token, of.keys, by);
  if (!made) return state.SkipWithError("refused");
  cache.keep(cache.digest_of(of.token), {std::move(*made), {"a"}}, wall_time::max());
  state.counters["token_bytes"] = static_cast<double>(of.token.size());
  for (auto _ : state) {
    const jwt::remembered_token* found = cache.find(cache.digest_of(of.token), now);
    if (found == nullptr) state.SkipWithError("forgotten");
    benchmark::DoNotOptimize(found);
  }
}
BENCHMARK(remembered<jwt::algorithm::rs256>);
BENCHMARK(remembered<jwt::algorithm::eddsa>);

}  // namespace

BENCHMARK_MAIN();
