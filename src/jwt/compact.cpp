#include "jwt/compact.hpp"

namespace ferroway::jwt {

std::expected<compact_parts, problem> split_compact(std::string_view token) noexcept {
  if (token.size() > token_bytes_max) return std::unexpected(problem::too_long);
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos || first == 0) return std::unexpected(problem::not_compact);
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::unexpected(problem::not_compact);
  compact_parts made{token.substr(0, first), token.substr(first + 1, second - first - 1),
                     token.substr(second + 1), token.substr(0, second)};
  // A token without a signature is `none` by another name; five parts are an encrypted one.
  if (made.signature.empty() || made.signature.contains('.')) {
    return std::unexpected(problem::not_compact);
  }
  if (made.header.size() > header_bytes_max || made.signature.size() > signature_bytes_max) {
    return std::unexpected(problem::too_long);
  }
  return made;
}

}  // namespace ferroway::jwt
