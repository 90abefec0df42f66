// The JOSE header of a token (RFC 7515, 4): which algorithm, which key. `jku`, `jwk`, `x5u` and
// `x5c`, by which a token would bring its own key, are not even looked at.
#pragma once

#include <expected>
#include <optional>
#include <string_view>

#include "jwt/algorithm.hpp"
#include "jwt/problem.hpp"

namespace ferroway::jwt {

class json_reader;

struct token_header {
  algorithm by;
  std::optional<std::string_view> id = {};  // `kid`; lives until the reader's next text
};

// `encoded` as it stands in the token. `crit` is refused whatever it names, since no extension is
// known here (RFC 7515, 4.1.11), and `b64` (RFC 7797) too, unless it is true.
std::expected<token_header, problem> read_header(json_reader& reader, std::string_view encoded);

}  // namespace ferroway::jwt
