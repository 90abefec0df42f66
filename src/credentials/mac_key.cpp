#include "credentials/mac_key.hpp"

#include <openssl/crypto.h>

#include <algorithm>

namespace ferroway::credentials {
namespace {

std::string_view view(const digest& of) noexcept {
  return {reinterpret_cast<const char*>(of.data()), of.size()};
}

}  // namespace

mac_key::mac_key(std::string_view secret) : inner_{}, outer_{} {
  digest shorter{};
  if (secret.size() > block_bytes) {
    shorter = digester().of(secret).value_or(digest{});
    secret = view(shorter);
  }
  std::ranges::copy(secret, inner_.begin());
  std::ranges::copy(secret, outer_.begin());
  for (char& each : inner_) each = static_cast<char>(each ^ 0x36);
  for (char& each : outer_) each = static_cast<char>(each ^ 0x5c);
  OPENSSL_cleanse(shorter.data(), shorter.size());
}

mac_key::~mac_key() {
  OPENSSL_cleanse(inner_.data(), inner_.size());
  OPENSSL_cleanse(outer_.data(), outer_.size());
}

std::optional<digest> mac_key::sign(digester& by, std::string_view text) const noexcept {
  const auto inside = by.of({{inner_.data(), inner_.size()}, text});
  if (!inside) return std::nullopt;
  return by.of({{outer_.data(), outer_.size()}, view(*inside)});
}

bool mac_key::verifies(digester& by, std::string_view text, const digest& mac) const noexcept {
  const auto made = sign(by, text);
  return made && equal(*made, mac);
}

}  // namespace ferroway::credentials
