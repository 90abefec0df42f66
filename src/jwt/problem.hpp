// Why a token is not believed. Each has a text for logs and explain, a literal: it never holds
// anything of the token's.
#pragma once

#include <cstdint>
#include <string_view>

namespace ferroway::jwt {

enum class problem : std::uint8_t {
  too_long,             // a part is larger than is ever decoded
  not_compact,          // not three parts between two dots
  bad_base64url,        // padding, white space, other letters, bits that are not zero at the end
  bad_header,           // no JSON object in UTF-8, a name twice, too deep
  bad_payload,          // likewise
  no_algorithm,         // `alg` is missing or no text
  algorithm_unknown,    // `none` too
  algorithm_refused,    // no key of the configuration serves it
  critical_extension,   // `crit`, or `b64: false`
  bad_key_id,           // `kid` is no text, or too long
  unknown_key,          // no key has this `kid`
  bad_signature,        // no key's
  no_expiry,            // `exp` is missing
  bad_time,             // `exp`, `nbf` or `iat` is no number, or none that a time can be
  expired,              //
  not_yet_valid,        // `nbf`
  issued_in_future,     // `iat`
  wrong_issuer,         // or none
  wrong_audience,       // or none
  insufficient_scope,   // genuine, but not for this
  insufficient_claims,  // likewise
};

// "the token has expired": what logs say.
const char* to_string(problem what) noexcept;

// The token is genuine and valid, and yet not enough: 403 instead of 401.
constexpr bool is_insufficient(problem what) noexcept {
  return what == problem::insufficient_scope || what == problem::insufficient_claims;
}

}  // namespace ferroway::jwt
