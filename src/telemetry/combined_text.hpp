// Values in the quoted fields of a log in Apache's format, escaped as Apache does: `\"`, `\\`, `\n`
// and the like, and \xHH for every other byte that is not printable ASCII. No allocation.
#pragma once

#include <string_view>

#include "telemetry/json_text.hpp"

namespace ferroway::telemetry {

// At most `bytes_max` bytes of what comes out; what is cut ends in "...". Nothing at all becomes a
// dash.
void append_combined(bounded_text& to, std::string_view value, std::size_t bytes_max) noexcept;

}  // namespace ferroway::telemetry
