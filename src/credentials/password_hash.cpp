#include "credentials/password_hash.hpp"

#include <crypt.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include "base/text.hpp"

namespace ferroway::credentials {
namespace {

constexpr bool is_crypt_text(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return is_alpha(c) || is_digit(c) || c == '.' || c == '/'; });
}

// $2y$10$ and 53 characters: a salt of 22, and the hash.
const char* flaw_of_bcrypt(std::string_view rest) noexcept {
  constexpr std::size_t cost_bytes = 3;
  constexpr std::size_t text_bytes = 53;
  constexpr const char* broken = "a bcrypt hash is `$2y$`, a cost such as `10$`, and 53 characters";
  const auto cost = parse_decimal(rest.substr(0, 2));
  if (rest.size() != cost_bytes + text_bytes || !cost || rest[2] != '$') return broken;
  if (!is_crypt_text(rest.substr(cost_bytes))) return broken;
  if (*cost < 4 || *cost > 31) return broken;
  if (*cost > bcrypt_cost_max) return "a bcrypt cost of more than 15 takes seconds for each login";
  return nullptr;
}

// $5$salt$ or $6$rounds=10000$salt$, and 43 or 86 characters.
const char* flaw_of_sha_crypt(std::string_view rest, std::size_t hash_bytes) noexcept {
  constexpr std::string_view rounds_mark = "rounds=";
  constexpr std::size_t salt_bytes_max = 16;
  if (rest.starts_with(rounds_mark)) {
    rest.remove_prefix(rounds_mark.size());
    const std::string_view text = split_off(rest, '$');
    const auto rounds = parse_decimal(text);
    if (!rounds || *rounds < 1000 || text.front() == '0') {
      return "the `rounds` of a SHA-crypt hash are a number from 1000";
    }
    if (*rounds > sha_rounds_max) {
      return "more than 1000000 rounds of SHA-crypt take seconds for each login";
    }
  }
  const std::string_view salt = split_off(rest, '$');
  const bool right = salt.size() <= salt_bytes_max && is_crypt_text(salt) &&
                     rest.size() == hash_bytes && is_crypt_text(rest);
  return right ? nullptr
               : "a SHA-crypt hash is `$6$` or `$5$`, a salt, `$`, and 86 or 43 characters";
}

}  // namespace

const char* flaw_of_hash(std::string_view hash) noexcept {
  constexpr std::size_t sha256_bytes = 43, sha512_bytes = 86;
  for (const std::string_view mark : {"$2y$", "$2b$", "$2a$"}) {
    if (hash.starts_with(mark)) return flaw_of_bcrypt(hash.substr(mark.size()));
  }
  if (hash.starts_with("$5$")) return flaw_of_sha_crypt(hash.substr(3), sha256_bytes);
  if (hash.starts_with("$6$")) return flaw_of_sha_crypt(hash.substr(3), sha512_bytes);
  if (hash.starts_with("$apr1$") || hash.starts_with("$1$")) {
    return "MD5 is too fast to keep passwords safe; make a bcrypt hash: htpasswd -B";
  }
  if (hash.starts_with("{SHA}")) {
    return "SHA-1 without salt does not keep passwords safe; make a bcrypt hash: htpasswd -B";
  }
  return "it is neither a bcrypt ($2y$) nor a SHA-crypt ($6$, $5$) hash; make one: htpasswd -B";
}

bool verify_password(const std::string& hash, const std::string& password) noexcept {
  // 32 KiB, which libcrypt wants to be zero; nothing beside what follows.
  const std::unique_ptr<crypt_data> room(new (std::nothrow) crypt_data{});
  if (!room) return false;
  const char* const made = crypt_r(password.c_str(), hash.c_str(), room.get());
  const bool same = made != nullptr && std::strlen(made) == hash.size() &&
                    CRYPTO_memcmp(made, hash.data(), hash.size()) == 0;
  OPENSSL_cleanse(room.get(), sizeof *room);
  return same;
}

}  // namespace ferroway::credentials
