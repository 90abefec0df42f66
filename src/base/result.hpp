// A value, or the failure that came in its place.
#pragma once

#include <expected>

#include "base/failure.hpp"

namespace ferroway {

template <class T>
using result = std::expected<T, failure>;

[[nodiscard]] inline std::unexpected<failure> fail(fault kind, side from, const char* detail = "",
                                                   bool retry_safe = false) {
  return std::unexpected<failure>(failure{kind, from, retry_safe, detail});
}

[[nodiscard]] inline std::unexpected<failure> fail(const failure& why) {
  return std::unexpected<failure>(why);
}

}  // namespace ferroway
