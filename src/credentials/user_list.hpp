// Users and their passwords' hashes, as `htpasswd -B` writes them: NAME:HASH in each line.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "credentials/listed_lines.hpp"

namespace ferroway::credentials {

inline constexpr std::size_t users_max = 10'000;

struct listed_user {
  std::string name;
  std::string hash;
  bool operator==(const listed_user&) const = default;
};

// A user who stands there twice, and a hash that is not checked here (password_hash.hpp), are
// wrong.
std::expected<std::vector<listed_user>, line_problem> parse_user_list(std::string_view text);

}  // namespace ferroway::credentials
