#include "jwt/problem.hpp"

namespace ferroway::jwt {

const char* to_string(problem what) noexcept {
  switch (what) {
    case problem::too_long:
      return "the token is too long";
    case problem::not_compact:
      return "the token is not three parts between dots";
    case problem::bad_base64url:
      return "the token is not in base64url";
    case problem::bad_header:
      return "the token's header is no JSON object, or not a strict one";
    case problem::bad_payload:
      return "the token's payload is no JSON object, or not a strict one";
    case problem::no_algorithm:
      return "the token's header has no `alg`";
    case problem::algorithm_unknown:
      return "the token's `alg` is none that is verified here";
    case problem::algorithm_refused:
      return "no key here serves the token's `alg`";
    case problem::critical_extension:
      return "the token asks for extensions (`crit`, `b64`) that are not known here";
    case problem::bad_key_id:
      return "the token's `kid` is no text, or too long";
    case problem::unknown_key:
      return "no key has the token's `kid`";
    case problem::bad_signature:
      return "the signature is wrong";
    case problem::no_expiry:
      return "the token has no `exp`";
    case problem::bad_time:
      return "`exp`, `nbf` or `iat` is not a time";
    case problem::expired:
      return "the token has expired";
    case problem::not_yet_valid:
      return "the token is not valid yet";
    case problem::issued_in_future:
      return "the token was issued in the future";
    case problem::wrong_issuer:
      return "the token's `iss` is not the one expected";
    case problem::wrong_audience:
      return "the token's `aud` is not the one expected";
    case problem::insufficient_scope:
      return "the token lacks a scope";
    case problem::insufficient_claims:
      return "the token lacks a claim, or has another value";
  }
  return "unknown";
}

}  // namespace ferroway::jwt
