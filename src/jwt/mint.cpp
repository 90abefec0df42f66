#include "jwt/mint.hpp"

#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "jwt/base64url.hpp"
#include "jwt/ecdsa_signature.hpp"
#include "jwt/openssl.hpp"

namespace ferroway::jwt {
namespace {

std::string mac_of(const std::string& secret, algorithm by, std::string_view text) {
  const std::string digest(digest_of(by));
  unsigned char made[EVP_MAX_MD_SIZE];
  std::size_t bytes = 0;
  if (EVP_Q_mac(nullptr, "HMAC", nullptr, digest.c_str(), nullptr, secret.data(), secret.size(),
                bytes_of(text), text.size(), made, sizeof made, &bytes) == nullptr) {
    return {};
  }
  return {reinterpret_cast<const char*>(made), bytes};
}

std::string signature_of(EVP_PKEY* from, algorithm by, std::string_view text) {
  const owned_digest use(EVP_MD_CTX_new());
  const std::string digest(digest_of(by));
  EVP_PKEY_CTX* how = nullptr;
  std::size_t bytes = 0;
  std::string made;
  if (!use || EVP_DigestSignInit_ex(use.get(), &how, digest.empty() ? nullptr : digest.c_str(),
                                    nullptr, nullptr, from, nullptr) != 1) {
    return {};
  }
  if (is_pss(by)) {
    EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST);
  }
  if (EVP_DigestSign(use.get(), nullptr, &bytes, bytes_of(text), text.size()) != 1) return {};
  made.resize(bytes);
  auto* to = reinterpret_cast<unsigned char*>(made.data());
  if (EVP_DigestSign(use.get(), to, &bytes, bytes_of(text), text.size()) != 1) return {};
  made.resize(bytes);
  return made;
}

}  // namespace

signing_key::made signing_key::from_secret(std::string secret, algorithm by) {
  if (kind_for(by) != key_kind::secret) {
    return std::unexpected("a secret signs HS256, HS384 and HS512 alone");
  }
  signing_key made;
  made.by_ = by;
  made.secret_ = std::move(secret);
  return made;
}

signing_key::made signing_key::from_pem(std::string_view pem, algorithm by) {
  const owned_memory_file file(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // Nobody is there to be asked for a passphrase.
  pem_password_cb* const nobody = [](char*, int, int, void*) { return 0; };
  signing_key made;
  made.by_ = by;
  made.private_.reset(
      file ? PEM_read_bio_PrivateKey(file.get(), nullptr, nobody, nullptr) : nullptr,
      EVP_PKEY_free);
  ERR_clear_error();
  if (!made.private_) return std::unexpected("there is no private key in it, or a locked one");
  if (made.sign("a try").empty()) {
    ERR_clear_error();
    return std::unexpected("the key is of another kind than the algorithm needs");
  }
  return made;
}

std::string signing_key::sign(std::string_view text) const {
  const key_kind kind = kind_for(by_);
  if (kind == key_kind::secret) return mac_of(secret_, by_, text);
  std::string made = signature_of(private_.get(), by_, text);
  const bool curve = kind != key_kind::rsa && kind != key_kind::ed25519;
  return curve ? from_der(kind, made).value_or("") : made;
}

std::string mint(std::string_view header, std::string_view payload, const signing_key& with) {
  const std::string text = encode_base64url(header) + "." + encode_base64url(payload);
  return text + "." + encode_base64url(with.sign(text));
}

}  // namespace ferroway::jwt
