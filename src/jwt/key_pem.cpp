// Public keys as files have them: PEM (RFC 7468).
#include <openssl/err.h>
#include <openssl/pem.h>

#include "jwt/key.hpp"
#include "jwt/openssl.hpp"

namespace ferroway::jwt {
namespace {

using no_key = std::unexpected<std::string>;

// One block between BEGIN and END.
struct pem_block {
  std::string label;
  std::string bytes;
};

std::optional<pem_block> next_block(BIO* from) {
  char* label = nullptr;
  char* header = nullptr;
  unsigned char* bytes = nullptr;
  long size = 0;
  if (PEM_read_bio(from, &label, &header, &bytes, &size) != 1) return std::nullopt;
  pem_block made{label, {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)}};
  OPENSSL_free(label);
  OPENSSL_free(header);
  OPENSSL_clear_free(bytes, static_cast<std::size_t>(size));
  return made;
}

EVP_PKEY* key_of(const pem_block& block) {
  const unsigned char* at = bytes_of(block.bytes);
  const auto size = static_cast<long>(block.bytes.size());
  if (block.label == "PUBLIC KEY") return d2i_PUBKEY(nullptr, &at, size);
  if (block.label == "RSA PUBLIC KEY") return d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, size);
  const owned_certificate certificate(d2i_X509(nullptr, &at, size));
  return certificate ? X509_get_pubkey(certificate.get()) : nullptr;
}

}  // namespace

key::made key::from_pem(std::string_view pem, algorithm serves) {
  if (kind_for(serves) == key_kind::secret) {
    return no_key("a public key is no secret: HS256, HS384 and HS512 need `secret`");
  }
  const owned_memory_file file(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::optional<pem_block> found;
  while (auto block = file ? next_block(file.get()) : std::nullopt) {
    if (block->label.ends_with("PRIVATE KEY")) {
      OPENSSL_cleanse(block->bytes.data(), block->bytes.size());
      return no_key("it holds a private key; the gateway needs the public one alone");
    }
    const bool known = block->label == "PUBLIC KEY" || block->label == "RSA PUBLIC KEY" ||
                       block->label == "CERTIFICATE";
    if (!known) continue;
    if (found) return no_key("it holds several keys; write them as several files");
    found = std::move(block);
  }
  ERR_clear_error();  // the end of the file is one too
  if (!found) return no_key("it holds no public key and no certificate in PEM");
  EVP_PKEY* made = key_of(*found);
  ERR_clear_error();
  if (made == nullptr) return no_key("the key in it cannot be read");
  return from_public(made, {serves});
}

}  // namespace ferroway::jwt
