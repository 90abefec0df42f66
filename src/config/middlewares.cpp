#include "config/middlewares.hpp"

namespace ferroway::config {

bool middleware::operator==(const middleware& other) const {
  return name == other.name && kind == other.kind && *settings == *other.settings;
}

consumer_rules* consumer_rules_of(middleware_settings& of) noexcept {
  if (auto* key = std::get_if<api_key_middleware>(&of.as)) return &key->consumers;
  if (auto* hmac = std::get_if<hmac_middleware>(&of.as)) return &hmac->consumers;
  if (auto* basic = std::get_if<basic_auth_middleware>(&of.as)) return &basic->consumers;
  return nullptr;
}

const consumer_rules* consumer_rules_of(const middleware_settings& of) noexcept {
  return consumer_rules_of(const_cast<middleware_settings&>(of));
}

std::vector<std::string> compressed_types() {
  return {"text/*",          "application/json",  "application/*+json", "application/javascript",
          "application/xml", "application/*+xml", "application/wasm",   "image/svg+xml",
          "font/otf",        "font/ttf"};
}

std::uint64_t request_rate::of_a_second() const noexcept {
  constexpr duration second = std::chrono::seconds(1);
  __extension__ using wide = unsigned __int128;
  const wide of_second = static_cast<wide>(count) * static_cast<wide>(second.count());
  const auto whole = static_cast<std::uint64_t>(of_second / static_cast<wide>(period.count()));
  return whole == 0 ? 1 : whole;
}

}  // namespace ferroway::config
