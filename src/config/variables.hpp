// The vocabulary of request variables: what `${client.ip}` and the like may name.
#pragma once

#include <string_view>

#include "config/reading.hpp"

namespace ferroway::config {

// A name with a dot (or `consumer`): known only when a request is there.
bool is_variable_name(std::string_view name);

// Reports a variable that does not exist, is not supported yet, or names something malformed.
bool check_variable(reading& in, const node& from, std::string_view name);

}  // namespace ferroway::config
