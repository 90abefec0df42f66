// Keys made for these tests, and tokens signed with them.
#pragma once

#include <string>
#include <string_view>

#include "jwt/key_set.hpp"
#include "jwt/mint.hpp"

namespace ferroway::jwt {

inline constexpr std::string_view test_secret = "0123456789abcdef0123456789abcdef";

// A pair of one kind ("RSA" with 2048 bits, "P-256", "P-384", "P-521", "ED25519"), made once for
// each name. PEM.
const std::string& private_pem(const std::string& kind, const std::string& name = "");
const std::string& public_pem(const std::string& kind, const std::string& name = "");
// The pair that serves `by`.
const char* pair_for(algorithm by);

signing_key signer(algorithm by, const std::string& name = "");
key checker(algorithm by, const std::string& name = "");
// `made` has that id.
key named(key made, std::string id);
key_set set_of(key one);

// What a test would have to write in JSON.
std::string token_of(std::string_view header, std::string_view payload, algorithm by,
                     const std::string& name = "");

}  // namespace ferroway::jwt
