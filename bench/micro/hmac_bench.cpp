// What a signed request costs (docs/middlewares/HMAC.md): its fields read, what is signed put
// together, the HMAC; beside that HMAC alone, as the gateway and as OpenSSL's EVP_MAC make it.
#include <benchmark/benchmark.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <string>

#include "base/base64.hpp"
#include "credentials/mac_key.hpp"
#include "credentials/seen_nonces.hpp"
#include "http/message_signature.hpp"

namespace {

using namespace ferroway;

const std::string secret = "0123456789abcdef0123456789abcdef";
const std::string input =
    "sig1=(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\");created=1780315200;"
    "keyid=\"acme-2026\";nonce=\"b3k2x9c7d1e5\"";
const std::string signature = "sig1=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:";

http::request_head request_in(arena& memory) {
  http::request_head made;
  made.method_text = "POST";
  made.target = "/v2/orders?limit=50&after=2026-01-01";
  made.path = "/v2/orders";
  made.query = "limit=50&after=2026-01-01";
  made.has_query = true;
  made.authority = "api.example.com";
  made.fields.add(memory, "Host", "api.example.com");
  made.fields.add(memory, "Content-Type", "application/json");
  made.fields.add(memory, "Content-Digest",
                  "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:");
  return made;
}

void whole(benchmark::State& state) {
  arena lasting;
  const http::request_head request = request_in(lasting);
  const credentials::mac_key key(secret);
  credentials::digester by;
  std::string base;
  for (auto _ : state) {
    arena memory;
    const http::message_signatures read = http::read_signatures(input, signature, memory);
    if (read.flaw != nullptr ||
        http::make_signature_base(request, "https", read.each[0], base) != nullptr) {
      state.SkipWithError("refused");
    }
    bool genuine = key.verifies(by, base, {});
    benchmark::DoNotOptimize(genuine);
  }
  state.counters["base_bytes"] = static_cast<double>(base.size());
}
BENCHMARK(whole);

std::string usual_base() {
  arena memory;
  std::string base;
  const http::message_signatures read = http::read_signatures(input, signature, memory);
  http::make_signature_base(request_in(memory), "https", read.each[0], base);
  return base;
}

void mac_alone(benchmark::State& state) {
  const std::string base = usual_base();
  const credentials::mac_key key(secret);
  credentials::digester by;
  for (auto _ : state) {
    auto made = key.sign(by, base);
    benchmark::DoNotOptimize(made);
  }
}
BENCHMARK(mac_alone);

// With a context that has the key, copied for each.
void openssl_mac(benchmark::State& state) {
  const std::string base = usual_base();
  EVP_MAC* hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  EVP_MAC_CTX* ready = EVP_MAC_CTX_new(hmac);
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  EVP_MAC_init(ready, reinterpret_cast<const unsigned char*>(secret.data()), secret.size(),
               parameters);
  for (auto _ : state) {
    EVP_MAC_CTX* use = EVP_MAC_CTX_dup(ready);
    unsigned char made[EVP_MAX_MD_SIZE];
    std::size_t bytes = 0;
    EVP_MAC_update(use, reinterpret_cast<const unsigned char*>(base.data()), base.size());
    EVP_MAC_final(use, made, &bytes, sizeof made);
    EVP_MAC_CTX_free(use);
    benchmark::DoNotOptimize(made);
  }
  EVP_MAC_CTX_free(ready);
  EVP_MAC_free(hmac);
}
BENCHMARK(openssl_mac);

void nonce(benchmark::State& state) {
  credentials::seen_nonces seen(1'000'000, std::chrono::minutes(6));
  std::uint64_t count = 0;
  for (auto _ : state) {
    const std::string text = std::to_string(++count);
    auto is = seen.use("acme-2026", text, time_point(std::chrono::seconds(count / 500'000 * 400)));
    benchmark::DoNotOptimize(is);
  }
}
BENCHMARK(nonce);

}  // namespace

BENCHMARK_MAIN();
