#include "middleware/jwt/keys_of.hpp"

namespace ferroway {
namespace {

jwt::key::made make(const config::jwt_key& from) {
  const jwt::algorithm by = *jwt::algorithm_of(from.algorithm);
  if (!from.file.empty()) return jwt::key::from_pem(from.text, by);
  std::string secret;
  for (const config::template_piece& each : from.secret) secret += each.text;
  return jwt::key::from_secret(secret, by);
}

}  // namespace

std::shared_ptr<const jwt::key_set> keys_of(const config::jwt_middleware& from) {
  if (from.jwks) return nullptr;
  auto made = std::make_shared<jwt::key_set>();
  for (const config::jwt_key& each : from.keys) {
    jwt::key::made one = make(each);
    if (!one) continue;
    if (!each.id.empty()) one->call(each.id);
    made->add(std::move(*one));
  }
  if (!from.jwks_text.empty()) {
    auto read = jwt::parse_jwks(from.jwks_text, allowed_in_sets(from));
    if (read) *made = std::move(read->keys);
  }
  return made;
}

jwt::algorithms allowed_in_sets(const config::jwt_middleware& from) {
  if (from.algorithms.empty()) return jwt::public_algorithms();
  jwt::algorithms made;
  for (const std::string& each : from.algorithms) made.add(*jwt::algorithm_of(each));
  return made;
}

}  // namespace ferroway
