#include "jwt/key_set.hpp"

#include <algorithm>

namespace ferroway::jwt {

std::expected<void, problem> key_set::verify(const token_header& header,
                                             std::string_view signed_text,
                                             std::string_view signature) const noexcept {
  bool named = false;
  std::size_t tries = 0;
  for (const key& each : keys_) {
    const bool has_id = header.id && each.id();
    if (has_id && *each.id() != *header.id) continue;
    named = named || has_id;
    if (!each.serves(header.by)) continue;
    if (++tries > tries_max) break;
    if (each.verifies(header.by, signed_text, signature)) return {};
  }
  if (tries > 0) return std::unexpected(problem::bad_signature);
  // Only public keys are ever looked for elsewhere: no key that may come serves such a token.
  const bool may_come = kind_for(header.by) != key_kind::secret;
  return std::unexpected(header.id && !named && may_come ? problem::unknown_key
                                                         : problem::algorithm_refused);
}

}  // namespace ferroway::jwt
