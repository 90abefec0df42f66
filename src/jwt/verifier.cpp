#include "jwt/verifier.hpp"

#include <array>

#include "jwt/base64url.hpp"
#include "jwt/compact.hpp"
#include "jwt/json.hpp"
#include "jwt/read_claims.hpp"

namespace ferroway::jwt {

struct verifier::memory {
  json_reader header{decoded_bytes(header_bytes_max)};
  json_reader payload{decoded_bytes(token_bytes_max)};
};

verifier::verifier() : memory_(std::make_unique<memory>()) {}
verifier::~verifier() = default;
verifier::verifier(verifier&&) noexcept = default;
verifier& verifier::operator=(verifier&&) noexcept = default;

std::expected<verified_token, problem> verifier::verify(std::string_view token, const key_set& keys,
                                                        const policy& by) {
  const auto parts = split_compact(token);
  if (!parts) return std::unexpected(parts.error());
  const auto header = read_header(memory_->header, parts->header);
  if (!header) return std::unexpected(header.error());
  std::array<char, decoded_bytes(signature_bytes_max)> room;
  const auto signature = decode_base64url(parts->signature, room.data());
  if (!signature) return std::unexpected(problem::bad_base64url);
  if (const auto genuine = keys.verify(*header, parts->signed_text, *signature); !genuine) {
    return std::unexpected(genuine.error());
  }
  bool well_encoded = false;
  const auto payload = memory_->payload.read_base64url(parts->payload, well_encoded);
  if (!well_encoded) return std::unexpected(problem::bad_base64url);
  if (!payload) return std::unexpected(problem::bad_payload);
  return read_claims(*payload, by);
}

}  // namespace ferroway::jwt
