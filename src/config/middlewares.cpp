#include "config/middlewares.hpp"

namespace ferroway::config {

bool middleware::operator==(const middleware& other) const {
  return name == other.name && kind == other.kind && *settings == *other.settings;
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
