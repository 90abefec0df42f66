#include "jwt/header.hpp"

#include "jwt/json.hpp"
#include "jwt/key.hpp"

namespace ferroway::jwt {

std::expected<token_header, problem> read_header(json_reader& reader, std::string_view encoded) {
  bool well_encoded = false;
  const auto read = reader.read_base64url(encoded, well_encoded);
  if (!well_encoded) return std::unexpected(problem::bad_base64url);
  if (!read) return std::unexpected(problem::bad_header);
  if (member(*read, "crit")) return std::unexpected(problem::critical_extension);
  if (const auto plain = member(*read, "b64")) {
    bool encodes = false;
    if (plain->get(encodes) != simdjson::SUCCESS || !encodes) {
      return std::unexpected(problem::critical_extension);
    }
  }
  const auto name = text_member(*read, "alg");
  if (!name) return std::unexpected(problem::no_algorithm);
  const auto by = algorithm_of(*name);
  if (!by) return std::unexpected(problem::algorithm_unknown);
  token_header made{*by};
  if (const auto id = member(*read, "kid")) {
    made.id = text_of(*id);
    if (!made.id || made.id->size() > key_id_bytes_max) return std::unexpected(problem::bad_key_id);
  }
  return made;
}

}  // namespace ferroway::jwt
