// What a reload changes, for people: each part of the configuration that is new, gone or not what
// it was. A pure function; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace ferroway::config {

struct change {
  enum class part : std::uint8_t { setting, listener, upstream, middleware, route };
  enum class what : std::uint8_t { added, removed, changed, needs_restart };
  part of;
  std::string name;  // as the file has it; of a setting its key
  what is;
  bool operator==(const change&) const = default;
};

std::string_view to_string(change::part of) noexcept;
std::string_view to_string(change::what is) noexcept;  // "needs a restart"

// By part, in the order of `now`, what is gone last. Where parts stand in the file is no change,
// but the order of routes is (a setting, "order of routes"): it decides between equals. `workers`
// and `io` need a restart. Empty exactly where both say the same.
std::vector<change> difference(const config& before, const config& now);

// "route login added, upstream users changed": at most `most` of them, and how many more.
std::string describe(const std::vector<change>& changes, std::size_t most = 10);

}  // namespace ferroway::config
