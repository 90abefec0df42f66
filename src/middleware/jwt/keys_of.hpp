// The keys that a configuration holds itself, found valid when it was read.
#pragma once

#include <memory>

#include "config/middlewares.hpp"
#include "jwt/jwks.hpp"

namespace ferroway {

// Null where they are fetched.
std::shared_ptr<const jwt::key_set> keys_of(const config::jwt_middleware& from);
// What keys of a set may serve.
jwt::algorithms allowed_in_sets(const config::jwt_middleware& from);

}  // namespace ferroway
