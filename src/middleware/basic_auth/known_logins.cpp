#include "middleware/basic_auth/known_logins.hpp"

#include <openssl/crypto.h>

#include "credentials/password_hash.hpp"

namespace ferroway {

password_check::~password_check() { OPENSSL_cleanse(password.data(), password.size()); }

void password_check::run() {
  right = known->find(login, now).has_value();
  if (!right) {
    // In this order: of an unknown name the hash is made too.
    right = credentials::verify_password(hash, password) && is_known;
    if (right && remember > duration::zero()) known->keep(login, consumer, now + remember);
  }
}

}  // namespace ferroway
