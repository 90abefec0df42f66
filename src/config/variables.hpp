// The vocabulary of request variables: what `${client.ip}` and the like may name.
#pragma once

#include <span>
#include <string_view>

#include "config/reading.hpp"

namespace ferroway::config {

// A name with a dot (or `consumer`): known only when a request is there.
bool is_variable_name(std::string_view name);

// What only the template of an access log knows: the answer, and what happened on the way.
std::span<const std::string_view> log_variables();
// The first that `name` is one half of, such as `status`; or nothing.
std::string_view log_variable_like(std::string_view name);

// One that only a middleware provides which has found out who asks: `jwt.sub`, `consumer`.
constexpr bool is_identity(std::string_view name) {
  return name == "consumer" || name.starts_with("jwt.");
}

// Reports a variable that does not exist, is not supported yet, or names something malformed.
bool check_variable(reading& in, const node& from, std::string_view name, bool in_log = false);

}  // namespace ferroway::config
