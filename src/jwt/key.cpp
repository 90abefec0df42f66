#include "jwt/key.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "jwt/ecdsa_signature.hpp"
#include "jwt/openssl.hpp"

namespace ferroway::jwt {
namespace {

using no_key = std::unexpected<std::string>;

std::size_t index_of(algorithm which) noexcept { return static_cast<std::size_t>(which); }

const char* curve_name(key_kind curve) noexcept {
  return curve == key_kind::p256 ? "P-256" : curve == key_kind::p384 ? "P-384" : "P-521";
}

std::optional<key_kind> kind_of(const EVP_PKEY* from) {
  if (EVP_PKEY_is_a(from, "RSA") == 1) return key_kind::rsa;
  if (EVP_PKEY_is_a(from, "ED25519") == 1) return key_kind::ed25519;
  if (EVP_PKEY_is_a(from, "EC") != 1) return std::nullopt;
  char name[64];
  std::size_t bytes = 0;
  if (EVP_PKEY_get_group_name(from, name, sizeof name, &bytes) != 1) return std::nullopt;
  const std::string_view group(name, bytes);
  if (group == "prime256v1" || group == "P-256") return key_kind::p256;
  if (group == "secp384r1" || group == "P-384") return key_kind::p384;
  if (group == "secp521r1" || group == "P-521") return key_kind::p521;
  return std::nullopt;
}

// What is wrong with an RSA key; nothing where it will do.
std::string flaw_of_rsa(const EVP_PKEY* from) {
  const auto bits = static_cast<std::size_t>(std::max(0, EVP_PKEY_get_bits(from)));
  if (bits < rsa_bits_min) {
    return "the RSA key has " + std::to_string(bits) + " bits; at least 2048 are needed";
  }
  if (bits > rsa_bits_max) {
    return "the RSA key has " + std::to_string(bits) + " bits; at most 8192 are taken";
  }
  BIGNUM* exponent = nullptr;
  if (EVP_PKEY_get_bn_param(from, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1) return "no exponent";
  const owned_number e(exponent);
  // With 1 everything is signed; an even one is none.
  if (BN_is_odd(e.get()) == 0 || BN_is_one(e.get()) != 0 || BN_num_bits(e.get()) > 64) {
    return "the RSA key's public exponent is not an odd number from 3 to 64 bits";
  }
  return {};
}

owned_key key_from(const char* type, OSSL_PARAM* parameters) {
  const owned_key_use use(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (!use || EVP_PKEY_fromdata_init(use.get()) != 1 ||
      EVP_PKEY_fromdata(use.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters) != 1) {
    return nullptr;
  }
  return owned_key(made);
}

}  // namespace

struct key::prepared {
  owned_digest signature;  // of public keys
  owned_mac_use mac;       // of secrets
};

key::made key::from_secret(std::string_view secret, algorithm serves) {
  if (kind_for(serves) != key_kind::secret) {
    return no_key("`secret` is for HS256, HS384 and HS512");
  }
  if (secret.size() < secret_bytes_min) {
    return no_key("the secret has " + std::to_string(secret.size()) +
                  " bytes; at least 32 are needed");
  }
  const owned_mac hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  auto ready = std::make_shared<prepared>();
  if (hmac) ready->mac.reset(EVP_MAC_CTX_new(hmac.get()));
  std::string digest(digest_of(serves));
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  if (!ready->mac ||
      EVP_MAC_init(ready->mac.get(), bytes_of(secret), secret.size(), parameters) != 1) {
    return no_key("OpenSSL takes no such secret");
  }
  key made;
  made.serves_.add(serves);
  made.prepared_[index_of(serves)] = std::move(ready);
  return made;
}

key::made key::from_public(EVP_PKEY* owned, algorithms serve) {
  const owned_key from(owned);
  const auto kind = from ? kind_of(from.get()) : std::nullopt;
  ERR_clear_error();
  if (!kind) return no_key("it is no RSA key, no key of P-256, P-384 or P-521 and no Ed25519 key");
  if (*kind == key_kind::rsa) {
    if (std::string flaw = flaw_of_rsa(from.get()); !flaw.empty()) return no_key(std::move(flaw));
  } else {
    const owned_key_use use(EVP_PKEY_CTX_new_from_pkey(nullptr, from.get(), nullptr));
    if (!use || EVP_PKEY_public_check(use.get()) != 1) {
      ERR_clear_error();
      return no_key("the point is not on its curve");
    }
  }
  key made;
  made.kind_ = *kind;
  for (const algorithm each :
       {algorithm::rs256, algorithm::rs384, algorithm::rs512, algorithm::ps256, algorithm::ps384,
        algorithm::ps512, algorithm::es256, algorithm::es384, algorithm::es512, algorithm::eddsa}) {
    if (!serve.has(each) || kind_for(each) != *kind) continue;
    if (!made.prepare(each, from.get())) return no_key("OpenSSL takes no such key");
  }
  if (made.serves_.empty()) return no_key("the key is of another kind than the algorithm needs");
  return made;
}

bool key::prepare(algorithm which, EVP_PKEY* from) {
  auto ready = std::make_shared<prepared>();
  ready->signature.reset(EVP_MD_CTX_new());
  EVP_PKEY_CTX* use = nullptr;  // the digest's own
  const std::string digest(digest_of(which));
  bool fine = ready->signature && EVP_DigestVerifyInit_ex(ready->signature.get(), &use,
                                                          digest.empty() ? nullptr : digest.c_str(),
                                                          nullptr, nullptr, from, nullptr) == 1;
  if (fine && is_pss(which)) {
    // RFC 7518, 3.5: MGF1 with the same digest, a salt as long as it.
    fine = EVP_PKEY_CTX_set_rsa_padding(use, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(use, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  if (!fine) {
    ERR_clear_error();
    return false;
  }
  serves_.add(which);
  prepared_[index_of(which)] = std::move(ready);
  return true;
}

key::made key::from_rsa(std::string_view modulus, std::string_view exponent, algorithms serve) {
  const owned_parameter_builder builder(OSSL_PARAM_BLD_new());
  const owned_number n(BN_bin2bn(bytes_of(modulus), static_cast<int>(modulus.size()), nullptr));
  const owned_number e(BN_bin2bn(bytes_of(exponent), static_cast<int>(exponent.size()), nullptr));
  if (!builder || !n || !e ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return no_key("the modulus or the exponent is no number");
  }
  const owned_parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  return from_public(parameters ? key_from("RSA", parameters.get()).release() : nullptr, serve);
}

key::made key::from_curve(key_kind curve, std::string_view x, std::string_view y) {
  const std::size_t bytes = coordinate_bytes(curve);
  if (x.size() != bytes || y.size() != bytes) return no_key("a coordinate has another length");
  std::string point = "\x04";  // uncompressed (SEC 1, 2.3.3)
  point.append(x).append(y);
  std::string group = curve_name(curve);
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  return from_public(key_from("EC", parameters).release(), algorithms_for(curve));
}

key::made key::from_ed25519(std::string_view x) {
  if (x.size() != 32) return no_key("an Ed25519 key has 32 bytes");
  return from_public(
      EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, bytes_of(x), x.size()),
      algorithms_for(key_kind::ed25519));
}

bool key::verifies_mac(const prepared& by, std::string_view text,
                       std::string_view mac) const noexcept {
  const owned_mac_use use(EVP_MAC_CTX_dup(by.mac.get()));
  unsigned char made[EVP_MAX_MD_SIZE];
  std::size_t bytes = 0;
  if (!use || EVP_MAC_update(use.get(), bytes_of(text), text.size()) != 1 ||
      EVP_MAC_final(use.get(), made, &bytes, sizeof made) != 1) {
    return false;
  }
  return mac.size() == bytes && CRYPTO_memcmp(made, mac.data(), bytes) == 0;
}

bool key::verifies(algorithm by, std::string_view signed_text,
                   std::string_view signature) const noexcept {
  const prepared* ready = prepared_[index_of(by)].get();
  if (ready == nullptr) return false;
  if (ready->mac) return verifies_mac(*ready, signed_text, signature);
  std::optional<der_signature> der;
  if (kind_ == key_kind::p256 || kind_ == key_kind::p384 || kind_ == key_kind::p521) {
    der = to_der(kind_, signature);
    if (!der) return false;
  }
  const owned_digest use(EVP_MD_CTX_new());
  const unsigned char* bytes = der ? der->bytes.data() : bytes_of(signature);
  const std::size_t size = der ? der->size : signature.size();
  const bool genuine =
      use && EVP_MD_CTX_copy_ex(use.get(), ready->signature.get()) == 1 &&
      EVP_DigestVerify(use.get(), bytes, size, bytes_of(signed_text), signed_text.size()) == 1;
  // OpenSSL keeps why not, for each thread; nobody would ever ask.
  if (!genuine) ERR_clear_error();
  return genuine;
}

}  // namespace ferroway::jwt
