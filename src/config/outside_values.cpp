#include "config/config.hpp"

namespace ferroway::config {

std::string outside_values::masked(std::string_view text) const {
  std::string made(text);
  for (const auto& [value, reference] : written) {
    for (std::size_t at = made.find(value); at != std::string::npos;
         at = made.find(value, at + reference.size())) {
      made.replace(at, value.size(), reference);
    }
  }
  return made;
}

}  // namespace ferroway::config
