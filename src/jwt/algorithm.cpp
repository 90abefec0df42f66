#include "jwt/algorithm.hpp"

#include <algorithm>
#include <array>

namespace ferroway::jwt {
namespace {

struct row {
  std::string_view name;
  key_kind kind;
  std::string_view digest;
};

// In the order of the enumeration.
constexpr std::array<row, 13> table{{
    {"HS256", key_kind::secret, "SHA-256"},
    {"HS384", key_kind::secret, "SHA-384"},
    {"HS512", key_kind::secret, "SHA-512"},
    {"RS256", key_kind::rsa, "SHA-256"},
    {"RS384", key_kind::rsa, "SHA-384"},
    {"RS512", key_kind::rsa, "SHA-512"},
    {"PS256", key_kind::rsa, "SHA-256"},
    {"PS384", key_kind::rsa, "SHA-384"},
    {"PS512", key_kind::rsa, "SHA-512"},
    {"ES256", key_kind::p256, "SHA-256"},
    {"ES384", key_kind::p384, "SHA-384"},
    {"ES512", key_kind::p521, "SHA-512"},
    {"EdDSA", key_kind::ed25519, ""},
}};

const row& row_of(algorithm which) noexcept { return table[static_cast<std::size_t>(which)]; }

}  // namespace

std::optional<algorithm> algorithm_of(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(table, name, &row::name);
  if (found == table.end()) return std::nullopt;
  return static_cast<algorithm>(found - table.begin());
}

std::string_view to_string(algorithm which) noexcept { return row_of(which).name; }
key_kind kind_for(algorithm which) noexcept { return row_of(which).kind; }
std::string_view digest_of(algorithm which) noexcept { return row_of(which).digest; }

algorithms algorithms_for(key_kind kind) noexcept {
  algorithms made;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i].kind == kind) made.add(static_cast<algorithm>(i));
  }
  return made;
}

}  // namespace ferroway::jwt
