// Values made from the key tables: what a type allows and what it does not, as YAML, and a whole
// file around any one key.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/known_keys.hpp"

namespace ferroway::config::testing {

std::vector<std::string> allowed_samples(const value_type& type);
std::vector<std::string> refused_samples(const value_type& type);

// A file that is valid if `value` may stand under `key` of `table`; `value` empty: without the key.
// Nothing where no such file is known.
std::string file_around(const key_table& table, std::string_view key, const std::string& value);

// Every table that the top level leads to, itself included.
std::vector<const key_table*> all_tables();

}  // namespace ferroway::config::testing
