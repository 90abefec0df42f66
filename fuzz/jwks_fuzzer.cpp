// Key sets, as whoever answers at their address sends them.
#include <cstdint>
#include <string_view>

#include "jwt/jwks.hpp"
#include "require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace ferroway;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto read = jwt::parse_jwks(text, jwt::public_algorithms());
  if (!read) {
    fuzz::require(!read.error().empty(), "a refusal has a reason");
    return 0;
  }
  fuzz::require(!read->keys.empty(), "a set has a key");
  fuzz::require(read->keys.size() + read->skipped <= jwt::jwks_keys_max, "and not too many");
  const jwt::token_header header{jwt::algorithm::hs256};
  fuzz::require(!read->keys.verify(header, "a", "b"), "no published key is a secret");
  return 0;
}
