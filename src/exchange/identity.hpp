// Who asks, as a middleware has found out: what the variables `jwt.x` and `consumer` stand for.
// Empty until then; a configuration that uses them earlier is refused (config/validate.cpp). Views
// live as long as the exchange.
#pragma once

#include <span>
#include <string_view>

namespace ferroway {

// What a token says under one name, as text that may stand in a header: bytes that may not, commas
// and percent signs are percent-encoded; items of a list stand between commas.
struct known_claim {
  std::string_view name;  // "sub", "realm.roles"
  std::string_view text;  // empty: the token does not say
};

struct identity {
  std::string_view consumer;  // its name; empty: none
  std::span<const known_claim> claims;

  std::string_view claim(std::string_view name) const noexcept {
    for (const known_claim& each : claims) {
      if (each.name == name) return each.text;
    }
    return {};
  }
};

}  // namespace ferroway
