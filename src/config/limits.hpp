// The bounds that keep a hostile configuration cheap: each has a name, each is refused with a
// message that states it.
#pragma once

#include <cstddef>

namespace ferroway::config {

inline constexpr std::size_t file_bytes_max = std::size_t{16} << 20;
// Nodes of the tree, where an alias counts as often as it is used.
inline constexpr std::size_t nodes_max = 2'000'000;
inline constexpr std::size_t depth_max = 64;
inline constexpr std::size_t errors_max = 100;
// One value; bodies and substituted files may be larger.
inline constexpr std::size_t text_bytes_max = 8 * 1024;
inline constexpr std::size_t body_bytes_max = std::size_t{1} << 20;
// All values together after aliases and substitution.
inline constexpr std::size_t total_text_bytes_max = std::size_t{64} << 20;
inline constexpr std::size_t name_bytes_max = 128;
// Captures of one route, host and path together: what a match has room for.
inline constexpr std::size_t captures_max = 16;
// Names that are compared to find the nearest one.
inline constexpr std::size_t names_compared_max = 1000;

}  // namespace ferroway::config
