// The bounds that keep a hostile configuration cheap: each has a name, each is refused with a
// message that states it.
#pragma once

#include <cstddef>

namespace ferroway::config {

// Of a file, and of all files that it includes with it.
inline constexpr std::size_t file_bytes_max = std::size_t{16} << 20;
inline constexpr std::size_t includes_max = 1000;
// Of a folder that a pattern of `include` is looked up in.
inline constexpr std::size_t folder_names_max = 10'000;
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
// Conditions of one route on headers, and as many on query parameters.
inline constexpr std::size_t conditions_max = 16;
// Middlewares in effect on one route.
inline constexpr std::size_t pipeline_steps_max = 64;
// Headers under each of `set`, `append`, `add` and `remove`, and those of a fixed answer.
inline constexpr std::size_t header_names_max = 64;
// Upstreams that one route sends to.
inline constexpr std::size_t targets_max = 64;
// Of a template of an access log; with these a line has room for all of it.
inline constexpr std::size_t log_variables_max = 32;
inline constexpr std::size_t log_literal_bytes_max = 1024;
// Of one page of error_pages.
inline constexpr std::size_t page_bytes_max = std::size_t{1} << 20;
inline constexpr std::size_t page_variables_max = 100;
// Headers that one forward_auth copies, each way.
inline constexpr std::size_t copied_headers_max = 64;
// Names that are compared to find the nearest one.
inline constexpr std::size_t names_compared_max = 1000;

}  // namespace ferroway::config
