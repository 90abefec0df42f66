#include "unit/jwt/test_keys.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <map>

#include "jwt/openssl.hpp"

namespace ferroway::jwt {
namespace {

struct pem_pair {
  std::string secret;
  std::string open;
};

std::string text_of(BIO* from) {
  char* text = nullptr;
  const long bytes = BIO_get_mem_data(from, &text);
  return {text, static_cast<std::size_t>(bytes)};
}

pem_pair make(const std::string& kind) {
  const owned_key made(kind == "RSA"       ? EVP_RSA_gen(2048)
                       : kind == "ED25519" ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")
                                           : EVP_EC_gen(kind.c_str()));
  const owned_memory_file secret(BIO_new(BIO_s_mem())), open(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(secret.get(), made.get(), nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_PUBKEY(open.get(), made.get());
  return {text_of(secret.get()), text_of(open.get())};
}

const pem_pair& pair_of(const std::string& kind, const std::string& name) {
  static std::map<std::string, pem_pair> all;
  const auto found = all.find(kind + name);
  return found != all.end() ? found->second : all.emplace(kind + name, make(kind)).first->second;
}

}  // namespace

const std::string& private_pem(const std::string& kind, const std::string& name) {
  return pair_of(kind, name).secret;
}
const std::string& public_pem(const std::string& kind, const std::string& name) {
  return pair_of(kind, name).open;
}

const char* pair_for(algorithm by) {
  switch (kind_for(by)) {
    case key_kind::rsa:
      return "RSA";
    case key_kind::p256:
      return "P-256";
    case key_kind::p384:
      return "P-384";
    case key_kind::p521:
      return "P-521";
    case key_kind::ed25519:
      return "ED25519";
    case key_kind::secret:
      break;
  }
  return "";
}

signing_key signer(algorithm by, const std::string& name) {
  auto made = kind_for(by) == key_kind::secret
                  ? signing_key::from_secret(std::string(test_secret) + name, by)
                  : signing_key::from_pem(private_pem(pair_for(by), name), by);
  EXPECT_TRUE(made) << made.error();
  return std::move(*made);
}

key checker(algorithm by, const std::string& name) {
  auto made = kind_for(by) == key_kind::secret
                  ? key::from_secret(std::string(test_secret) + name, by)
                  : key::from_pem(public_pem(pair_for(by), name), by);
  EXPECT_TRUE(made) << made.error();
  return std::move(*made);
}

key named(key made, std::string id) {
  made.call(std::move(id));
  return made;
}

key_set set_of(key one) {
  key_set made;
  made.add(std::move(one));
  return made;
}

std::string token_of(std::string_view header, std::string_view payload, algorithm by,
                     const std::string& name) {
  return mint(header, payload, signer(by, name));
}

}  // namespace ferroway::jwt
