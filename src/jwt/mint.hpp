// Makes tokens, for `ferroway test` and the gateway's own tests. What serves never signs anything.
#pragma once

#include <openssl/types.h>

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "jwt/algorithm.hpp"

namespace ferroway::jwt {

class signing_key {
 public:
  // A few words where there is no such key.
  using made = std::expected<signing_key, std::string>;

  static made from_secret(std::string secret, algorithm by);
  // A private key in PEM, without a passphrase.
  static made from_pem(std::string_view pem, algorithm by);

  algorithm by() const noexcept { return by_; }
  // The signature's bytes, as a token has them.
  std::string sign(std::string_view text) const;

 private:
  signing_key() = default;
  algorithm by_ = algorithm::hs256;
  std::string secret_;
  std::shared_ptr<EVP_PKEY> private_;
};

// header, dot, payload, dot, signature: texts of JSON, taken as they are.
std::string mint(std::string_view header, std::string_view payload, const signing_key& with);

}  // namespace ferroway::jwt
