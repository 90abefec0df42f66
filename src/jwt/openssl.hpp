// OpenSSL's objects, owned. For the inside of this floor.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <memory>

namespace ferroway::jwt {

template <auto Free>
struct freeing {
  void operator()(auto* from) const noexcept { Free(from); }
};

using owned_key = std::unique_ptr<EVP_PKEY, freeing<EVP_PKEY_free>>;
using owned_key_use = std::unique_ptr<EVP_PKEY_CTX, freeing<EVP_PKEY_CTX_free>>;
using owned_digest = std::unique_ptr<EVP_MD_CTX, freeing<EVP_MD_CTX_free>>;
using owned_mac = std::unique_ptr<EVP_MAC, freeing<EVP_MAC_free>>;
using owned_mac_use = std::unique_ptr<EVP_MAC_CTX, freeing<EVP_MAC_CTX_free>>;
using owned_number = std::unique_ptr<BIGNUM, freeing<BN_free>>;
using owned_certificate = std::unique_ptr<X509, freeing<X509_free>>;
using owned_parameters = std::unique_ptr<OSSL_PARAM, freeing<OSSL_PARAM_free>>;
using owned_parameter_builder = std::unique_ptr<OSSL_PARAM_BLD, freeing<OSSL_PARAM_BLD_free>>;
using owned_memory_file = std::unique_ptr<BIO, freeing<BIO_free_all>>;

inline const unsigned char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace ferroway::jwt
