// A payload to what a policy asks of it. For the inside of this floor.
#pragma once

#include <expected>
#include <string_view>

#include "jwt/claims.hpp"
#include "jwt/json.hpp"

namespace ferroway::jwt {

// Of a genuine token. Failures: those that make it invalid whatever it is used for, times that have
// passed aside.
std::expected<verified_token, problem> read_claims(const simdjson::dom::object& payload,
                                                   const policy& by);

}  // namespace ferroway::jwt
