// Text as a JSON string (RFC 8259, section 7).
#pragma once

#include <string>
#include <string_view>

namespace ferroway::cli {

// With its quotes. Bytes that are not UTF-8 become U+FFFD, so that the result always is.
std::string json_text(std::string_view text);

}  // namespace ferroway::cli
